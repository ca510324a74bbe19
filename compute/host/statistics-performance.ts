import { checkNumber, checkPeriods, checkReturns, checkSameLength, figuresOf, periodRate } from './statistics-input.ts';
import type { Figure, RateConversion } from './statistics-input.ts';
import type { StatisticsCore } from './statistics-memory.ts';

/** In the order in which the module writes them. */
const PERFORMANCE = [
  'mean',
  'deviation',
  'deviationPopulation',
  'skewBiased',
  'skew',
  'excessKurtosisBiased',
  'excessKurtosis',
  'jarqueBera',
  'autocorrelation',
  'least',
  'largest',
  'median',
  'tailRatio',
  'cumulativeReturn',
  'annualReturn',
  'geometricMean',
  'volatility',
  'sharpe',
  'sharpeAutocorrelated',
  'sortino',
  'downsideRisk',
  'calmar',
  'maxDrawdown',
  'ulcerIndex',
  'painIndex',
  'stability',
  'recoveryFactor',
  'serenity',
  'omega',
  'gainToPain',
  'exposure',
  'positiveShare',
  'winRate',
  'payoff',
  'kelly',
  'lossDeviation',
  'winningStreak',
  'losingStreak',
] as const;

/** Figures of a series of returns; `docs/statistics.md` defines each. `null` where one has no meaning, never rounding noise. */
export type Performance = Readonly<Record<(typeof PERFORMANCE)[number], Figure>>;

const TAIL = [
  'valueAtRisk',
  'valueAtRiskLower',
  'expectedShortfall',
  'valueAtRiskNormal',
  'expectedShortfallNormal',
  'meanBelowValueAtRiskNormal',
  'valueAtRiskCornishFisher',
  'expectedShortfallCornishFisher',
] as const;

/** Value at risk and expected shortfall, as returns: losses are negative. */
export type TailRisk = Readonly<Record<(typeof TAIL)[number], Figure>>;

const AGAINST = [
  'beta',
  'alpha',
  'correlation',
  'rSquared',
  'excessSharpe',
  'informationRatio',
  'trackingError',
  'upCapture',
  'downCapture',
] as const;

/** Figures of returns against a benchmark's. `alpha` is annual and compounded; `excessSharpe` is not annualised. */
export type AgainstBenchmark = Readonly<Record<(typeof AGAINST)[number], Figure>>;

export interface RateOptions {
  /** 252 unless given. */
  readonly periodsPerYear?: number;
  /** Annual, 0 unless given. */
  readonly riskFree?: number;
  /** How annual rates become rates of a period; `arithmetic` unless given. */
  readonly conversion?: RateConversion;
}

export interface PerformanceOptions extends RateOptions {
  /** Annual return below which a return counts as downside; 0 unless given. */
  readonly target?: number;
}

/** A stretch below a high-water mark. Places count the returns: that of the peak is -1 where the series begins under water. */
export interface Drawdown {
  /** Negative, as a fraction. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** The first return after which the peak is reached again; `null` while under water at the end. */
  readonly recovery: number | null;
}

export interface RollingFigures {
  /** Annualised; not-a-number before the first full window. */
  readonly volatility: Float64Array;
  /** Annualised; not-a-number before the first full window, and where a window does not move. */
  readonly sharpe: Float64Array;
}

/** Figures of series of simple returns. All throw a RangeError for a return below -1 or not finite. */
export interface PerformanceStatistics {
  performance(returns: Float64Array, options?: PerformanceOptions): Performance;
  /** `confidence` is above a half and below 1. */
  tailRisk(returns: Float64Array, confidence: number): TailRisk;
  /** Both at the same times. Throws a RangeError where the lengths differ. */
  againstBenchmark(returns: Float64Array, benchmark: Float64Array, options?: RateOptions): AgainstBenchmark;
  /** Distance from the high-water mark after each return, zero or negative. */
  underwater(returns: Float64Array): Float64Array;
  /** The deepest first. */
  drawdowns(returns: Float64Array, most?: number): readonly Drawdown[];
  rolling(returns: Float64Array, window: number, options?: RateOptions): RollingFigures;
  /** Not-a-number before the first full window, and where the benchmark does not move. */
  rollingBeta(returns: Float64Array, benchmark: Float64Array, window: number): Float64Array;
}

const DAILY = 252;
const DRAWDOWNS_MAX = 10_000;
const WINDOW = { min: 2, max: 1_000_000, whole: true };

