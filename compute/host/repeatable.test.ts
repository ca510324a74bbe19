import { expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { runBacktestInWorker } from './backtest-worker.ts';
import { runBacktest } from './backtest.ts';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import type { BacktestRequest } from './kernel-run.ts';
import { openStrategy } from './strategy.ts';
import type { BacktestResult, BarSeries, Slice, SliceWish, StrategyModule } from './types.ts';

const BARS = 400;
const SYMBOLS = ['AAA', 'BBB', 'CCC'];
const DAY_MS = 86_400_000;

/** A random walk that rises and falls, from a seed; every ninth bar of a symbol is missing. */
function walk(seed: number): BarSeries {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  const days = Array.from({ length: BARS }, (_, day) => day).filter((day) => (day + seed) % 9 !== 0);
  let price = 100;
  const close = Float64Array.from(days, (day) => (price *= 1 + (random() - 0.5) / 20 + (day % 40 < 20 ? 0.01 : -0.01)));
  const open = close.map((each) => each * (1 + (random() - 0.5) / 50));
  const high = close.map((each, bar) => Math.max(each, open[bar] ?? each) * 1.01);
  const low = close.map((each, bar) => Math.min(each, open[bar] ?? each) * 0.99);
  const startAtMs = Float64Array.from(days, (day) => day * DAY_MS);
  return { length: days.length, startAtMs, open, high, low, close, volume: close.map(() => 1e6 * random()) };
}

/** As many symbols as the strategy trades. */
const symbolsOf = ({ description }: StrategyModule): readonly string[] => (description.name === 'pairs' ? SYMBOLS.slice(0, 2) : SYMBOLS);

const request = (module: StrategyModule): BacktestRequest => ({
  module,
  parameters: {},
  series: symbolsOf(module).map((symbol, index) => ({ symbol, bars: walk(index + 1) })),
  options: DEFAULT_BACKTEST_OPTIONS,
});

/** The same module without anything that was compiled or remembered of it. */
const afresh = (module: StrategyModule): StrategyModule => ({ ...module, wasm: module.wasm.slice() });

const bytesOf = (result: unknown): Buffer => Buffer.from(JSON.stringify(result));

function slicesOf(symbols: readonly string[]): readonly Slice[] {
  const series = symbols.map((_, index) => walk(index + 1));
  return Array.from({ length: BARS }, (_, day) => ({
    atMs: day * DAY_MS,
    cash: 1e5 / 3,
    equity: 1e5,
    positions: symbols.map((_, index) => (day % (index + 2)) - 0.1),
    bars: series.map((bars) => {
      const at = bars.startAtMs.indexOf(day * DAY_MS);
      const [open, high, low, close, volume] = [bars.open[at], bars.high[at], bars.low[at], bars.close[at], bars.volume[at]];
      if (open === undefined || high === undefined || low === undefined || close === undefined || volume === undefined) return undefined;
      return { open, high, low, close, volume };
    }),
  }));
}

const live = (module: StrategyModule): readonly (readonly SliceWish[])[] => {
  const instance = openStrategy(module, { parameters: {}, symbols: symbolsOf(module) });
  return slicesOf(symbolsOf(module)).map((slice) => instance.onBars(slice));
};

const names = builtInStrategies().map(({ name }) => name);

test.each(names)(
  '%s: the same inputs give the same bytes, again, in a fresh instance, in another thread, after another strategy',
  async (name) => {
    const module = await compileBuiltIn(name);
    const first = runBacktest(request(module));
    expect(first.decisions.length).toBeGreaterThan(0);
    const others: BacktestResult[] = [
      runBacktest(request(module)),
      runBacktest(request(afresh(module))),
      await runBacktestInWorker(request(module)),
    ];
    for (const other of names.filter((each) => each !== name)) runBacktest(request(await compileBuiltIn(other)));
    others.push(
      runBacktest(request(module)),
      ...(await Promise.all([runBacktestInWorker(request(afresh(module))), runBacktestInWorker(request(module))])),
    );
    for (const other of others) expect(bytesOf(other).equals(bytesOf(first))).toBe(true);
  },
);

test.each(names)('%s, slice by slice: fresh instances answer the same', async (name) => {
  const module = await compileBuiltIn(name);
  const first = live(module);
  expect(first.flat().length).toBeGreaterThan(0);
  for (const other of [live(module), live(afresh(module))]) expect(bytesOf(other).equals(bytesOf(first))).toBe(true);
});

test('other bars give other bytes', async () => {
  const module = await compileBuiltIn(names[0] ?? '');
  const plain = request(module);
  const [head, ...rest] = plain.series;
  if (head === undefined) throw new Error('Invariant: there is a series');
  const close = head.bars.close.slice();
  close[200] = (close[200] ?? 0) * 1.001;
  const changed = { ...plain, series: [{ ...head, bars: { ...head.bars, close } }, ...rest] };
  expect(bytesOf(runBacktest(changed)).equals(bytesOf(runBacktest(plain)))).toBe(false);
});
