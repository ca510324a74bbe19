import { checkChoice, checkNumber, checkPeriods, checkReturns, figureOf, periodRate } from './statistics-input.ts';
import type { Figure } from './statistics-input.ts';
import type { StatisticsCore } from './statistics-memory.ts';
import type { RateOptions } from './statistics-performance.ts';

/** In the order in which the module numbers them. */
const METHODS = ['stationary', 'circular', 'independent', 'permutation'] as const;

/**
 * How a path is drawn: blocks of geometric length, blocks of one length (both around the end), each value alone with replacement, or all
 * values in another order.
 */
export type ResamplingMethod = (typeof METHODS)[number];

const BOOTSTRAP = ['mean', 'volatility', 'sharpe', 'cumulativeReturn', 'maxDrawdown', 'longestUnderwater'] as const;
const TRADES = ['finalEquity', 'lowestEquity', 'maxDrawdown', 'longestUnderwater'] as const;

export type BootstrapFigure = (typeof BOOTSTRAP)[number];
export type TradesFigure = (typeof TRADES)[number];

/** What the replications say about a figure. */
export interface Distribution {
  /** Of each replication, in the order drawn; not-a-number where the figure has no meaning. Those count for nothing below. */
  readonly values: Float64Array;
  readonly counted: number;
  readonly mean: Figure;
  /** Deviation of the replications (ddof 1): the standard error of the figure. */
  readonly standardError: Figure;
  /** The percentile interval of the confidence asked for. */
  readonly low: Figure;
  readonly high: Figure;
  /** One for each share asked for: quantiles by linear interpolation. */
  readonly quantiles: readonly Figure[];
}

export interface ReplicationOptions {
  /** 1,000 unless given. */
  readonly replications?: number;
  /** The same seed gives the same bytes. A whole number from 0. */
  readonly seed: number;
  /** Of the interval; 0.95 unless given. */
  readonly confidence?: number;
  /** Shares of the quantiles; 0.05, 0.25, 0.5, 0.75 and 0.95 unless given. */
  readonly shares?: readonly number[];
}

export interface BlockOptions {
  /** `stationary` unless given. */
  readonly method?: ResamplingMethod;
  /** Length of the blocks, their mean if stationary; the cube root of the number of returns, rounded, unless given. */
  readonly blockLength?: number;
}

export interface TradesOptions extends ReplicationOptions {
  /** `independent` unless given. */
  readonly method?: 'independent' | 'permutation';
  /** The share of the first equity at which the account is ruined; 0.5 unless given. */
  readonly ruinLevel?: number;
}

export interface TradesSimulation extends Readonly<Record<TradesFigure, Distribution>> {
  /** Share of the runs that were at or below the ruin level at least once. */
  readonly probabilityOfRuin: number;
}

export interface ResamplingStatistics {
  /** Mean, volatility and Sharpe ratio are annualised; the risk-free rate counts in the ratio alone. Needs two returns. */
  bootstrap(
    returns: Float64Array,
    options: ReplicationOptions & BlockOptions & RateOptions,
  ): Readonly<Record<BootstrapFigure, Distribution>>;
  /** Path number `path` of the same bootstrap, from 0. */
  resample(values: Float64Array, options: BlockOptions & { readonly seed: number; readonly path?: number }): Float64Array;
  /** The same trades in other orders or draws; each return is on the equity of its time, which starts at 1. */
  simulateTrades(trades: Float64Array, options: TradesOptions): TradesSimulation;
}

const REPLICATIONS = { min: 1, max: 1_000_000, whole: true };
const SEED = { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true };
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];

