import { checkBacktestOptions } from './backtest-options.ts';
import { ParameterError } from './errors.ts';
import { MEMORY_PAGES_MAX, RESULT, readText, viewFloats, type StrategyExports } from './strategy-abi.ts';
import { guarded, openModule } from './strategy-module.ts';
import { buildTimeline, checkSeries, cutSeries, type SymbolSeries } from './timeline.ts';
import { StrategyTrap, type BacktestMetrics, type BacktestOptions, type ParameterValues, type StrategyModule } from './types.ts';

export interface BacktestRequest {
  readonly module: StrategyModule;
  readonly parameters: ParameterValues;
  readonly series: readonly SymbolSeries[];
  readonly options: BacktestOptions;
  /** First and last instant of bars, in milliseconds since 1970 UTC, both included. */
  readonly from?: number;
  readonly to?: number;
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
const ROW_FIELDS = { trades: 9, decisions: 4, denials: 5 } as const;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
const OPTION_FIELDS = 11;
const METRIC_FIELDS = 18;
const ROOM_BYTES = 16 * 1024 * 1024;
/** More rows than any run has: what a module may make the host copy is bounded. */
const ROWS_PER_BAR_MAX = 8;
const REPORTING = 'while reporting';

function sizeNumbers(options: BacktestOptions): readonly [number, number] {
  const { size } = options;
  if (size.kind === 'units') return [0, size.units];
  return size.kind === 'all' ? [2, 1] : [size.at === 'signal' ? 1 : 2, size.fraction];
}

/** In the order of `assembly/kernel/options.ts`. */
function optionNumbers(options: BacktestOptions): readonly number[] {
  const { cash, commissionRate, commissionFixed, commissionPerUnit, slippageBps, fill, wholeUnits, unaffordable, periodsPerYear } = options;
  const flags = [Number(wholeUnits), Number(unaffordable === 'reduce')];
  const costs = [commissionRate, commissionFixed, commissionPerUnit, slippageBps];
  return [cash, ...costs, Number(fill === 'same-close'), ...sizeNumbers(options), ...flags, periodsPerYear];
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
  };
}

function checkRoom(series: readonly SymbolSeries[], slices: number): void {
  const bars = series.reduce((sum, { bars: { length } }) => sum + length, 0);
  const bytes = bars * COLUMNS.length * COLUMN_BYTES + slices * (3 * COLUMN_BYTES + 4 * series.length) + ROOM_BYTES;
  if (bytes <= MEMORY_PAGES_MAX * 65_536) return;
  throw new ParameterError(
    'backtest',
    'series',
    `${bars} bars`,
    `fewer: they need ${Math.ceil(bytes / 2 ** 20)} MiB of the ${MEMORY_PAGES_MAX / 16} that a backtest has`,
  );
}

function copySeries(exports: StrategyExports, series: readonly SymbolSeries[]): void {
  for (const [symbol, { bars }] of series.entries()) {
    const address = exports.allocate(Math.max(1, bars.length * COLUMNS.length) * COLUMN_BYTES) >>> 0;
    const memory = viewFloats(exports.memory, address, bars.length * COLUMNS.length);
    for (const [place, column] of COLUMNS.entries()) memory.set(bars[column], place * bars.length);
    exports.series(symbol, address, bars.length);
  }
}

function copyTimeline(exports: StrategyExports, times: Float64Array, bars: Int32Array | undefined): void {
  const timesAt = exports.allocate(Math.max(1, times.length) * COLUMN_BYTES) >>> 0;
  viewFloats(exports.memory, timesAt, times.length).set(times);
  const barsAt = bars === undefined ? 0 : exports.allocate(Math.max(8, bars.byteLength)) >>> 0;
  if (bars !== undefined) {
    if (barsAt % 8 !== 0 || barsAt + bars.byteLength > exports.memory.buffer.byteLength)
      throw new StrategyTrap('The module gave an address outside its memory');
    new Int32Array(exports.memory.buffer, barsAt, bars.length).set(bars);
  }
  exports.begin(times.length, timesAt, barsAt);
}

/** Puts bars and options into a fresh instance of the module. Throws `ParameterError` or `StrategyTrap`. */
export function openKernel(request: BacktestRequest): KernelRun {
  const { module, options, from, to } = request;
  checkBacktestOptions(options);
  checkSeries(request.series);
  const series = request.series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, from, to) }));
  const { times, bars } = buildTimeline(series);
  checkRoom(series, times.length);
  const { exports, parameters } = openModule(module, request.parameters, series.length);
  guarded('while taking the bars in', () => {
    viewFloats(exports.memory, exports.optionsAddress(), OPTION_FIELDS).set(optionNumbers(options));
    copyTimeline(exports, times, bars);
    copySeries(exports, series);
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
    equity: () => guarded(REPORTING, () => viewFloats(exports.memory, exports.resultAddress(RESULT.equity), times.length)),
    rows: (which) =>
      guarded(REPORTING, () => {
        const fields = ROW_FIELDS[which];
        const count = exports.resultCount(RESULT[which]);
        if (count > ROWS_PER_BAR_MAX * times.length * series.length) throw new StrategyTrap(`The module answered ${count} ${which}`);
        return { count, fields, values: viewFloats(exports.memory, exports.resultAddress(RESULT[which]), count * fields) };
      }),
    reason: (index) => guarded(REPORTING, () => readText(exports.memory, exports.decisionReason(index))),
  };
}
