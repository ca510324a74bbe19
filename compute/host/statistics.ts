import { openCore } from './statistics-memory.ts';
import { performanceStatistics } from './statistics-performance.ts';
import type { PerformanceStatistics } from './statistics-performance.ts';
import { portfolioStatistics } from './statistics-portfolio.ts';
import type { PortfolioStatistics } from './statistics-portfolio.ts';
import { resamplingStatistics } from './statistics-resampling.ts';
import type { ResamplingStatistics } from './statistics-resampling.ts';
import { selectionStatistics } from './statistics-selection.ts';
import type { SelectionStatistics } from './statistics-selection.ts';

export { ParameterError } from './errors.ts';
export { calendarReturns, compoundAnnualGrowth } from './statistics-calendar.ts';
export type { CalendarUnit, PeriodReturn } from './statistics-calendar.ts';
export type { Figure, RateConversion } from './statistics-input.ts';
export { matrixOf } from './statistics-matrix.ts';
export type { Matrix } from './statistics-matrix.ts';
export type {
  Covariance,
  CovarianceEstimator,
  CovarianceOptions,
  HierarchicalWeights,
  PortfolioStatistics,
  PortfolioWeights,
} from './statistics-portfolio.ts';
export type {
  BlockOptions,
  BootstrapFigure,
  Distribution,
  ReplicationOptions,
  ResamplingMethod,
  ResamplingStatistics,
  TradesFigure,
  TradesOptions,
  TradesSimulation,
} from './statistics-resampling.ts';
export type { Overfitting, SelectionStatistics, SharpeInference, SharpeSample } from './statistics-selection.ts';
export type {
  AgainstBenchmark,
  Drawdown,
  Performance,
  PerformanceOptions,
  PerformanceStatistics,
  RateOptions,
  RollingFigures,
  TailRisk,
} from './statistics-performance.ts';

/**
 * The statistics of the compute core. Parameters out of bounds throw a ParameterError, values that cannot be used a RangeError; each says
 * which one, and what it may be. A figure without a meaning is `null`.
 */
export type Statistics = PerformanceStatistics & ResamplingStatistics & SelectionStatistics & PortfolioStatistics;

/** Takes the bytes of `compute/build/statistics.wasm`, or what they compile to. Runs in Node and in the browser. */
export async function loadStatistics(wasm: BufferSource | WebAssembly.Module): Promise<Statistics> {
  const core = openCore(wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm));
  const ofReturns = performanceStatistics(core);
  return {
    ...ofReturns,
    ...resamplingStatistics(core),
    ...selectionStatistics(core, (returns) => ofReturns.performance(returns)),
    ...portfolioStatistics(core),
  };
}
