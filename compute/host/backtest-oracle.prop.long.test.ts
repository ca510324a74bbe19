import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { OracleBacktest, type OracleWish } from './oracle-backtest.ts';
import type { OracleTrade } from './oracle-account.ts';
import { SCRIPTED_STRATEGY } from './scripted-strategy.ts';
import type { BacktestOptions, BacktestResult, BarSeries, CorporateAction, FillModel, Sizing, StrategyModule } from './types.ts';

let module: StrategyModule;

beforeAll(async () => {
  const result = await compileStrategy(SCRIPTED_STRATEGY);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  module = result.module;
  await closeCompiler();
});

const HOUR_MS = 3_600_000;
const SYMBOLS = ['AAA', 'BBB', 'CCC'] as const;

/** A bar against the close before it, in thousandths; `gap` in slices of eight hours, so that days hold several bars. */
interface Tick {
  readonly open: number;
  readonly up: number;
  readonly down: number;
  readonly close: number;
  readonly volume: number;
  readonly gap: number;
}

function toSeries(ticks: readonly Tick[], first: number): BarSeries {
  const columns = { startAtMs: [], open: [], high: [], low: [], close: [], volume: [] } as Record<
    keyof Omit<BarSeries, 'length'>,
    number[]
  >;
  let before = first;
  let at = 0;
  for (const tick of ticks) {
    const open = before * (1 + tick.open / 1000);
    const close = open * (1 + tick.close / 1000);
    at += tick.gap * 8 * HOUR_MS;
    columns.startAtMs.push(at);
    columns.open.push(open);
    columns.high.push(Math.max(open, close) * (1 + tick.up / 1000));
    columns.low.push(Math.min(open, close) / (1 + tick.down / 1000));
    columns.close.push(close);
    columns.volume.push(tick.volume);
    before = close;
  }
  const of = (values: readonly number[]): Float64Array => Float64Array.from(values);
  const { startAtMs, open, high, low, close, volume } = columns;
  return {
    length: ticks.length,
    startAtMs: of(startAtMs),
    open: of(open),
    high: of(high),
    low: of(low),
    close: of(close),
    volume: of(volume),
  };
}

const move = fc.oneof(fc.constant(0), fc.integer({ min: -60, max: 60 }), fc.integer({ min: -15, max: 15 }));
const reach = fc.oneof(fc.constant(0), fc.nat(40));
const tick = fc.record({ open: move, up: reach, down: reach, close: move, volume: fc.nat(3000), gap: fc.constantFrom(1, 1, 1, 2, 3) });
const ticks = fc.array(tick, { minLength: 1, maxLength: 50 });
const action = fc.record({ after: fc.nat(40), ratio: fc.constantFrom(1, 2, 0.5, 3), dividend: fc.constantFrom(0, 0.5, 1.25) });

const size: fc.Arbitrary<Sizing> = fc.oneof(
  fc.constantFrom({ kind: 'units', units: 7.5 } as const, { kind: 'units', units: 20 } as const, { kind: 'all' } as const),
  fc.record({
    kind: fc.constant('equity' as const),
    fraction: fc.constantFrom(0.3, 0.95),
    at: fc.constantFrom('signal' as const, 'fill' as const),
  }),
);

/** Costs and rules that every fill model meets. */
const rules = fc.record({
  cash: fc.constantFrom(1_000, 10_000, 100_000),
  commissionRate: fc.constantFrom(0, 0.001),
  commissionFixed: fc.constantFrom(0, 1),
  commissionPerUnit: fc.constantFrom(0, 0.01),
  commissionMinimum: fc.constantFrom(0, 2.5),
  regulatoryFees: fc.boolean(),
  slippageBps: fc.constantFrom(0, 5),
  spreadBps: fc.constantFrom(0, 20),
  volumeLimit: fc.constantFrom(0.005, 0.025, 1),
  impact: fc.constantFrom(0, 0.1),
  size,
  wholeUnits: fc.boolean(),
  unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
  protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
  periodsPerYear: fc.constantFrom(252, 756, 12),
});

const holding = fc.record({
  leverage: fc.constantFrom(null, 1, 2),
  maintenance: fc.constantFrom(0.25, 0.6),
  borrowRate: fc.constantFrom(0, 0.03),
  cashRate: fc.constantFrom(0, 0.04),
  debitRate: fc.constantFrom(0, 0.08),
});

interface Situation {
  readonly ticks: readonly (readonly Tick[])[];
  readonly options: BacktestOptions;
  readonly actions: readonly (readonly CorporateAction[])[];
  readonly mix: number;
}

