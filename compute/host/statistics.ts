import { openCore } from './statistics-memory.ts';
import { performanceStatistics } from './statistics-performance.ts';
import type { PerformanceStatistics } from './statistics-performance.ts';

export { ParameterError } from './errors.ts';
export { calendarReturns } from './statistics-calendar.ts';
export type { CalendarUnit, PeriodReturn } from './statistics-calendar.ts';
export type { Figure, RateConversion } from './statistics-input.ts';
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
export type Statistics = PerformanceStatistics;

/** Takes the bytes of `compute/build/statistics.wasm`, or what they compile to. Runs in Node and in the browser. */
export async function loadStatistics(wasm: BufferSource | WebAssembly.Module): Promise<Statistics> {
  const core = openCore(wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm));
  return { ...performanceStatistics(core) };
}
