import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { noise } from './reference-series.ts';
import type { BacktestOptions, BacktestResult, BarSeries, ParameterValues, StrategyModule } from './types.ts';

/** Every kind of order, drawn from what the bar shows, with longer bars and exponential averages thrown in. */
const ORDERS = `import { Ema, Order, Strategy, Timeframe } from 'tidemark';

export default class Ordering extends Strategy {
  private longer: Timeframe = new Timeframe(300000);
  private ema: Ema = new Ema(5);
  private last: i32 = 0;

  constructor() {
    super('ordering', 'Ordering', 'Hands in orders of every kind.');
  }

  onBar(symbol: i32): void {
    const bar = this.bar(symbol);
    if (this.longer.next(this.time, bar)) this.target(symbol, this.longer.close > this.longer.open ? 0.5 : -0.5, 'a longer bar', this.longer.low * 0.9);
    const average = this.ema.next(bar.close);
    const draw = i32(bar.close * 1000 + bar.volume) % 11;
    const units: f64 = draw % 2 == 0 ? 3 : -3;
    const beyond = bar.close * (units > 0 ? 1.01 : 0.99);
    const before = bar.close * (units > 0 ? 0.99 : 1.01);
    const reason = average.toString() + ' ' + bar.entryPrice.toString() + ' ' + bar.working.toString() + ' ' + this.equity.toString();
    if (draw == 0) this.last = this.submit(Order.market(symbol, units), reason);
    if (draw == 1) this.last = this.submit(Order.limit(symbol, units, before).bracket(before * 0.8, before * 1.3), reason);
    if (draw == 2) this.last = this.submit(Order.stop(symbol, units, beyond).day(), reason);
    if (draw == 3) this.last = this.submit(Order.stopLimit(symbol, units, beyond, bar.close), reason);
    if (draw == 4) this.last = this.submit(Order.trailing(symbol, units, 0.02).reduceOnly(), reason);
    if (draw == 5) this.last = this.submit(Order.trailingBy(symbol, units, 1), reason);
    if (draw == 6) {
      const limit = Order.limit(symbol, units, before);
      this.submit(limit.oco(Order.stop(symbol, units, beyond)), reason);
    }
    if (draw == 7) this.cancel(symbol, this.last, reason);
    if (draw == 8) this.cancelAll(symbol, reason);
    if (draw == 9) this.protect(symbol, bar.close * (bar.held > 0 ? 0.95 : 1.05), NaN, reason);
    if (draw == 10) this.trail(symbol, 0.03, reason);
  }
}
`;

interface Subject {
  readonly parameters: ParameterValues;
  readonly symbols: number;
}

/** Short windows, so that a few dozen bars hold many decisions. */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'bollinger-reversion': { parameters: { period: 5, deviations: 1 }, symbols: 2 },
  'donchian-breakout': { parameters: { entry: 4, exit: 3, stopEntry: 'yes' }, symbols: 2 },
  'dual-momentum': { parameters: { lookback: 3, every: 2 }, symbols: 3 },
  'momentum-rotation': { parameters: { lookback: 3, skip: 1, top: 2, every: 2 }, symbols: 3 },
  pairs: { parameters: { period: 5, entry: 0.8, exit: 0.2, stop: 30 }, symbols: 2 },
  'rsi-reversion': { parameters: { period: 3, low: 45, high: 55 }, symbols: 1 },
  'sma-crossover': { parameters: { fast: 2, slow: 5, direction: 'longshort' }, symbols: 1 },
  'volatility-targeting': { parameters: { period: 3, band: 0 }, symbols: 2 },
};

const modules = new Map<string, StrategyModule>();

beforeAll(async () => {
  for (const { name } of builtInStrategies()) modules.set(name, await compileBuiltIn(name));
  const orders = await compileStrategy(ORDERS);
  if (!orders.ok) throw new Error(JSON.stringify(orders.errors));
  modules.set('orders', orders.module);
});
afterAll(closeCompiler);