export function resamplingStatistics(core: StatisticsCore): ResamplingStatistics {
  return {
    bootstrap: (returns, options) => {
      checkSample('returns', returns);
      const plan = planOf('bootstrap', options);
      const { method, length } = blocksOf('bootstrap', returns.length, options);
      const periods = checkPeriods('bootstrap', options.periodsPerYear ?? 252);
      const riskFree = periodRate('bootstrap', 'riskFree', options.riskFree ?? 0, periods, options.conversion ?? 'arithmetic');
      const root = Math.sqrt(periods);
      return distributions(core, BOOTSTRAP, [periods, root, root, 1, 1, 1], plan, returns, (call, values, out) =>
        call('bootstrap')(values, returns.length, method, length, riskFree, plan.seed, plan.replications, out),
      );
    },
    resample: (values, options) => {
      if (values.length === 0) throw new RangeError('values is empty: there is nothing to draw from.');
      const { method, length } = blocksOf('resample', values.length, options);
      const seed = BigInt(checkNumber('resample', 'seed', options.seed, SEED));
      const path = checkNumber('resample', 'path', options.path ?? 0, { ...REPLICATIONS, min: 0 });
      const { outputs } = core.run([values], [values.length], (call, [from = 0], [out = 0]) =>
        call('resample')(from, values.length, method, length, seed, path, out),
      );
      return outputs[0] ?? new Float64Array();
    },
    simulateTrades: (trades, options) => {
      checkSample('trades', trades);
      const plan = planOf('simulateTrades', options);
      const chosen = checkChoice('simulateTrades', 'method', options.method ?? 'independent', ['independent', 'permutation']);
      const ruinLevel = checkNumber('simulateTrades', 'ruinLevel', options.ruinLevel ?? 0.5, { min: 0, max: 1, below: true });
      const found = distributions(core, TRADES, [1, 1, 1, 1], plan, trades, (call, values, out) =>
        call('simulateTrades')(values, trades.length, METHODS.indexOf('independent') + chosen, plan.seed, plan.replications, out),
      );
      const ruined = found.lowestEquity.values.reduce((count, lowest) => count + (lowest <= ruinLevel ? 1 : 0), 0);
      return { ...found, probabilityOfRuin: ruined / plan.replications };
    },
  };
}

function checkSample(name: string, values: Float64Array): void {
  checkReturns(name, values);
  if (values.length < 2) throw new RangeError(`${name} has ${values.length} values: give at least two to draw from.`);
}

interface Plan {
  readonly replications: number;
  readonly seed: bigint;
  /** The two of the interval, then those asked for. */
  readonly shares: Float64Array;
}

function planOf(what: string, { replications = 1000, seed, confidence = 0.95, shares = SHARES }: ReplicationOptions): Plan {
  checkNumber(what, 'replications', replications, REPLICATIONS);
  checkNumber(what, 'seed', seed, SEED);
  checkNumber(what, 'confidence', confidence, { min: 0, max: 1, above: true, below: true });
  for (const share of shares) checkNumber(what, 'shares', share, { min: 0, max: 1 });
  const rest = (1 - confidence) / 2;
  return { replications, seed: BigInt(seed), shares: Float64Array.of(rest, 1 - rest, ...shares) };
}

function blocksOf(what: string, count: number, options: BlockOptions): { readonly method: number; readonly length: number } {
  const method = checkChoice(what, 'method', options.method ?? 'stationary', METHODS);
  const length = options.blockLength ?? Math.max(1, Math.round(Math.cbrt(count)));
  checkNumber(what, 'blockLength', length, { min: 1, max: count, whole: METHODS[method] === 'circular' });
  return { method, length };
}

type Replicate = (call: Parameters<Parameters<StatisticsCore['run']>[2]>[0], values: number, out: number) => number;

function distributions<Name extends string>(
  core: StatisticsCore,
  names: readonly Name[],
  scales: readonly number[],
  { replications, shares }: Plan,
  values: Float64Array,
  replicate: Replicate,
): Readonly<Record<Name, Distribution>> {
  const width = 3 + shares.length;
  const sizes = [replications * names.length, width * names.length];
  const { outputs } = core.run([values, shares], sizes, (call, [from = 0, at = 0], [table = 0, out = 0]) => {
    replicate(call, from, table);
    call('distribution')(table, replications, names.length, at, shares.length, out);
  });
  const [table = new Float64Array(), summary = new Float64Array()] = outputs;
  const entries = names.map((name, index) => {
    const own = table.slice(index * replications, (index + 1) * replications);
    return [name, distributionOf(own, summary.subarray(index * width, (index + 1) * width), scales[index] ?? 1)];
  });
  return Object.fromEntries(entries) as Record<Name, Distribution>;
}

function distributionOf(values: Float64Array, [counted = 0, ...figures]: Float64Array, scale: number): Distribution {
  const [mean, standardError, low, high, ...quantiles] = figures.map((figure) => figureOf(figure * scale));
  return {
    values: scale === 1 ? values : values.map((value) => value * scale),
    counted,
    mean: mean ?? null,
    standardError: standardError ?? null,
    low: low ?? null,
    high: high ?? null,
    quantiles,
  };
}
