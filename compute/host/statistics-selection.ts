import { checkNumber, checkPeriods, checkReturns, figureOf, figuresOf } from './statistics-input.ts';
import type { Figure } from './statistics-input.ts';
import type { StatisticsCore } from './statistics-memory.ts';
import { checkMatrix } from './statistics-matrix.ts';
import type { Matrix } from './statistics-matrix.ts';
import type { Performance } from './statistics-performance.ts';

/** A Sharpe ratio and what its error depends on, all of one period: not annualised. */
export interface SharpeSample {
  readonly sharpe: number;
  /** How many returns it is of. */
  readonly count: number;
  /** Of the population (g₁). */
  readonly skew: number;
  /** Fourth standardised moment of the population: 3 for a normal distribution. */
  readonly kurtosis: number;
}

export interface SharpeInference {
  /** Annualised, as all ratios here. */
  readonly sharpe: number;
  readonly standardError: number;
  /** The two-sided interval. */
  readonly low: number;
  readonly high: number;
  /** Probability that the true ratio is above 0. */
  readonly psr: Figure;
  /** Returns needed until a ratio like this one is above 0 with this confidence, one-sided; `null` for a ratio that is not positive. */
  readonly trackRecordMin: Figure;
}

const OVERFITTING = ['pbo', 'shareOfNegativeLogits', 'meanLogit', 'probabilityOfLoss', 'slope', 'intercept'] as const;

/** Combinatorially symmetric cross-validation of many strategies. */
export interface Overfitting extends Readonly<Record<(typeof OVERFITTING)[number], Figure>> {
  /** Rows that count; those left over at the end do not. */
  readonly rowsUsed: number;
  readonly splits: number;
  /** Of each split, in lexicographic order of its in-sample blocks: the ratio of the in-sample best, inside and outside. */
  readonly inSample: Float64Array;
  readonly outOfSample: Float64Array;
  /** Of its rank outside: 0 in the middle, negative below. */
  readonly logits: Float64Array;
}

export interface SelectionStatistics {
  /** `null` where the returns do not move, or are fewer than two. */
  sharpeSample(returns: Float64Array): SharpeSample | null;
  sharpeInference(returns: Float64Array, options?: { periodsPerYear?: number; confidence?: number }): SharpeInference | null;
  /** Probability that the true ratio is above `benchmark`, of one period too. */
  probabilisticSharpe(sample: SharpeSample, benchmark?: number): Figure;
  /** Returns needed until such a ratio is above `benchmark` with this confidence; `null` for a ratio that is not above. */
  trackRecordMin(sample: SharpeSample, benchmark?: number, confidence?: number): Figure;
  /** What the best of `trials` ratios without skill is expected to be, in the unit of the root of their `variance`. */
  expectedMaximumSharpe(variance: number, trials: number): number;
  /** The probabilistic ratio against the expected maximum of all trials. `variance` is that of the trials' ratios of one period. */
  deflatedSharpe(sample: SharpeSample, variance: number, trials: number): Figure;
  /** `performance` has a row a period and a column a strategy; `blocks` is an even number. Ratios are mean over deviation (ddof 1). */
  overfitting(performance: Matrix, blocks: number): Overfitting;
  /** Φ. */
  normalCdf(z: number): number;
  /** Φ⁻¹ of a probability from 0 to 1. */
  normalQuantile(probability: number): number;
}

const BLOCKS_MAX = 20;
const CONFIDENCE = { min: 0.5, max: 1, above: true, below: true };
const VARIANCE = { min: 0, max: 1e12 };
const TRIALS = { min: 1, max: 1e15, whole: true };

