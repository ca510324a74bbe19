import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute';
import type { BacktestDecision, BacktestResult, BacktestTrade } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import type { StrategyFill } from '../engine/strategy-results.ts';
import { STRATEGY } from '../engine/test/desk.ts';
import { encode } from '../journal/codec.ts';
import { money, price, quantity } from '../money/fixed.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { PLAIN_WISH } from '../strategies/plain-wish.ts';
import type { StrategyConfig, Wished } from '../strategies/strategy.ts';
import { compareWithBacktest } from './strategy-parity.ts';
import { requestFor } from './traded-span.ts';
import type { AskedBar, TradedSpan } from './traded-span.ts';

const DAY = 86_400_000;
const START = Date.parse('2024-03-04T00:00:00Z');
const barAt = (day: number): Instant => instantFromMs(START + day * DAY);
const closeAt = (day: number): Instant => instantFromMs(START + day * DAY + 21 * 3_600_000);

const CONFIG: StrategyConfig = { ...STRATEGY, name: 'S', version: 'v', source: 's' };

const asked = (day: number, decided: readonly Wished[] | undefined, holding = 0): AskedBar => ({
  at: closeAt(day),
  bars: [{ symbol: 'ALDR', timeframe: '1Day', startAt: barAt(day), open: 100, high: 101, low: 99, close: 100, volume: 1 }],
  holding: [holding],
  equity: 5_000,
  decided,
});
const long: Wished = { symbol: 'ALDR', exposure: 1, reason: 'up' };
const flat: Wished = { symbol: 'ALDR', exposure: 0, reason: 'down' };

const fill = (day: number, side: 'buy' | 'sell', units: string, at: string, id = `${day}${side}${units}`): StrategyFill => ({
  executionId: id,
  orderId: 'o',
  symbol: 'ALDR',
  side,
  quantity: quantity(units),
  price: price(at),
  fee: money('0.5'),
  filledAt: instantFromMs(START + day * DAY + 15 * 3_600_000),
  strategyId: 's1',
});

const said = (day: number, amount: number, reason: string): BacktestDecision => ({
  time: formatInstant(barAt(day)),
  symbol: 'ALDR',
  exposure: amount,
  kind: 'target',
  measure: 'exposure',
  amount,
  ...PLAIN_WISH,
  reason,
});
const trade = (entry: number, entryPrice: number, exit: number | undefined, exitPrice = 0): BacktestTrade => ({
  symbol: 'ALDR',
  direction: 'long',
  size: 10,
  entryBar: entry,
  entryTime: formatInstant(barAt(entry)),
  entryPrice,
  exitBar: exit ?? null,
  exitTime: exit === undefined ? null : formatInstant(barAt(exit)),
  exitPrice: exit === undefined ? null : exitPrice,
  grossPnl: 0,
  commission: 0,
  status: exit === undefined ? 'open' : 'closed',
});

function resultOf(decisions: readonly BacktestDecision[], trades: readonly BacktestTrade[]): BacktestResult {
  return {
    strategy: { name: 's', version: 'v', parameters: {} },
    data: { hash: '', symbols: ['ALDR'], from: '', to: '', bars: 5 },
    options: DEFAULT_BACKTEST_OPTIONS,
    metrics: {} as BacktestResult['metrics'],
    trades,
    equity: [],
    denials: [],
    decisions,
  };
}

const SPAN: TradedSpan = {
  config: CONFIG,
  fed: [],
  asked: [asked(0, [long]), asked(1, [], 10), asked(2, [flat], 10), asked(3, [])],
  fills: [fill(1, 'buy', '4', '100.10'), fill(1, 'buy', '6', '100.20'), fill(3, 'sell', '10', '99')],
};
const RESULT = resultOf([said(0, 1, 'up'), said(2, 0, 'down')], [trade(1, 100, 3, 99.5)]);
const compared = (span: Partial<TradedSpan> = {}, result = RESULT) => compareWithBacktest({ ...SPAN, ...span }, result, encode);