function situation(fill: FillModel, symbols: number, plain: boolean): fc.Arbitrary<Situation> {
  const options = fc
    .tuple(rules, plain ? fc.constant({}) : holding)
    .map(([each, held]) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...each, ...held, fill }));
  const actions = plain ? fc.constant([]) : fc.array(fc.array(action, { maxLength: 2 }), { minLength: symbols, maxLength: symbols });
  return fc.record({
    ticks: fc.array(ticks, { minLength: symbols, maxLength: symbols }),
    options,
    actions: actions.map((all) =>
      all.map((list) => list.map(({ after, ratio, dividend }, index) => ({ atMs: (8 * after + 1 + index) * HOUR_MS, ratio, dividend }))),
    ),
    mix: fc.integer({ min: 1, max: 1000 }),
  });
}

function toWish(decision: BacktestResult['decisions'][number], slices: ReadonlyMap<string, number>): OracleWish {
  const { time, symbol, reason } = decision;
  const index = SYMBOLS.findIndex((each) => each === symbol);
  const group = Number(/g(\d+)/.exec(reason)?.[1] ?? 0);
  return { ...decision, slice: slices.get(time) ?? -1, index, isDay: reason.includes('d'), isReduceOnly: reason.includes('r'), group };
}

function toOracleTrade(trade: BacktestResult['trades'][number]): OracleTrade {
  const { direction, size: units, entryBar, entryPrice, exitBar, exitPrice, commission } = trade;
  const symbol = SYMBOLS.findIndex((each) => each === trade.symbol);
  return {
    symbol,
    direction: direction === 'long' ? 1 : -1,
    size: units,
    entryBar,
    entryPrice,
    exitBar: exitBar ?? -1,
    exitPrice: exitPrice ?? Number.NaN,
    commission,
  };
}

const FIGURES = ['symbol', 'direction', 'size', 'entryBar', 'entryPrice', 'exitBar', 'exitPrice', 'commission'] as const;
/** A unit's crumbs, left by subtracting sizes that are no whole numbers, are no trades. */
const CRUMB = 1e-9;

function near(actual: number, expected: number, scale: number): boolean {
  return Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-9 * Math.max(1, scale, Math.abs(expected));
}

function compare({ ticks: all, options, actions, mix }: Situation): void {
  const series = all.map((each, index) => ({ symbol: SYMBOLS[index] ?? '', bars: toSeries(each, 20 * (index + 1)) }));
  const named = Object.fromEntries(actions.map((list, index) => [SYMBOLS[index] ?? '', list]));
  const actual = runBacktest({ module, parameters: { mix }, series, options, actions: named });
  const slices = new Map(actual.equity.map(({ time }, slice) => [time, slice]));
  const wishes = actual.decisions.map((decision) => toWish(decision, slices));
  const expected = new OracleBacktest({ series: series.map(({ bars }) => bars), options, wishes, actions }).run();
  const bySymbol = (trades: readonly OracleTrade[]): readonly OracleTrade[] =>
    trades.filter(({ size: units }) => units > CRUMB).toSorted((a, b) => a.symbol - b.symbol);
  const found = bySymbol(actual.trades.map(toOracleTrade));
  const wanted = bySymbol(expected.trades);
  const story = (): string => JSON.stringify({ found, wanted, denials: actual.denials, expected: expected.denials, wishes }, null, 1);
  const differing = wanted.findIndex((trade, index) => FIGURES.some((figure) => !near(found[index]?.[figure] ?? 0, trade[figure], 0)));
  expect(differing, differing < 0 ? '' : `trade ${differing}: ${story()}`).toBe(-1);
  expect(found.length, found.length === wanted.length ? '' : story()).toBe(wanted.length);
  const curve = expected.equity.findIndex((value, slice) => !near(actual.equity[slice]?.equity ?? 0, value, options.cash));
  expect(curve, curve < 0 ? '' : `slice ${curve}: ${actual.equity[curve]?.equity} is not ${expected.equity[curve]}; ${story()}`).toBe(-1);
  const { metrics } = actual;
  for (const [value, other] of [
    [metrics.finalEquity, expected.finalEquity],
    [metrics.fees, expected.fees],
    [metrics.financing, expected.financing],
    [metrics.dividends, expected.dividends],
    [metrics.orders, expected.fills],
  ] as const)
    expect(near(value, other, options.cash * 1e-3), `${value} is not ${other}: ${story()}`).toBe(true);
  const denied = actual.denials.map(({ time, code, symbol }) => `${slices.get(time)} ${code} ${symbol}`);
  expect(denied.toSorted()).toEqual(expected.denials.map(([slice, code, symbol]) => `${slice} ${code} ${SYMBOLS[symbol]}`).toSorted());
}

describe.each(['next-open', 'same-close', 'spread', 'volume-share', 'square-root'] as const)(
  'the oracle agrees where orders fill by %s',
  (fill) => {
    test.each([1, 2, 3])('%i symbols', (symbols) => {
      fc.assert(
        fc.property(situation(fill, symbols, true), (each) => compare(each)),
        { numRuns: 400 },
      );
    });

    test('with leverage, interest, dividends and splits', () => {
      fc.assert(
        fc.property(situation(fill, 2, false), (each) => compare(each)),
        { numRuns: 400 },
      );
    });
  },
);
