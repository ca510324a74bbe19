import { openKernel, type BacktestRequest, type KernelRun } from './kernel-run.ts';
import { WISH_KINDS, WISH_MEASURES } from './strategy-abi.ts';
import { guarded } from './strategy-module.ts';
import type { BacktestDecision, BacktestDenial, BacktestMetrics, BacktestResult, BacktestTrade } from './types.ts';

/** An instant as ISO-8601 in UTC, without empty milliseconds: `2024-01-31T14:30:00Z`. */
export function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

/** The last one or two texts are asked for again and again: remember them by index. */
function remembered(read: (index: number) => string): (index: number) => string {
  const known = new Map<number, string>();
  return (index) => {
    const text = known.get(index) ?? read(index);
    known.set(index, text);
    return text;
  };
}

type Row = (field: number) => number;

function mapRows<T>(run: KernelRun, which: 'trades' | 'decisions' | 'denials', toItem: (row: Row) => T): T[] {
  const { count, fields, values } = run.rows(which);
  return Array.from({ length: count }, (_, index) => toItem((field) => values[index * fields + field] ?? Number.NaN));
}

/** In the order of `assembly/kernel/denials.ts`. */
const DENIAL_CODES = [
  ...(['InsufficientCash', 'BelowOneUnit', 'BuyingPower', 'MarginCall', 'OrderRisk', 'OrderNotional', 'OrderVolume'] as const),
  ...(['MinimumLiquidity', 'MinimumPrice', 'Concentration', 'GrossExposure', 'NetExposure', 'CapitalDeployed'] as const),
  ...(['OpenPositions', 'ShortSale', 'DailyLoss', 'Drawdown'] as const),
] as const;

interface Naming {
  readonly time: (slice: number) => string;
  readonly symbol: (index: number) => string;
}

function toTrade(row: Row, { time, symbol }: Naming): BacktestTrade {
  const exitBar = row(5) < 0 ? null : row(5);
  return {
    symbol: symbol(row(0)),
    direction: row(1) > 0 ? 'long' : 'short',
    size: row(2),
    entryBar: row(3),
    entryTime: time(row(3)),
    entryPrice: row(4),
    exitBar,
    exitTime: exitBar === null ? null : time(exitBar),
    exitPrice: exitBar === null ? null : row(6),
    grossPnl: row(7),
    commission: row(8),
    status: exitBar === null ? 'open' : 'closed',
  };
}

function toDenial(row: Row, { time, symbol }: Naming): BacktestDenial {
  return { time: time(row(0)), code: DENIAL_CODES[row(1)] ?? 'Unknown', symbol: symbol(row(2)), limit: row(3), actual: row(4) };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

function toDecision(row: Row, { time, symbol }: Naming, reason: (index: number) => string): BacktestDecision {
  const kind = WISH_KINDS[row(3)] ?? 'target';
  const measure = WISH_MEASURES[row(4)] ?? 'exposure';
  return {
    time: time(row(0)),
    symbol: symbol(row(1)),
    exposure: kind === 'target' && measure === 'exposure' ? row(5) : null,
    reason: reason(row(2)),
    kind,
    measure,
    amount: row(5),
    limit: orNull(row(6)),
    stop: orNull(row(7)),
    trail: orNull(row(8)),
    trailFraction: orNull(row(9)),
    stopLoss: orNull(row(10)),
    takeProfit: orNull(row(11)),
    orderId: row(12),
  };
}

/** SHA-256 of what a result depends on: `BacktestResult.data` says of what. */
export type DataHashes = Pick<BacktestResult['data'], 'hash' | 'actionsHash' | 'finerHash'>;

/** Everything that a finished run holds, copied out of the module's memory. Throws `StrategyTrap` where it is nonsense. */
export function readResult(run: KernelRun, request: BacktestRequest, metrics: BacktestMetrics, hashes: DataHashes): BacktestResult {
  return guarded('while reporting', () => copyResult(run, request, metrics, hashes));
}

function copyResult(run: KernelRun, request: BacktestRequest, metrics: BacktestMetrics, hashes: DataHashes): BacktestResult {
  const time = remembered((slice) => formatTime(run.times[slice] ?? Number.NaN));
  const symbol = (index: number): string => run.series[index]?.symbol ?? '';
  const reason = remembered((index) => run.reason(index));
  const slices = run.times.length;
  return {
    strategy: { name: request.module.description.name, version: request.module.version, parameters: run.parameters },
    data: {
      ...hashes,
      symbols: run.series.map((each) => each.symbol),
      from: slices > 0 ? time(0) : '',
      to: slices > 0 ? time(slices - 1) : '',
      bars: run.series.reduce((sum, { bars }) => sum + bars.length, 0),
    },
    options: request.options,
    metrics,
    trades: mapRows(run, 'trades', (row) => toTrade(row, { time, symbol })),
    equity: Array.from(run.equity(), (equity, slice) => ({ time: time(slice), equity })),
    denials: mapRows(run, 'denials', (row) => toDenial(row, { time, symbol })),
    decisions: mapRows(run, 'decisions', (row) => toDecision(row, { time, symbol }, reason)),
  };
}

/**
 * A whole backtest in this thread, in Node or in the browser. The same request gives the same result, byte for byte.
 * `hashes`: `dataHashesOf` in Node. Throws `ParameterError` for bad options and parameters, `StrategyTrap` when
 * the strategy fails; an endless loop in it would hang the caller: use the worker for code that is not trusted.
 */
export function simulate(request: BacktestRequest, hashes: DataHashes): BacktestResult {
  const run = openKernel(request);
  run.advance(run.times.length);
  return readResult(run, request, run.finish(), hashes);
}
