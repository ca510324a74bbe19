import type { Kysely, Transaction } from 'kysely';
import type { Alert } from '../engine/effects.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { numberCursor, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import * as store from './store.ts';
import type { AlertRow, AlertTables } from './store.ts';

export type { AlertTables } from './store.ts';

/** An alert with who has seen to it. */
export interface RecordedAlert extends Alert {
  readonly acknowledgedAt?: Instant;
  readonly acknowledgedBy?: string;
  readonly note?: string;
  /** The journal entry that raised it. */
  readonly seq: number;
}

export interface AlertListQuery extends PageQuery {
  /** Only open ones, or only closed ones; both where absent. */
  readonly open?: boolean | undefined;
}

/** Newest first. Throws `CursorError`. */
export async function listAlerts(db: Kysely<AlertTables>, { first, after, open }: AlertListQuery): Promise<Page<RecordedAlert>> {
  const rows = await store.selectAlerts(db, open, numberCursor(after), first + 1);
  return pageOfRows(rows, first, (row) => String(row.seq), alertOf);
}

export async function alertById(db: Kysely<AlertTables>, id: string): Promise<RecordedAlert | undefined> {
  const row = await store.selectAlert(db, id);
  return row === undefined ? undefined : alertOf(row);
}

export type AlertChange =
  | { readonly kind: 'raised'; readonly alert: Alert; readonly seq: number }
  | { readonly kind: 'closed'; readonly alertId: string; readonly by: string; readonly note?: string | undefined; readonly at: Instant };

/** Brings the table up to date with changes in journal order. */
export async function projectAlerts(trx: Transaction<AlertTables>, changes: readonly AlertChange[]): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'raised') await store.upsertAlert(trx, alertRow(change.alert, change.seq));
    else await store.closeAlert(trx, change.alertId, change.by, change.note ?? null, new Date(change.at));
  }
}

export const clearAlerts = store.deleteAlerts;

const alertRow = (alert: Alert, seq: number): AlertRow => ({
  id: alert.id,
  severity: alert.severity,
  code: alert.code,
  title: alert.title,
  detail: alert.detail,
  raised_at: new Date(alert.raisedAt),
  closed_at: null,
  closed_by: null,
  closed_note: null,
  seq,
});

const alertOf = (row: AlertRow): RecordedAlert => ({
  id: row.id,
  severity: row.severity,
  code: row.code,
  title: row.title,
  detail: row.detail,
  raisedAt: instantFromMs(row.raised_at.getTime()),
  ...(row.closed_at === null ? {} : { acknowledgedAt: instantFromMs(row.closed_at.getTime()) }),
  ...(row.closed_by === null ? {} : { acknowledgedBy: row.closed_by }),
  ...(row.closed_note === null ? {} : { note: row.closed_note }),
  seq: row.seq,
});