describe('a comparison with a backtest', () => {
  test('tells decisions apart from executions', () => {
    const parity = compared();
    expect(parity).toMatchObject({ bars: 4, equal: 4, from: barAt(0), to: barAt(3) });
    expect(parity.decisions.map((each) => each.barAt)).toEqual([barAt(0), barAt(2)]);
    const [bought, sold] = parity.executions;
    expect(bought).toMatchObject({
      barAt: barAt(1),
      side: 'buy',
      live: { quantity: quantity('10'), price: price('100.16'), fees: money('1'), fills: 2 },
    });
    expect(bought?.slippageBps).toBeCloseTo(16, 9);
    // Sold for less than the backtest did: that is worse, so it is positive too.
    expect(sold?.slippageBps).toBeCloseTo((0.5 / 99.5) * 10_000, 9);
    expect(parity.slippageBps).toBeGreaterThan(16);
  });

  test.each([
    { name: 'another amount', decided: [{ symbol: 'ALDR', exposure: 0.5, reason: 'up' }] },
    { name: 'another reason', decided: [{ symbol: 'ALDR', exposure: 1, reason: 'UP' }] },
    { name: 'nothing', decided: [] },
    { name: 'one more', decided: [long, flat] },
    { name: 'with a stop', decided: [{ symbol: 'ALDR', kind: 'target', measure: 'exposure', amount: 1, reason: 'up', stopLoss: 90 }] },
  ] satisfies readonly { name: string; decided: readonly Wished[] }[])('finds $name where both held the same', ({ decided }) => {
    const parity = compared({ asked: SPAN.asked.with(0, asked(0, decided)) });
    expect(parity.equal).toBe(3);
    expect(parity.decisions[0]).toMatchObject({ equal: false, sameHolding: true });
  });

  test('says where one side held something else before it decided', () => {
    const parity = compared({ asked: SPAN.asked.with(2, asked(2, [], 0)) });
    expect(parity.decisions.at(-1)).toMatchObject({ barAt: barAt(2), equal: false, sameHolding: false });
  });

  test('a day order, an exit order and a group are compared without what a backtest does not tell', () => {
    const limit: Wished = {
      symbol: 'ALDR',
      kind: 'limit',
      measure: 'units',
      amount: 5,
      limit: 99,
      day: true,
      reduceOnly: true,
      group: 2,
      orderNumber: 7,
      reason: 'a',
    };
    const told: BacktestDecision = { ...said(0, 5, 'a'), kind: 'limit', measure: 'units', exposure: null, limit: 99, orderId: 7 };
    expect(compared({ asked: [asked(0, [limit])] }, resultOf([told], [])).equal).toBe(1);
    expect(compared({ asked: [asked(0, [limit])] }, resultOf([{ ...told, orderId: 8 }], [])).equal).toBe(0);
  });

  test('executions of one side only stand alone; what no bar has closed over yet is left out', () => {
    const parity = compared({ fills: [fill(2, 'buy', '1', '100'), fill(9, 'buy', '1', '100')] });
    expect(
      parity.executions.map(({ barAt: at, live, backtest, slippageBps }) => [at, live !== undefined, backtest !== undefined, slippageBps]),
    ).toEqual([
      [barAt(1), false, true, undefined],
      [barAt(2), true, false, undefined],
      [barAt(3), false, true, undefined],
    ]);
    expect(parity.slippageBps).toBeUndefined();
  });

  test('a question without an answer is not compared', () => {
    expect(compared({ asked: SPAN.asked.with(1, asked(1, undefined, 10)) }).bars).toBe(3);
  });
});

test('the backtest goes over every bar once, in order, whatever was fed when', () => {
  const { series, options } = requestFor(
    { ...SPAN, fed: [asked(-2, []), asked(-1, []), asked(1, [])] },
    {
      wasm: new Uint8Array(),
      version: 'v',
      description: { name: 's', title: '', description: '', parameters: [], abi: 1 },
    },
  );
  expect([...(series[0]?.bars.startAtMs ?? [])]).toEqual([-2, -1, 0, 1, 2, 3].map(barAt));
  expect(options).toMatchObject({
    cash: 5_000,
    size: { kind: 'units', units: 10 },
    wholeUnits: true,
    commissionRate: 0,
    fill: 'next-open',
  });
});
