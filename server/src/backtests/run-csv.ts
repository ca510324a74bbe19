import type { BacktestResult } from '@tidemark/compute/types';
import { underwaterOf } from './report/equity-curve.ts';

type Cell = string | number | null;

/** Quoted where a reader would otherwise see more than one cell; a text that a spreadsheet would take for a formula is led by an apostrophe. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const plain = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const linesOf = (header: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cellText).join(',')}\n`).join('');

const TRADES = [
  ...(['symbol', 'direction', 'status', 'size', 'entry_time', 'entry_price', 'exit_time', 'exit_price'] as const),
  ...(['bars_held', 'gross_pnl', 'commission', 'net_pnl'] as const),
];

/** Round trips, one a row; empty where a trade is still open. Money in dollars, times in UTC. */
export const tradesCsv = ({ trades }: BacktestResult): string =>
  linesOf(
    TRADES,
    trades.map((trade) => [
      trade.symbol,
      trade.direction,
      trade.status,
      trade.size,
      trade.entryTime,
      trade.entryPrice,
      trade.exitTime,
      trade.exitPrice,
      trade.exitBar === null ? null : trade.exitBar - trade.entryBar,
      trade.grossPnl,
      trade.commission,
      trade.grossPnl - trade.commission,
    ]),
  );

/** Equity at the close of each bar, and its distance from the high-water mark as a fraction, 0 or negative. */
export function equityCsv({ equity, options }: BacktestResult): string {
  const underwater = underwaterOf(equity, options.cash);
  return linesOf(
    ['time', 'equity', 'drawdown'],
    equity.map((point, index) => [point.time, point.equity, underwater[index] ?? null]),
  );
}