/** `performance` gives the moments of returns. */
export function selectionStatistics(core: StatisticsCore, performance: (returns: Float64Array) => Performance): SelectionStatistics {
  const compute = (name: string, ...values: readonly number[]): number => core.run([], [], (call) => call(name)(...values)).value;
  const sampleOf = (returns: Float64Array): SharpeSample | null => {
    const { mean, deviation, skewBiased, excessKurtosisBiased } = performance(returns);
    if (mean === null || deviation === null || skewBiased === null || excessKurtosisBiased === null || deviation === 0) return null;
    return { sharpe: mean / deviation, count: returns.length, skew: skewBiased, kurtosis: excessKurtosisBiased + 3 };
  };
  const probabilisticSharpe = (sample: SharpeSample, benchmark = 0): Figure => {
    checkSample('probabilisticSharpe', sample);
    checkNumber('probabilisticSharpe', 'benchmark', benchmark, RATIO);
    return figureOf(compute('probabilisticSharpe', sample.sharpe, benchmark, sample.count, sample.skew, sample.kurtosis));
  };
  const trackRecordMin = (sample: SharpeSample, benchmark = 0, confidence = 0.95): Figure => {
    checkSample('trackRecordMin', sample);
    checkNumber('trackRecordMin', 'benchmark', benchmark, RATIO);
    checkNumber('trackRecordMin', 'confidence', confidence, CONFIDENCE);
    return figureOf(compute('trackRecordMin', sample.sharpe, benchmark, sample.skew, sample.kurtosis, confidence));
  };
  const expectedMaximumSharpe = (variance: number, trials: number): number => {
    checkNumber('expectedMaximumSharpe', 'variance', variance, VARIANCE);
    checkNumber('expectedMaximumSharpe', 'trials', trials, TRIALS);
    return compute('expectedMaximumSharpe', variance, trials);
  };
  const normalQuantile = (probability: number): number => {
    checkNumber('normalQuantile', 'probability', probability, { min: 0, max: 1 });
    return compute('normalQuantile', probability);
  };
  return {
    sharpeSample: sampleOf,
    probabilisticSharpe,
    trackRecordMin,
    expectedMaximumSharpe,
    deflatedSharpe: (sample, variance, trials) => probabilisticSharpe(sample, expectedMaximumSharpe(variance, trials)),
    sharpeInference: (returns, { periodsPerYear = 252, confidence = 0.95 } = {}) => {
      checkReturns('returns', returns);
      checkNumber('sharpeInference', 'confidence', confidence, CONFIDENCE);
      const scale = Math.sqrt(checkPeriods('sharpeInference', periodsPerYear));
      const sample = sampleOf(returns);
      if (sample === null) return null;
      const { sharpe, count, skew, kurtosis } = sample;
      const error = Math.sqrt(compute('sharpeSpread', sharpe, skew, kurtosis) / (count - 1));
      const margin = error * normalQuantile((1 + confidence) / 2);
      return {
        sharpe: sharpe * scale,
        standardError: error * scale,
        low: (sharpe - margin) * scale,
        high: (sharpe + margin) * scale,
        psr: probabilisticSharpe(sample),
        trackRecordMin: trackRecordMin(sample, 0, confidence),
      };
    },
    overfitting: (matrix, blocks) => overfittingOf(core, matrix, blocks),
    normalCdf: (z) => compute('normalCdf', z),
    normalQuantile,
  };
}

const RATIO = { min: -1e6, max: 1e6 };
/** Rounding of moments that just reach Pearson's inequality. */
const INEQUALITY_SLACK = 1e-9;

function checkSample(what: string, { sharpe, count, skew, kurtosis }: SharpeSample): void {
  checkNumber(what, 'sharpe', sharpe, RATIO);
  checkNumber(what, 'count', count, { min: 2, max: 1e12, whole: true });
  checkNumber(what, 'skew', skew, { min: -1e6, max: 1e6 });
  checkNumber(what, 'kurtosis', kurtosis, { min: (1 + skew * skew) * (1 - INEQUALITY_SLACK), max: 1e15 });
}

function overfittingOf(core: StatisticsCore, performance: Matrix, blocks: number): Overfitting {
  const { rows, columns, values } = performance;
  checkMatrix('performance', performance);
  checkNumber('overfitting', 'blocks', blocks, { min: 2, max: BLOCKS_MAX, whole: true });
  if (blocks % 2 !== 0) checkNumber('overfitting', 'half of blocks', blocks / 2, { min: 1, max: BLOCKS_MAX / 2, whole: true });
  if (columns < 2) throw new RangeError(`performance has ${columns} columns: give at least two strategies to choose from.`);
  const rowsOfBlock = Math.floor(rows / blocks);
  if (rowsOfBlock < 1 || rowsOfBlock * blocks < 4) {
    throw new RangeError(
      `performance has ${rows} rows for ${blocks} blocks: each half needs at least two, so give more rows or fewer blocks.`,
    );
  }
  const splits = combinations(blocks);
  const { outputs } = core.run(
    [values],
    [splits, splits, splits, OVERFITTING.length],
    (call, [matrix = 0], [own = 0, other = 0, logits = 0, out = 0]) =>
      call('overfitting')(matrix, rows, columns, blocks, splits, own, other, logits, out),
  );
  const [inSample = new Float64Array(), outOfSample = new Float64Array(), logits = new Float64Array(), figures = new Float64Array()] =
    outputs;
  return { ...figuresOf(OVERFITTING, figures), rowsUsed: rowsOfBlock * blocks, splits, inSample, outOfSample, logits };
}

/** Ways to choose half of so many. */
function combinations(blocks: number): number {
  let ways = 1;
  for (let i = 1; i <= blocks / 2; i += 1) ways = (ways * (blocks / 2 + i)) / i;
  return ways;
}
