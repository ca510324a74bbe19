import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import type { BacktestOptions, BacktestResult, BarSeries, Sizing, StrategyModule } from './types.ts';

/** Trades a lot, to and fro and in parts, from what the bars say: it exercises the broker more than a sensible strategy would. */
const SOURCE = `import { Parameter, Strategy, integer } from 'tidemark';

export default class Restless extends Strategy {
  private mix: Parameter = integer('mix', 1, 1, 1000, 'Which way.');

  constructor() {
    super('restless', 'Restless', 'Trades a lot.');
  }

  onBar(symbol: i32): void {
    const bar = this.bar(symbol);
    const draw = i32(bar.close * 1000 + bar.volume + f64(this.mix.int * (symbol + 3))) % 9;
    if (draw < 5) this.target(symbol, f64(draw - 2) / 2, 'draw ' + draw.toString());
  }
}
`;

let module: StrategyModule;

beforeAll(async () => {
  const result = await compileStrategy(SOURCE);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  module = result.module;
  await closeCompiler();
});

interface Tick {
  readonly open: number;
  readonly close: number;
  readonly spread: number;
  readonly volume: number;
  readonly gap: number;
}

function toSeries(ticks: readonly Tick[]): BarSeries {
  const of = (pick: (tick: Tick) => number): Float64Array => Float64Array.from(ticks, pick);
  let at = 0;
  return {
    length: ticks.length,
    startAtMs: of(({ gap }) => (at += gap * 60_000)),
    open: of(({ open }) => open),
    close: of(({ close }) => close),
    high: of(({ open, close, spread }) => Math.max(open, close) + spread),
    low: of(({ open, close, spread }) => Math.min(open, close) / (1 + spread)),
    volume: of(({ volume }) => volume),
  };
}

const price = fc.integer({ min: 500, max: 20_000 }).map((cents) => cents / 100);
const tick = fc.record({
  open: price,
  close: price,
  spread: fc.integer({ min: 0, max: 3 }),
  volume: fc.nat(10_000),
  gap: fc.integer({ min: 1, max: 3 }),
});
const ticks = fc.array(tick, { minLength: 1, maxLength: 60 });
const size: fc.Arbitrary<Sizing> = fc.oneof(
  fc.integer({ min: 1, max: 200 }).map((units) => ({ kind: 'units', units }) as const),
  fc.record({
    kind: fc.constant('equity' as const),
    fraction: fc.constantFrom(0.3, 0.95, 1),
    at: fc.constantFrom('signal' as const, 'fill' as const),
  }),
  fc.constant({ kind: 'all' } as const),
);
const options: fc.Arbitrary<BacktestOptions> = fc.record({
  cash: fc.constantFrom(1_000, 10_000, 100_000),
  commissionRate: fc.constantFrom(0, 0.001),
  commissionFixed: fc.constantFrom(0, 1),
  commissionPerUnit: fc.constantFrom(0, 0.01),
  commissionMinimum: fc.constantFrom(0, 0, 2),
  regulatoryFees: fc.boolean(),
  slippageBps: fc.constantFrom(0, 5),
  fill: fc.constantFrom('next-open' as const, 'same-close' as const),
  spreadBps: fc.constantFrom(0, 10),
  volumeLimit: fc.constantFrom(0.025, 1),
  impact: fc.constantFrom(0, 0.1),
  size,
  wholeUnits: fc.boolean(),
  unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
  protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
  periodsPerYear: fc.constant(252),
  leverage: fc.constant(null),
  maintenance: fc.constantFrom(0.25, 1),
  borrowRate: fc.constant(0),
  cashRate: fc.constant(0),
  debitRate: fc.constant(0),
  risk: fc.constant(null),
  seed: fc.constant(0),
});
const mix = fc.integer({ min: 1, max: 1000 });
const request = fc.record({ first: ticks, second: fc.option(ticks, { nil: undefined }), options, mix });

interface Request {
  readonly first: readonly Tick[];
  readonly second: readonly Tick[] | undefined;
  readonly options: BacktestOptions;
  readonly mix: number;
}

function run({ first, second, options, mix }: Request): BacktestResult {
  const series = [{ symbol: 'AAA', bars: toSeries(first) }, ...(second === undefined ? [] : [{ symbol: 'BBB', bars: toSeries(second) }])];
  return runBacktest({ module, parameters: { mix }, series, options });
}

const near = (a: number, b: number, scale: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, scale));

test('the same request gives the same bytes', () => {
  fc.assert(
    fc.property(request, (each) => {
      expect(JSON.stringify(run(each))).toBe(JSON.stringify(run(each)));
    }),
    { numRuns: 60 },
  );
});

