import { expect, test } from 'vitest';
import { changeOf, compareAccounts, isChanged } from './difference.ts';
import type { AccountThen } from './difference.ts';

const OVERVIEW: AccountThen['overview'] = {
  tradingState: 'ACTIVE',
  equity: '100000.00',
  cash: '100000',
  dayPnl: null,
  openPnl: '0',
  realizedPnl: '0',
  totalPnl: '0',
  drawdown: '0',
  highWaterMark: '100000',
  grossExposure: '0',
  netExposure: '0',
  buyingPower: '100000',
  workingOrders: 0,
  openPositions: 0,
};
const account = (change: Partial<AccountThen>): AccountThen => ({
  overview: OVERVIEW,
  positions: { edges: [] },
  strategies: { edges: [] },
  limits: [],
  ...change,
});
const position = (symbol: string, quantity: string) => ({ node: { symbol, quantity, averagePrice: '10', unrealizedPnl: null } });
const changed = (before: AccountThen, after: AccountThen) =>
  compareAccounts(before, after)
    .filter(isChanged)
    .map((one) => [one.name, one.before, one.after, changeOf(one)]);

test('the same account has no difference, however its decimals are written', () => {
  expect(changed(account({}), account({ overview: { ...OVERVIEW, equity: '100000' } }))).toEqual([]);
});

test('figures, positions that came and went, strategies and limits', () => {
  const before = account({
    positions: { edges: [position('OLD', '5'), position('KEPT', '1')] },
    limits: [{ name: 'x', title: 'Order size', unit: 'usd', value: '1000' }],
    strategies: { edges: [{ node: { id: 's', name: 'Trend', version: 'a', state: 'PAPER', allocation: '0.4' } }] },
  });
  const after = account({
    overview: { ...OVERVIEW, tradingState: 'FROZEN', cash: '99000.5' },
    positions: { edges: [position('KEPT', '1'), position('NEW', '-2')] },
    limits: [{ name: 'x', title: 'Order size', unit: 'usd', value: '900' }],
    strategies: { edges: [{ node: { id: 's', name: 'Trend', version: 'b', state: 'PAPER', allocation: '0.40' } }] },
  });
  expect(changed(before, after)).toEqual([
    ['Trading state', 'ACTIVE', 'FROZEN', undefined],
    ['Cash', '100000', '99000.5', -999.5],
    ['NEW, quantity', null, '-2', undefined],
    ['NEW, average entry', null, '10', undefined],
    ['Trend, version', 'a', 'b', undefined],
    ['Order size', '1000', '900', -100],
    ['OLD, quantity', '5', null, undefined],
    ['OLD, average entry', '10', null, undefined],
  ]);
  const units = compareAccounts(before, after).filter(({ group }) => group === 'Positions');
  expect(new Map(units.map(({ name, unit }) => [name, unit])).get('NEW, average entry')).toBe('price');
});