/** A walk whose bars from `cut` on are those of another seed. */
function series(bars: number, seed: number, cut: number, otherSeed: number): BarSeries {
  const draws = [noise(bars * 4, seed), noise(bars * 4, otherSeed)] as const;
  const columns = { open: [], high: [], low: [], close: [], volume: [] } as Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]>;
  let price = 100;
  for (let bar = 0; bar < bars; bar += 1) {
    const draw = (place: number): number => draws[bar < cut ? 0 : 1][bar * 4 + place] ?? 0;
    const open = price * (1 + (draw(0) - 0.5) / 50);
    price = open * (1 + (draw(1) - 0.5) / 20);
    columns.open.push(open);
    columns.close.push(price);
    columns.high.push(Math.max(open, price) * (1 + draw(2) / 50));
    columns.low.push(Math.min(open, price) / (1 + draw(3) / 50));
    columns.volume.push(Math.floor(draw(2) * 10_000));
  }
  const of = (name: keyof typeof columns): Float64Array => Float64Array.from(columns[name]);
  const startAtMs = Float64Array.from({ length: bars }, (_, bar) => bar * 60_000);
  return { length: bars, startAtMs, open: of('open'), high: of('high'), low: of('low'), close: of('close'), volume: of('volume') };
}

interface Scene {
  readonly bars: number;
  readonly seed: number;
  readonly cut: number;
  readonly otherSeed: number;
  readonly options: BacktestOptions;
}

function run(name: string, { bars, seed, otherSeed, options }: Scene, cut: number): BacktestResult {
  const { parameters, symbols } = SUBJECTS[name] ?? { parameters: {}, symbols: 1 };
  const module = modules.get(name);
  if (module === undefined) throw new Error(`${name} was not compiled`);
  const all = Array.from({ length: symbols }, (_, index) => ({
    symbol: `S${index}`,
    bars: series(bars, seed + index, cut, otherSeed + index),
  }));
  return runBacktest({ module, parameters, series: all, options });
}

/** What happened by the end of the last bar before the cut. */
function past({ decisions, denials, equity, trades }: BacktestResult, cut: number): object {
  const end = equity[cut - 1]?.time ?? '';
  // How an entry is shared out to later exits is not known yet.
  const entries = trades
    .filter(({ entryBar }) => entryBar < cut)
    .map(({ symbol, entryBar, entryPrice, direction }) => [symbol, entryBar, entryPrice, direction].join(' '));
  return {
    decisions: decisions.filter(({ time }) => time <= end),
    denials: denials.filter(({ time }) => time <= end),
    equity: equity.slice(0, cut),
    entries: [...new Set(entries)].toSorted(),
    exits: trades.filter(({ exitBar }) => exitBar !== null && exitBar < cut),
  };
}

const options = fc
  .record({
    fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'spread' as const, 'volume-share' as const, 'square-root' as const),
    leverage: fc.constantFrom(null, 2),
    protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
    unaffordable: fc.constant('reduce' as const),
    spreadBps: fc.constantFrom(0, 10),
  })
  .map((some) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...some }));
const seeds = { seed: fc.nat(1e6), otherSeed: fc.nat(1e6), options };
const scene = fc
  .record({ bars: fc.integer({ min: 2, max: 60 }), ...seeds })
  .chain((each) => fc.integer({ min: 1, max: each.bars - 1 }).map((cut): Scene => ({ ...each, cut })));

test('every built-in strategy is held to the law', () => {
  expect(Object.keys(SUBJECTS).toSorted()).toEqual(builtInStrategies().map(({ name }) => name));
});

describe('changing later bars never changes what was decided, filled or earned before', () => {
  test.each([...Object.keys(SUBJECTS), 'orders'])('%s', (name) => {
    let decided = 0;
    fc.assert(
      fc.property(scene, (each) => {
        const before = run(name, each, each.bars);
        decided += before.decisions.length;
        expect(past(run(name, each, each.cut), each.cut)).toEqual(past(before, each.cut));
      }),
      { numRuns: 60 },
    );
    expect(decided).toBeGreaterThan(60);
  });

  test('a crossover over spans that are worked out at once', () => {
    const long = fc.record({ bars: fc.constant(2_600), cut: fc.integer({ min: 900, max: 2_200 }), ...seeds });
    fc.assert(
      fc.property(long, (each) => {
        expect(past(run('sma-crossover', each, each.cut), each.cut)).toEqual(past(run('sma-crossover', each, each.bars), each.cut));
      }),
      { numRuns: 15 },
    );
  });
});
