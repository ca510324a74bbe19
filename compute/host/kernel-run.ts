import { checkBacktestOptions } from './backtest-options.ts';
import { ParameterError } from './errors.ts';
import { MEMORY_PAGES_MAX, RESULT, readText, viewFloats, type StrategyExports } from './strategy-abi.ts';
import { guarded, openModule } from './strategy-module.ts';
import { buildTimeline, checkActions, checkSeries, cutSeries, fineStarts, type SymbolSeries } from './timeline.ts';
import {
  StrategyTrap,
  type BacktestLimits,
  type BacktestMetrics,
  type BacktestOptions,
  type BarSeries,
  type CorporateAction,
  type ParameterValues,
  type StrategyModule,
} from './types.ts';

export interface BacktestRequest {
  readonly module: StrategyModule;
  readonly parameters: ParameterValues;
  readonly series: readonly SymbolSeries[];
  readonly options: BacktestOptions;
  /** First and last instant of bars, in milliseconds since 1970 UTC, both included. */
  readonly from?: number;
  readonly to?: number;
  /** Finer bars by symbol: they tell in which order prices were touched inside a bar. */
  readonly finerBars?: Readonly<Record<string, BarSeries>>;
  /** Dividends and splits by symbol, for bars that are not adjusted for them. */
  readonly actions?: Readonly<Record<string, readonly CorporateAction[]>>;
  /** False: the strategy is asked at every bar, whatever its shape. The results are the same. */
  readonly fast?: boolean;
  /** SHA-256 of the bars that are used, when the caller knows it. */
  readonly dataHash?: string;
}

/** A backtest inside the module, to be advanced in pieces. Rows are views of its memory: read them before advancing further. */
export interface KernelRun {
  readonly series: readonly SymbolSeries[];
  readonly times: Float64Array;
  readonly parameters: ParameterValues;
  /** Runs up to `count` more slices; answers how many are done. */
  advance(count: number): number;
  finish(): BacktestMetrics;
  /** Equity at the close of each slice. */
  equity(): Float64Array;
  rows(which: 'trades' | 'decisions' | 'denials'): { readonly count: number; readonly fields: number; readonly values: Float64Array };
  reason(index: number): string;
}

const COLUMN_BYTES = 8;
const ROW_FIELDS = { trades: 9, decisions: 13, denials: 5 } as const;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
const METRIC_FIELDS = 20;
const FILL_MODELS = ['next-open', 'same-close', 'spread', 'volume-share', 'square-root'] as const;
const ROOM_BYTES = 16 * 1024 * 1024;

function sizeNumbers(options: BacktestOptions): readonly [number, number] {
  const { size } = options;
  if (size.kind === 'units') return [0, size.units];
  return size.kind === 'all' ? [2, 1] : [size.at === 'signal' ? 1 : 2, size.fraction];
}

function costNumbers(options: BacktestOptions): readonly number[] {
  const { commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, regulatoryFees, slippageBps } = options;
  const { fill, spreadBps, volumeLimit, impact } = options;
  const commissions = [commissionRate, commissionFixed, commissionPerUnit, commissionMinimum, Number(regulatoryFees)];
  return [...commissions, slippageBps / 10_000, FILL_MODELS.indexOf(fill), spreadBps / 10_000, volumeLimit, impact];
}

function ruleNumbers(options: BacktestOptions): readonly number[] {
  const { wholeUnits, unaffordable, protectiveFrom, periodsPerYear, leverage, maintenance, borrowRate, cashRate, debitRate } = options;
  const flags = [Number(wholeUnits), Number(unaffordable === 'reduce'), Number(protectiveFrom === 'next-bar')];
  return [...sizeNumbers(options), ...flags, periodsPerYear, leverage ?? 0, maintenance, borrowRate, cashRate, debitRate];
}

const most = (limit: number | null | undefined): number => limit ?? Infinity;

function limitNumbers(risk: BacktestLimits | null): readonly number[] {
  const least = [risk?.minimumLiquidity ?? 0, risk?.minimumPrice ?? 0];
  const order = [most(risk?.orderRisk), most(risk?.orderNotional), most(risk?.orderWeight), most(risk?.orderVolume), ...least];
  const exposure = [risk?.concentration, risk?.grossExposure, risk?.netExposure, risk?.capitalDeployed, risk?.openPositions];
  return [Number(risk !== null), ...order, ...[...exposure, risk?.shortSale, risk?.dailyLoss, risk?.drawdown].map(most)];
}

/** In the order of `assembly/kernel/options.ts`. */
function optionNumbers(options: BacktestOptions): readonly number[] {
  return [options.cash, ...costNumbers(options), ...ruleNumbers(options), ...limitNumbers(options.risk)];
}

/** Metrics in the order of `assembly/kernel/metrics.ts`. */
function readMetrics(exports: StrategyExports): BacktestMetrics {
  const values = viewFloats(exports.memory, exports.resultAddress(RESULT.metrics), METRIC_FIELDS);
  const known = (index: number): number => values[index] ?? Number.NaN;
  const orNull = (index: number): number | null => (Number.isFinite(known(index)) ? known(index) : null);
  return {
    finalEquity: known(0),
    totalReturn: known(1),
    cagr: orNull(2),
    volatility: orNull(3),
    sharpe: orNull(4),
    sortino: orNull(5),
    calmar: orNull(6),
    maxDrawdown: known(7),
    trades: known(8),
    winRate: orNull(9),
    profitFactor: orNull(10),
    expectancy: orNull(11),
    payoff: orNull(12),
    exposure: known(13),
    turnover: orNull(14),
    fees: known(15),
    slippage: known(16),
    orders: known(17),
    financing: known(18),
    dividends: known(19),
  };
}

