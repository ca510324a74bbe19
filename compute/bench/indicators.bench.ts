/** Nanoseconds a bar of each indicator over a million bars, beside a plain copy of one column in the same run. `node compute/bench/indicators.bench.ts` */
import { openIndicators } from '../host/indicators.node.ts';
import type { PriceColumns } from '../host/indicators.ts';
import type { ParameterValues } from '../host/types.ts';

const BARS = 1_000_000;
const ROUNDS = 15;

interface Work {
  readonly name: string;
  /** Nanoseconds a bar that design asks for; not-a-number where it asks for none. */
  readonly goal: number;
  run(): void;
}

const CASES: readonly (readonly [string, ParameterValues, number])[] = [
  ['SMA', { timeperiod: 20 }, 2.5],
  ['SMA', { timeperiod: 200 }, 2.5],
  ['EMA', { timeperiod: 20 }, 2.5],
  ['RSI', { timeperiod: 14 }, 4],
  ['MACD', { fast: 12, slow: 26, signal: 9 }, 5],
  ['BBANDS', { timeperiod: 20, nbdevup: 2, nbdevdn: 2, matype: 0 }, 6],
  ['MAX', { timeperiod: 20 }, 4.5],
  ['MAX', { timeperiod: 200 }, 5],
  ['MIN', { timeperiod: 20 }, 4.5],
  ['STDDEV', { timeperiod: 20 }, 4.5],
  ['VAR', { timeperiod: 20 }, 4.5],
  ['LINEARREG', { timeperiod: 14 }, 4.5],
  ['LINEARREG', { timeperiod: 100 }, 4.5],
  ['LINEARREG_SLOPE', { timeperiod: 14 }, 4.5],
  ['WMA', { timeperiod: 20 }, NaN],
  ['DEMA', { timeperiod: 20 }, NaN],
  ['TEMA', { timeperiod: 20 }, NaN],
  ['TRIMA', { timeperiod: 20 }, NaN],
  ['TRIMA', { timeperiod: 200 }, NaN],
  ['KAMA', { timeperiod: 20 }, NaN],
  ['CMO', { timeperiod: 14 }, NaN],
  ['ROC', { timeperiod: 10 }, NaN],
  ['MOM', { timeperiod: 10 }, NaN],
  ['TRIX', { timeperiod: 15 }, NaN],
  ['PPO', { fast: 12, slow: 26, matype: 0 }, NaN],
  ['PPO', { fast: 12, slow: 26, matype: 1 }, NaN],
  ['STOCHRSI', { timeperiod: 14, fastk: 14, fastd: 3, fastd_matype: 0 }, NaN],
  ['ATR', { timeperiod: 14 }, 5],
  ['STOCH', { fastk: 14, slowk: 3, slowk_matype: 0, slowd: 3, slowd_matype: 0 }, 10],
  ['VWAP', { timeperiod: 20 }, 8],
  ['KELTNER', { timeperiod: 20, atrperiod: 10, multiplier: 2 }, 8],
  ['DONCHIAN', { timeperiod: 20 }, 8],
  ['SUPERTREND', { timeperiod: 10, multiplier: 3 }, 8],
  ['ICHIMOKU', { tenkan: 9, kijun: 26, senkou: 52, displacement: 26 }, NaN],
  ['HEIKIN_ASHI', {}, 8],
  ['ZSCORE', { timeperiod: 20 }, 8],
  ['CORREL', { timeperiod: 30 }, 8],
  ['BETA', { timeperiod: 30 }, 8],
  ['HURST', { timeperiod: 100 }, NaN],
  ['CHANDELIER', { timeperiod: 22, multiplier: 3 }, NaN],
  ['VOLUME_PROFILE', { timeperiod: 50, bins: 24, share: 0.7 }, NaN],
  ['RV_CLOSE', { timeperiod: 20 }, 8],
  ['RV_PARKINSON', { timeperiod: 20 }, 8],
  ['RV_GARMAN_KLASS', { timeperiod: 20 }, 8],
  ['RV_YANG_ZHANG', { timeperiod: 20 }, NaN],
  ['FRACDIFF', { order: 0.4, timeperiod: 100 }, NaN],
  ['ADX', { timeperiod: 14 }, 11],
  ['NATR', { timeperiod: 14 }, NaN],
  ['TRANGE', {}, NaN],
  ['PLUS_DI', { timeperiod: 14 }, NaN],
  ['MINUS_DI', { timeperiod: 14 }, NaN],
  ['SAR', { acceleration: 0.02, maximum: 0.2 }, NaN],
  ['ULTOSC', { p1: 7, p2: 14, p3: 28 }, NaN],
  ['MFI', { timeperiod: 14 }, NaN],
  ['AROON', { timeperiod: 14 }, NaN],
  ['AROONOSC', { timeperiod: 14 }, NaN],
  ['CCI', { timeperiod: 14 }, NaN],
  ['CCI', { timeperiod: 20 }, NaN],
  ['OBV', {}, NaN],
  ['WILLR', { timeperiod: 14 }, NaN],
  ['AD', {}, NaN],
];

/** A random walk from a fixed seed. */
function walk(length: number): PriceColumns {
  const columns = Array.from({ length: 5 }, () => new Float64Array(length));
  const [open, high, low, close, volume] = columns as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  let seed = 12345;
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
  let price = 100;
  for (let i = 0; i < length; i++) {
    open[i] = price;
    price *= 1 + (random() - 0.5) * 0.01;
    close[i] = price;
    high[i] = Math.max(price, open[i] ?? price) * (1 + random() * 0.003);
    low[i] = Math.min(price, open[i] ?? price) * (1 - random() * 0.003);
    volume[i] = Math.floor(random() * 1e6);
  }
  return { open, high, low, close, volume };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function timeNs(work: Work): number {
  const from = process.hrtime.bigint();
  work.run();
  return Number(process.hrtime.bigint() - from) / BARS;
}

const indicators = await openIndicators();
const series = walk(BARS);
const loaded = indicators.load(series);
const target = new Float64Array(BARS);
const copying: Work = { name: 'copy of one column', goal: NaN, run: () => target.set(series.close) };
const works: Work[] = [copying];
for (const [name, parameters, goal] of CASES) {
  const label = `${name} ${Object.values(parameters).join(' ')}`;
  works.push({ name: label, goal, run: () => void loaded.run(name, parameters) });
}
for (const [name, parameters] of CASES) {
  const label = `${name} ${Object.values(parameters).join(' ')}, load and copy out`;
  works.push({ name: label, goal: NaN, run: () => void indicators.compute(name, parameters, series) });
}

const times = new Map(works.map((work) => [work, [] as number[]]));
for (const work of works) for (let i = 0; i < 5; i++) work.run();
for (let round = 0; round < ROUNDS; round++) for (const work of works) times.get(work)?.push(timeNs(work));

/** On a busy machine the best of many runs says more than their median; so the ratio is of the best. */
const copy = Math.min(...(times.get(copying) ?? []));
console.log(`${'over a million bars'.padEnd(44)}   median    best  best × copy   goal`);
for (const [work, samples] of times) {
  const best = Math.min(...samples);
  const goal = Number.isNaN(work.goal) ? '' : work.goal.toFixed(1);
  const columns = [
    median(samples).toFixed(2).padStart(9),
    best.toFixed(2).padStart(7),
    (best / copy).toFixed(2).padStart(12),
    goal.padStart(6),
  ];
  console.log(`${work.name.padEnd(44)}${columns.join(' ')}`);
}
