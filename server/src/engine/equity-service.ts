import type { Kysely, Transaction } from 'kysely';
import { format, money, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { EquityPoint } from './effects.ts';
import * as store from './equity-store.ts';
import type { EquityPointRow, EquityTables } from './equity-store.ts';

export type { EquityTables } from './equity-store.ts';

export type RecordedEquityPoint = EquityPoint & { readonly seq: number };

/** Points of the curve from an instant on (all where absent), oldest first; the newest may lie between bars. */
export const equitySince = async (db: Kysely<EquityTables>, from: Instant | undefined): Promise<readonly RecordedEquityPoint[]> =>
  (await store.selectEquityPoints(db, from === undefined ? undefined : new Date(from))).map(pointOf);

export async function lastEquity(db: Kysely<EquityTables>): Promise<RecordedEquityPoint | undefined> {
  const row = await store.selectLastPoint(db);
  return row === undefined ? undefined : pointOf(row);
}

/** Brings the table up to date with points in journal order. */
export async function projectEquity(trx: Transaction<EquityTables>, points: readonly RecordedEquityPoint[]): Promise<void> {
  const byInstant = new Map<Instant, RecordedEquityPoint>();
  points.forEach((point, index) => {
    if (!point.atBar && index !== points.length - 1) return;
    if (point.atBar || byInstant.get(point.at)?.atBar !== true) byInstant.set(point.at, point);
  });
  await store.replaceEquityPoints(trx, [...byInstant.values()].map(pointRow));
}

export const clearEquity = store.deleteEquity;

const pointRow = (point: RecordedEquityPoint): EquityPointRow => ({
  at: new Date(point.at),
  equity: format(point.equity),
  cash: format(point.cash),
  high_water_mark: format(point.highWaterMark),
  session_start_equity: format(point.sessionStartEquity),
  gross_exposure: format(point.grossExposure),
  net_exposure: format(point.netExposure),
  unrealized_pnl: format(point.unrealizedPnl),
  drawdown: format(point.drawdown),
  at_bar: point.atBar,
  seq: point.seq,
});

const pointOf = (row: EquityPointRow): RecordedEquityPoint => ({
  at: instantFromMs(row.at.getTime()),
  equity: money(row.equity),
  cash: money(row.cash),
  highWaterMark: money(row.high_water_mark),
  sessionStartEquity: money(row.session_start_equity),
  grossExposure: money(row.gross_exposure),
  netExposure: money(row.net_exposure),
  unrealizedPnl: money(row.unrealized_pnl),
  drawdown: ratio(row.drawdown),
  atBar: row.at_bar,
  seq: row.seq,
});
