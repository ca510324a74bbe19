import { checkBacktestOptions } from './backtest-options.ts';
import { ParameterError } from './errors.ts';
import { MEMORY_PAGES_MAX, RESULT, readText, viewFloats, type StrategyExports } from './strategy-abi.ts';
import { guarded, openModule, renewModule } from './strategy-module.ts';
import { buildTimeline, checkActions, checkSeries, cutSeries, fineStarts, type SymbolSeries, type Timeline } from './timeline.ts';
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
  /** False: what the strategy wishes for is not kept. */
  readonly record?: boolean;
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
  /** Whether the run goes from crossing to crossing; known once it has advanced. */
  goesFast(): boolean;
  finish(): BacktestMetrics;
  /** Equity at the close of each slice. */
  equity(): Float64Array;
  rows(which: 'trades' | 'decisions' | 'denials'): { readonly count: number; readonly fields: number; readonly values: Float64Array };
  reason(index: number): string;
  /**
   * Starts over with a fresh strategy and these values for the parameters at `indexes`, the others as at first. False where its rule about
   * parameters is broken. For modules whose strategies keep nothing outside themselves.
   */
  renew(indexes: Int32Array, values: Float64Array): boolean;
  /** Whether `sweep` can be used. */
  openSweep(): boolean;
  /** Figures of sets of values: see `sweep-runner.ts`. */
  sweep(sets: Float64Array, indexes: Int32Array, output: Float64Array): void;
}

const COLUMN_BYTES = 8;
const ROW_FIELDS = { trades: 9, decisions: 13, denials: 5 } as const;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
const METRIC_FIELDS = 20;
const FILL_MODELS = ['next-open', 'same-close', 'spread', 'volume-share', 'square-root'] as const;
const ROOM_BYTES = 16 * 1024 * 1024;
/** More rows than any run has: what a module may make the host copy is bounded. */
const ROWS_PER_BAR_MAX = 10_000;
const REPORTING = 'while reporting';

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

/** Bars that lie in the module, to be told to it at the beginning of each run. */
interface Laid {
  readonly begin: () => void;
}

function laySeries(exports: StrategyExports, series: readonly SymbolSeries[]): () => void {
  const addresses = series.map(({ bars }) => copyColumns(exports, bars, COLUMNS));
  return () => {
    for (const [symbol, { bars }] of series.entries()) exports.series(symbol, addresses[symbol] ?? 0, bars.length);
  };
}

function layFiner(exports: StrategyExports, series: readonly SymbolSeries[], finer: BacktestRequest['finerBars']): () => void {
  const laid = series.flatMap(({ symbol: name, bars }, symbol) => {
    const fine = finer?.[name];
    if (fine === undefined) return [];
    const starts = allocateInts(exports, fineStarts(bars, fine));
    return [{ symbol, address: copyColumns(exports, fine, ['open', 'high', 'low']), length: fine.length, starts }];
  });
  return () => {
    for (const { symbol, address, length, starts } of laid) exports.fineSeries(symbol, address, length, starts);
  };
}

function layActions(exports: StrategyExports, series: readonly SymbolSeries[], actions: BacktestRequest['actions']): () => void {
  const laid = series.flatMap(({ symbol: name, bars }, symbol) => {
    const first = bars.startAtMs[0] ?? Infinity;
    const due = (actions?.[name] ?? []).filter(({ atMs }) => atMs > first).toSorted((a, b) => a.atMs - b.atMs);
    if (due.length === 0) return [];
    const { address, values } = allocateFloats(exports, due.length * 3);
    values.set(due.flatMap(({ atMs, ratio, dividend }) => [atMs, ratio, dividend]));
    return [{ symbol, address, count: due.length }];
  });
  return () => {
    for (const { symbol, address, count } of laid) exports.corporateActions(symbol, address, count);
  };
}

/** Copies everything into the module once; what it answers begins a run over it. */
function layOut(exports: StrategyExports, request: BacktestRequest, series: readonly SymbolSeries[], timeline: Timeline): Laid {
  const numbers = optionNumbers(request.options);
  viewFloats(exports.memory, exports.optionsAddress(), numbers.length).set(numbers);
  const { address, values } = allocateFloats(exports, timeline.times.length);
  values.set(timeline.times);
  const barsAt = timeline.bars === undefined ? 0 : allocateInts(exports, timeline.bars);
  const parts = [
    laySeries(exports, series),
    layFiner(exports, series, request.finerBars),
    layActions(exports, series, request.actions),
  ] as const;
  const begin = (): void => {
    exports.begin(timeline.times.length, address, barsAt, Number(request.fast ?? true));
    for (const part of parts) part();
  };
  return { begin };
}

/** Memory in the module for the sets of a sweep and their figures: taken once, and again where more is needed. */
class SweepRoom {
  private readonly exports: StrategyExports;
  private bytes = 0;
  private address = 0;

  constructor(exports: StrategyExports) {
    this.exports = exports;
  }

  run(sets: Float64Array, indexes: Int32Array, output: Float64Array): void {
    const { exports } = this;
    const needed = sets.byteLength + output.byteLength + 8 * (indexes.length + 1);
    if (needed > this.bytes) {
      this.address = exports.allocate(needed) >>> 0;
      this.bytes = needed;
    }
    const outputAt = this.address + sets.byteLength;
    const indexesAt = outputAt + output.byteLength;
    viewFloats(exports.memory, this.address, needed / 8).set(sets);
    new Int32Array(exports.memory.buffer, indexesAt, indexes.length).set(indexes);
    exports.sweep(this.address, sets.length / indexes.length, indexesAt, indexes.length, outputAt);
    output.set(viewFloats(exports.memory, outputAt, output.length));
  }
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
  const laid = guarded('while taking the bars in', () => {
    exports.record(Number(request.record ?? true));
    const all = layOut(exports, request, series, { times, bars });
    all.begin();
    return all;
  });
  const sweeper = new SweepRoom(exports);
  return {
    series,
    times,
    parameters,
    advance: (count) => guarded('in the backtest', () => exports.advance(count)),
    goesFast: () => guarded(REPORTING, () => exports.goesFast() !== 0),
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
        if (!(Number.isInteger(count) && count >= 0) || count > ROWS_PER_BAR_MAX * times.length * series.length)
          throw new StrategyTrap(`The module answered ${count} ${which}`);
        return { count, fields, values: viewFloats(exports.memory, exports.resultAddress(RESULT[which]), count * fields) };
      }),
    reason: (index) => guarded(REPORTING, () => readText(exports.memory, exports.decisionReason(index))),
    renew: (indexes, values) =>
      guarded('while starting again', () => {
        if (!renewModule(module, exports, request.parameters, indexes, values)) return false;
        exports.open(series.length);
        laid.begin();
        return true;
      }),
    openSweep: () => guarded('while opening the sweep', () => exports.openSweep() !== 0),
    sweep: (sets, indexes, output) => guarded('in the sweep', () => sweeper.run(sets, indexes, output)),
  };
}