test('cash first, then what trades made: their profits less commissions are the change of equity', () => {
  fc.assert(
    fc.property(request, (each) => {
      const { trades, metrics } = run(each);
      const turned = trades.reduce((sum, { size, entryPrice, exitPrice }) => sum + size * (entryPrice + (exitPrice ?? 0)), 0);
      const net = trades.reduce((sum, { grossPnl, commission }) => sum + grossPnl - commission, 0);
      near(metrics.finalEquity, each.options.cash + net, turned + each.options.cash);
      near(
        metrics.fees,
        trades.reduce((sum, { commission }) => sum + commission, 0),
        metrics.fees,
      );
    }),
    { numRuns: 200 },
  );
});

test('at every close, equity is cash plus position times close', () => {
  const commission = { commissionRate: 0, commissionFixed: 0, commissionPerUnit: 0, commissionMinimum: 0, regulatoryFees: false };
  const free = { ...commission, fill: 'next-open' as const };
  fc.assert(
    fc.property(request, (each) => {
      const { trades, equity } = run({ ...each, second: undefined, options: { ...each.options, ...free } });
      for (const [bar, { equity: actual }] of equity.entries()) {
        const close = each.first[bar]?.close ?? Number.NaN;
        const gained = trades
          .filter(({ entryBar }) => entryBar <= bar)
          .map((trade) => {
            const mark = trade.exitBar !== null && trade.exitBar <= bar ? (trade.exitPrice ?? Number.NaN) : close;
            return (mark - trade.entryPrice) * trade.size * (trade.direction === 'long' ? 1 : -1);
          });
        near(
          actual,
          gained.reduce((sum, value) => sum + value, each.options.cash),
          1e3 * each.options.cash,
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('no decision, trade or equity point depends on later bars', () => {
  fc.assert(
    fc.property(request, fc.nat(59), (each, cut) => {
      const whole = run({ ...each, second: undefined });
      const first = each.first.slice(0, Math.min(each.first.length, cut + 1));
      const part = run({ ...each, first, second: undefined });
      const bars = first.length;
      const last = part.data.to;
      expect(part.equity).toEqual(whole.equity.slice(0, bars));
      expect(part.decisions).toEqual(whole.decisions.filter(({ time }) => time <= last));
      const closed = (result: BacktestResult) => result.trades.filter(({ exitBar }) => exitBar !== null && exitBar < bars);
      expect(closed(part)).toEqual(closed(whole));
    }),
    { numRuns: 100 },
  );
});

test('trades are matched first in, first out, and never overlap in direction', () => {
  fc.assert(
    fc.property(request, (each) => {
      const { trades, equity } = run(each);
      for (const symbol of ['AAA', 'BBB']) {
        const own = trades.filter((trade) => trade.symbol === symbol);
        const entries = own.map(({ entryBar }) => entryBar);
        expect(entries).toEqual(entries.toSorted((a, b) => a - b));
        for (const trade of own) {
          expect(trade.size).toBeGreaterThan(0);
          expect(trade.exitBar ?? equity.length).toBeGreaterThanOrEqual(trade.entryBar);
          if (each.options.wholeUnits) expect(Number.isInteger(trade.size)).toBe(true);
        }
        for (let bar = 0; bar < equity.length; bar += 1) {
          const held = own.filter(({ entryBar, exitBar }) => entryBar <= bar && (exitBar ?? Infinity) > bar);
          expect(new Set(held.map(({ direction }) => direction)).size).toBeLessThanOrEqual(1);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('cash never pays for more than there is: without shorts and slippage equity stays above zero', () => {
  fc.assert(
    fc.property(request, (each) => {
      const { denials, metrics, trades } = run({
        ...each,
        options: { ...each.options, commissionFixed: 0, unaffordable: 'reduce', size: { kind: 'all' } },
      });
      if (trades.every(({ direction }) => direction === 'long')) expect(metrics.finalEquity).toBeGreaterThanOrEqual(0);
      for (const denial of denials) expect(['InsufficientCash', 'BelowOneUnit']).toContain(denial.code);
    }),
    { numRuns: 60 },
  );
});

test('defaults are options that a backtest runs with', () => {
  const result = run({
    first: [{ open: 10, close: 11, spread: 1, volume: 5, gap: 1 }],
    second: undefined,
    options: DEFAULT_BACKTEST_OPTIONS,
    mix: 1,
  });
  expect(result.equity).toEqual([{ time: '1970-01-01T00:01:00Z', equity: 100_000 }]);
});