interface Rates {
  readonly periods: number;
  readonly riskFree: number;
  readonly conversion: RateConversion;
}

function ratesOf(what: string, { periodsPerYear = DAILY, riskFree = 0, conversion = 'arithmetic' }: RateOptions): Rates {
  const periods = checkPeriods(what, periodsPerYear);
  return { periods, riskFree: periodRate(what, 'riskFree', riskFree, periods, conversion), conversion };
}

export function performanceStatistics(core: StatisticsCore): PerformanceStatistics {
  return {
    performance: (returns, options = {}) => {
      checkReturns('returns', returns);
      const { periods, riskFree, conversion } = ratesOf('performance', options);
      const target = periodRate('performance', 'target', options.target ?? 0, periods, conversion);
      const { outputs } = core.run([returns], [PERFORMANCE.length], (call, [values = 0], [out = 0]) =>
        call('performance')(values, returns.length, riskFree, target, periods, out),
      );
      return figuresOf(PERFORMANCE, outputs[0] ?? new Float64Array());
    },
    tailRisk: (returns, confidence) => {
      checkReturns('returns', returns);
      checkNumber('tailRisk', 'confidence', confidence, { min: 0.5, max: 1, above: true, below: true });
      const { outputs } = core.run([returns], [TAIL.length], (call, [values = 0], [out = 0]) =>
        call('tails')(values, returns.length, 1 - confidence, out),
      );
      return figuresOf(TAIL, outputs[0] ?? new Float64Array());
    },
    againstBenchmark: (returns, benchmark, options = {}) => {
      checkPair(returns, benchmark);
      const { periods, riskFree } = ratesOf('againstBenchmark', options);
      const { outputs } = core.run([returns, benchmark], [AGAINST.length], (call, [values = 0, others = 0], [out = 0]) =>
        call('against')(values, others, returns.length, riskFree, periods, out),
      );
      return figuresOf(AGAINST, outputs[0] ?? new Float64Array());
    },
    ...pathStatistics(core),
  };
}

function checkPair(returns: Float64Array, benchmark: Float64Array): void {
  checkSameLength('returns', returns, 'benchmark', benchmark);
  checkReturns('returns', returns);
  checkReturns('benchmark', benchmark);
}

function pathStatistics(core: StatisticsCore): Pick<PerformanceStatistics, 'underwater' | 'drawdowns' | 'rolling' | 'rollingBeta'> {
  return {
    underwater: (returns) => {
      checkReturns('returns', returns);
      const { outputs } = core.run([returns], [returns.length], (call, [values = 0], [out = 0]) =>
        call('underwater')(values, returns.length, out),
      );
      return outputs[0] ?? new Float64Array();
    },
    drawdowns: (returns, most = 5) => {
      checkReturns('returns', returns);
      checkNumber('drawdowns', 'most', most, { min: 1, max: DRAWDOWNS_MAX, whole: true });
      const { value, outputs } = core.run([returns], [4 * most], (call, [values = 0], [out = 0]) =>
        call('drawdowns')(values, returns.length, most, out),
      );
      const [table = new Float64Array()] = outputs;
      return Array.from({ length: value }, (_, index) => drawdownOf(table.subarray(4 * index)));
    },
    rolling: (returns, window, options = {}) => {
      checkReturns('returns', returns);
      checkNumber('rolling', 'window', window, WINDOW);
      const { periods, riskFree } = ratesOf('rolling', options);
      const { outputs } = core.run([returns], [returns.length, returns.length], (call, [values = 0], [volatility = 0, sharpe = 0]) =>
        call('rolling')(values, returns.length, window, riskFree, periods, volatility, sharpe),
      );
      const [volatility = new Float64Array(), sharpe = new Float64Array()] = outputs;
      return { volatility, sharpe };
    },
    rollingBeta: (returns, benchmark, window) => {
      checkPair(returns, benchmark);
      checkNumber('rollingBeta', 'window', window, WINDOW);
      const { outputs } = core.run([returns, benchmark], [returns.length], (call, [values = 0, others = 0], [out = 0]) =>
        call('rollingBeta')(values, others, returns.length, window, out),
      );
      return outputs[0] ?? new Float64Array();
    },
  };
}

function drawdownOf([depth = 0, peak = 0, trough = 0, recovery = 0]: Float64Array): Drawdown {
  return { depth, peak, trough, recovery: recovery < 0 ? null : recovery };
}
