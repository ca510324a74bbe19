import { describe, expect, test } from 'vitest';
import { format, money, price, quantity, ratio } from '../money/fixed.ts';
import { instant } from '../money/instant.ts';
import { negate, notional, subtract, sum } from '../money/money.ts';
import { NO_RESULT } from '../positions/owner-results.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import type { Trade } from '../positions/position.ts';
import { initialState } from './initial-state.ts';
import type { EngineState } from './state.ts';
import { strategyResults } from './strategy-results.ts';
import type { StrategyFill } from './strategy-results.ts';

const NOW = instant('2024-03-05T20:00:00Z');

/** One strategy that holds `held` of AAPL, marked at 110. */
function stateHolding(held: string, marked = true): EngineState {
  const empty = initialState(
    { mode: 'simulated', accountId: 'a', feeRateEstimate: money('0'), collarMarketOrders: false, initialTradingState: 'ACTIVE' },
    DEFAULT_LIMITS,
  );
  const config = {
    id: 's',
    name: 'S',
    version: 'v',
    source: 'x',
    parameters: {},
    symbols: ['AAPL'],
    timeframe: '1Day',
    allocation: ratio('0.5'),
    size: { kind: 'units', units: quantity('1') },
    wholeUnits: true,
  } as const;
  const equity = {
    at: NOW,
    equity: money('10000'),
    cash: money('10000'),
    highWaterMark: money('10000'),
    sessionStartEquity: money('10000'),
    grossExposure: money('0'),
    netExposure: money('0'),
    unrealizedPnl: money('0'),
    drawdown: ratio('0'),
    atBar: true,
  };
  return {
    ...empty,
    now: NOW,
    sessionDate: '2024-03-05',
    equity,
    marks: new Map(marked ? [['AAPL', { price: price('110'), at: NOW, basis: 'trade' }]] : []),
    strategies: new Map([['s', { config, state: 'paper', holdings: new Map([['AAPL', quantity(held)]]), entryPrices: new Map() }]]),
  };
}

/** The results, with a ledger that its fills have led to. */
function resultsOf(state: EngineState, trades: readonly Trade[], fills: readonly StrategyFill[], closes: ReadonlyMap<string, number>) {
  const flows = fills.map(({ side, quantity: size, price: at, fee }) =>
    subtract(side === 'sell' ? notional(size, at) : negate(notional(size, at)), fee),
  );
  return strategyResults({ ...state, results: new Map([['s', { ...NO_RESULT, flow: sum(flows) }]]) }, trades, fills, closes);
}

const fill = (side: 'buy' | 'sell', size: string, at: string, filledAt: string, fee = '0'): StrategyFill => ({
  executionId: `${side}-${filledAt}`,
  orderId: 'o',
  symbol: 'AAPL',
  side,
  quantity: quantity(size),
  price: price(at),
  fee: money(fee),
  filledAt: instant(filledAt),
  strategyId: 's',
});
const trade = (grossPnl: string, fees = '0'): Trade => ({
  id: grossPnl,
  symbol: 'AAPL',
  direction: 'long',
  quantity: quantity('1'),
  entryPrice: price('1'),
  exitPrice: price('1'),
  entryAt: NOW,
  exitAt: NOW,
  grossPnl: money(grossPnl),
  fees: money(fees),
  strategyId: 's',
});
const CLOSE_BEFORE = new Map([['AAPL', 105]]);
const text = (value: Parameters<typeof format>[0] | undefined): string | undefined => (value === undefined ? undefined : format(value));

describe('strategyResults', () => {
  test.each([
    ['held since yesterday: day from the close before', '10', [fill('buy', '10', '100', '2024-03-04T15:00:00Z', '1')], '99', '50'],
    ['bought today: day from its price', '10', [fill('buy', '10', '108', '2024-03-05T15:00:00Z', '1')], '19', '19'],
    [
      'sold today what was held',
      '0',
      [fill('buy', '10', '100', '2024-03-04T15:00:00Z'), fill('sell', '10', '107', '2024-03-05T15:00:00Z')],
      '70',
      '20',
    ],
    ['short since yesterday', '-10', [fill('sell', '10', '100', '2024-03-04T15:00:00Z')], '-100', '-50'],
    [
      'bought and sold today',
      '0',
      [fill('buy', '5', '100', '2024-03-05T15:00:00Z'), fill('sell', '5', '101', '2024-03-05T16:00:00Z')],
      '5',
      '5',
    ],
  ])('%s', (_name, held, fills, total, day) => {
    const result = resultsOf(stateHolding(held), [], fills, CLOSE_BEFORE).get('s');
    expect([text(result?.totalPnl), text(result?.dayPnl)]).toEqual([total, day]);
  });

  test('without a mark, or without the close before, it says nothing rather than something wrong', () => {
    const fills = [fill('buy', '10', '100', '2024-03-04T15:00:00Z')];
    expect(resultsOf(stateHolding('10', false), [], fills, CLOSE_BEFORE).get('s')?.totalPnl).toBeUndefined();
    const result = resultsOf(stateHolding('10'), [], fills, new Map()).get('s');
    expect([text(result?.totalPnl), result?.dayPnl]).toEqual(['100', undefined]);
  });

  test('the sparkline adds up closed trips and ends at the P&L now; drawdown is of what was allotted', () => {
    const fills = [fill('sell', '10', '30', '2024-03-04T15:00:00Z')];
    const result = resultsOf(stateHolding('0'), [trade('500', '10'), trade('-190')], fills, CLOSE_BEFORE).get('s');
    expect(result?.sparkline).toEqual([0, 490, 300, 300]);
    expect(text(result?.drawdown)).toBe('0.038');
    expect(result?.trades).toBe(2);
  });
});
