/** Everything that other workspaces may import of the compute core, in Node. */
export * from './types.ts';
export * from './errors.ts';
export { boundsOf, resolveParameters } from './parameters.ts';
export { checkBacktestOptions, DEFAULT_BACKTEST_OPTIONS, formatSizing, parseSizing } from './backtest-options.ts';
export { dataHashOf, hashSeries, runBacktest } from './backtest.ts';
export { builtInStrategies, compileBuiltIn, compileBuiltIns, moduleFromBytes } from './built-ins.ts';
export { closeCompiler, compileStrategy, SOURCE_CHARACTERS_MAX } from './compile.ts';
export { inspectModule } from './inspect.ts';
export type { BacktestRequest } from './kernel-run.ts';
export { openStrategy } from './strategy.ts';
export type { StrategySetup } from './strategy.ts';
export type { SymbolSeries } from './timeline.ts';