function checkRoom(series: readonly SymbolSeries[], finer: BacktestRequest['finerBars'], slices: number): void {
  const fine = Object.values(finer ?? {}).reduce((sum, { length }) => sum + length, 0);
  const bars = series.reduce((sum, { bars: { length } }) => sum + length, 0);
  const table = slices * (3 * COLUMN_BYTES + 4 * series.length);
  const bytes = (bars * COLUMNS.length + fine * 3) * COLUMN_BYTES + table + ROOM_BYTES;
  if (bytes <= MEMORY_PAGES_MAX * 65_536) return;
  throw new ParameterError(
    'backtest',
    'series',
    `${bars} bars`,
    `fewer: they need ${Math.ceil(bytes / 2 ** 20)} MiB of the ${MEMORY_PAGES_MAX / 16} that a backtest has`,
  );
}

/** Room in the module for so many numbers, and where it is. */
function allocateFloats(exports: StrategyExports, count: number): { readonly address: number; readonly values: Float64Array } {
  const address = exports.allocate(Math.max(1, count) * COLUMN_BYTES) >>> 0;
  return { address, values: viewFloats(exports.memory, address, count) };
}

function allocateInts(exports: StrategyExports, values: Int32Array): number {
  const address = exports.allocate(Math.max(8, values.byteLength)) >>> 0;
  if (address % 8 !== 0 || address + values.byteLength > exports.memory.buffer.byteLength)
    throw new StrategyTrap('The module gave an address outside its memory');
  new Int32Array(exports.memory.buffer, address, values.length).set(values);
  return address;
}

function copyColumns(exports: StrategyExports, bars: BarSeries, columns: readonly (keyof BarSeries & (typeof COLUMNS)[number])[]): number {
  const { address, values } = allocateFloats(exports, bars.length * columns.length);
  for (const [place, column] of columns.entries()) values.set(bars[column], place * bars.length);
  return address;
}

function copySeries(exports: StrategyExports, series: readonly SymbolSeries[]): void {
  for (const [symbol, { bars }] of series.entries()) exports.series(symbol, copyColumns(exports, bars, COLUMNS), bars.length);
}

function copyFiner(exports: StrategyExports, series: readonly SymbolSeries[], finer: BacktestRequest['finerBars']): void {
  for (const [symbol, { symbol: name, bars }] of series.entries()) {
    const fine = finer?.[name];
    if (fine === undefined) continue;
    const starts = allocateInts(exports, fineStarts(bars, fine));
    exports.fineSeries(symbol, copyColumns(exports, fine, ['open', 'high', 'low']), fine.length, starts);
  }
}

function copyActions(exports: StrategyExports, series: readonly SymbolSeries[], actions: BacktestRequest['actions']): void {
  for (const [symbol, { symbol: name, bars }] of series.entries()) {
    const first = bars.startAtMs[0] ?? Infinity;
    const due = (actions?.[name] ?? []).filter(({ atMs }) => atMs > first).toSorted((a, b) => a.atMs - b.atMs);
    if (due.length === 0) continue;
    const { address, values } = allocateFloats(exports, due.length * 3);
    values.set(due.flatMap(({ atMs, ratio, dividend }) => [atMs, ratio, dividend]));
    exports.corporateActions(symbol, address, due.length);
  }
}

function copyTimeline(exports: StrategyExports, times: Float64Array, bars: Int32Array | undefined, fast: boolean): void {
  const { address, values } = allocateFloats(exports, times.length);
  values.set(times);
  exports.begin(times.length, address, bars === undefined ? 0 : allocateInts(exports, bars), Number(fast));
}

/** Puts bars and options into a fresh instance of the module. Throws `ParameterError` or `StrategyTrap`. */
export function openKernel(request: BacktestRequest): KernelRun {
  const { module, options, from, to } = request;
  checkBacktestOptions(options);
  checkSeries(request.series);
  checkActions(request.actions ?? {});
  const series = request.series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, from, to) }));
  const { times, bars } = buildTimeline(series);
  checkRoom(series, request.finerBars, times.length);
  const { exports, parameters } = openModule(module, request.parameters, series.length);
  guarded('while taking the bars in', () => {
    const numbers = optionNumbers(options);
    viewFloats(exports.memory, exports.optionsAddress(), numbers.length).set(numbers);
    copyTimeline(exports, times, bars, request.fast ?? true);
    copySeries(exports, series);
    copyFiner(exports, series, request.finerBars);
    copyActions(exports, series, request.actions);
  });
  return {
    series,
    times,
    parameters,
    advance: (count) => guarded('in the backtest', () => exports.advance(count)),
    finish: () =>
      guarded('at the end of the backtest', () => {
        exports.finish();
        return readMetrics(exports);
      }),
    equity: () => viewFloats(exports.memory, exports.resultAddress(RESULT.equity), times.length),
    rows: (which) => {
      const fields = ROW_FIELDS[which];
      const count = exports.resultCount(RESULT[which]);
      return { count, fields, values: viewFloats(exports.memory, exports.resultAddress(RESULT[which]), count * fields) };
    },
    reason: (index) => readText(exports.memory, exports.decisionReason(index)),
  };
}
