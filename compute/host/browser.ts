/** What the dashboard may import of the compute core: nothing here needs Node. */
export * from './types.ts';
export * from './errors.ts';
export { loadIndicators, ParameterError as IndicatorParameterError } from './indicators.ts';
export type { Indicators } from './indicators.ts';
export { loadStatistics } from './statistics.ts';
export { boundsOf, resolveParameters } from './parameters.ts';
export { checkBacktestOptions, DEFAULT_BACKTEST_OPTIONS, formatSizing, parseSizing } from './backtest-options.ts';
export { inspectModule } from './inspect.ts';
export { loadOptions, OptionError, optionStatus } from './options.ts';
export type { Options } from './options.ts';
export type { BacktestRequest } from './kernel-run.ts';
export { simulate } from './simulate.ts';
export { openStrategy } from './strategy.ts';
export type { StrategySetup } from './strategy.ts';
export type { SymbolSeries } from './timeline.ts';
