import { DEFAULT_BACKTEST_OPTIONS } from '../compute/host/backtest-options.ts';
import { loadIndicators } from '../compute/host/indicators.ts';
import { simulate } from '../compute/host/simulate.ts';
import type { BarSeries, StrategyDescription } from '../compute/host/types.ts';

/** What `same-bytes.test.ts` runs in Node and in the browser: nothing here needs either. */
const BARS = 600;
const DAY_MS = 86_400_000;

/** A walk that rises and falls, from a seed, by additions and multiplications only. */
function walk(seed: number): BarSeries {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
  let price = 100;
  const close = Float64Array.from({ length: BARS }, (_, day) => (price *= 1 + (random() - 0.5) / 20 + (day % 40 < 20 ? 0.005 : -0.005)));
  const open = close.map((each) => each * (1 + (random() - 0.5) / 50));
  const high = close.map((each, bar) => Math.max(each, open[bar] ?? each) * 1.01);
  const low = close.map((each, bar) => Math.min(each, open[bar] ?? each) * 0.99);
  const startAtMs = Float64Array.from({ length: BARS }, (_, day) => day * DAY_MS);
  return { length: BARS, startAtMs, open, high, low, close, volume: close.map(() => 1e6 * random()) };
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** A backtest of two symbols with all that a run holds, as JSON. */
export function jsonOfBacktest(base64: string, version: string, description: StrategyDescription): string {
  const series = ['AAA', 'BBB'].map((symbol, index) => ({ symbol, bars: walk(index + 1) }));
  const module = { wasm: bytesOf(base64), version, description };
  return JSON.stringify(simulate({ module, parameters: {}, series, options: DEFAULT_BACKTEST_OPTIONS }, { hash: '' }));
}

/** The bits of a column, folded to a number (FNV-1a). */
function fold(values: Float64Array): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A line an output of each indicator with its defaults. */
export async function figuresOfIndicators(base64: string): Promise<string> {
  const indicators = await loadIndicators(bytesOf(base64));
  const bars = walk(3);
  return indicators.specs
    .flatMap(({ name }) =>
      indicators.compute(name, {}, bars).map((output) => `${name}.${output.name} ${fold(output.values)} ${output.values.at(-1)}`),
    )
    .join('\n');
}
