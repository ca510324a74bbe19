import fc from 'fast-check';
import { expect, test } from 'vitest';
import { format, money, price, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { subtract, sum } from '../money/money.ts';
import type { BrokerActivity } from '../orders/broker.ts';
import { attributions } from '../positions/owner-results.ts';
import { heldByAll, holdingOf } from '../positions/sub-ledgers.ts';
import { NOON, openDesk, STRATEGY } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const OWNERS = ['s1', 's2', 'account'] as const;
const buys = fc.array(
  fc.record({ owner: fc.constantFrom(...OWNERS), size: fc.integer({ min: 1, max: 60 }), cents: fc.integer({ min: 1_000, max: 30_000 }) }),
  { minLength: 1, maxLength: 6 },
);
const ends = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('conversion' as const),
      newRate: fc.integer({ min: 1, max: 7 }),
      oldRate: fc.integer({ min: 1, max: 7 }),
      cents: fc.nat(2_000),
    }),
    fc.record({
      kind: fc.constant('spin-off' as const),
      newRate: fc.integer({ min: 1, max: 3 }),
      oldRate: fc.integer({ min: 1, max: 9 }),
      cents: fc.nat(2_000),
    }),
    fc.record({
      kind: fc.constant('redemption' as const),
      newRate: fc.constant(0),
      oldRate: fc.constant(1),
      cents: fc.integer({ min: 1, max: 900_000 }),
    }),
  ),
  { minLength: 1, maxLength: 4 },
);

const dollars = (cents: number): string => (cents / 100).toFixed(2);

function buy(desk: Desk, id: string, { owner, size, cents }: { owner: (typeof OWNERS)[number]; size: number; cents: number }): void {
  const origin =
    owner === 'account'
      ? ({ kind: 'ticket', principal: 'ada' } as const)
      : ({ kind: 'strategy', strategyId: owner, version: 'v1' } as const);
  desk.ticket(id, { origin, quantity: quantity(String(size)) });
  desk.says(id, { event: 'fill', filled: String(size), execution: [String(size), dollars(cents), `e-${id}`] });
}

/** The broker's shares, in whole numbers of its own. */
type Shares = Map<string, number>;

function told(
  shares: Shares,
  symbol: string,
  to: string,
  end: { kind: string; newRate: number; oldRate: number; cents: number },
  number: number,
) {
  const had = shares.get(symbol) ?? 0;
  const come = Math.floor((had * end.newRate) / end.oldRate);
  const base = { id: `a${number}`, at: instantFromMs(NOON + number), date: '2024-03-04', words: 'told', amount: money(dollars(end.cents)) };
  const give = (name: string, count: number): void => void (count === 0 ? shares.delete(name) : shares.set(name, count));
  if (end.kind === 'redemption') {
    give(symbol, 0);
    return { ...base, kind: 'redemption', symbol, quantity: quantity(String(-had)) } as const;
  }
  if (come === 0) return undefined;
  give(to, (shares.get(to) ?? 0) + come);
  const units = { symbol: to, quantity: quantity(String(come)) };
  if (end.kind === 'spin-off') return { ...base, ...units, kind: 'spin-off', parent: symbol } as const;
  give(symbol, 0);
  return { ...base, kind: 'conversion', legs: [{ symbol, quantity: quantity(String(-had)) }, units] } as const;
}

const CENT = 10_000_000n;

function expectBooks(desk: Desk, shares: Shares, cash: bigint): void {
  const { state } = desk;
  expect(new Map([...state.positions.values()].map((held) => [held.symbol, format(held.quantity)]))).toEqual(
    new Map([...shares].map(([symbol, count]) => [symbol, String(count)])),
  );
  expect(state.cash).toBe(cash);
  for (const symbol of shares.keys()) {
    expect(heldByAll(state.ledgers, symbol)).toBe(state.positions.get(symbol)?.quantity);
    for (const [id, { holdings }] of state.strategies) expect(holdings.get(symbol) ?? 0n).toBe(holdingOf(state.ledgers, id, symbol));
  }
  const parts = attributions(
    state.ledgers,
    state.results,
    (symbol) => state.marks.get(symbol)?.price ?? state.positions.get(symbol)?.averagePrice,
  );
  const made = subtract(state.equity?.equity ?? money('0'), state.openingCash ?? money('0'));
  const off = (sum(parts.map(({ net }) => net)) - made) as Money;
  expect(off < CENT && off > -CENT, `the owners made ${format(sum(parts.map(({ net }) => net)))}, the account ${format(made)}`).toBe(true);
}

test('whatever units become, owners sum to what the broker holds, and what they have made to what the account has made', () => {
  fc.assert(
    fc.property(buys, ends, (bought, happened) => {
      const desk = openDesk();
      const config = { ...STRATEGY, id: 's2', name: 'Two' };
      desk.give(
        { kind: 'StrategyCreated', at: NOON, by: 'user:ada', config },
        { kind: 'StrategyEnabled', at: NOON, by: 'user:ada', strategyId: 's2' },
      );
      for (const [number, each] of bought.entries()) buy(desk, `b${number}`, each);
      const shares: Shares = new Map([['ALDR', bought.reduce((total, { size }) => total + size, 0)]]);
      let { cash } = desk.state;
      for (const [number, end] of happened.entries()) {
        const [symbol] = [...shares.keys()];
        if (symbol === undefined) break;
        const activity: BrokerActivity | undefined = told(shares, symbol, symbol === 'NEW0' ? 'NEW1' : 'NEW0', end, number);
        if (activity === undefined) continue;
        cash = (cash + activity.amount) as Money;
        desk.give({ kind: 'ActivityReported', at: activity.at, activity });
        expectBooks(desk, shares, cash);
        desk.give({
          kind: 'Marked',
          at: activity.at,
          marks: [...shares.keys()].map((name) => ({ symbol: name, mark: { price: price('50'), at: activity.at, basis: 'trade' } })),
        });
        expectBooks(desk, shares, cash);
      }
    }),
    { numRuns: 300 },
  );
});
