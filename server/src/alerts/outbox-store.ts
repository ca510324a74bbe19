import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ChannelName } from './channel.ts';

export interface ChannelRow {
  readonly channel: ChannelName;
  readonly after_seq: number;
  readonly last_sent_at: Date | null;
  readonly problem: string | null;
  readonly problem_at: Date | null;
}
/** Withdrawn: the alert was over before its time came. Repeated: the same was told a moment ago. */
export type DeliveryState = 'waiting' | 'sent' | 'given-up' | 'withdrawn' | 'repeated';
export interface DeliveryRow {
  readonly seq: number;
  readonly channel: ChannelName;
  readonly step: number;
  /** Absent in what an older version has queued. */
  readonly alert_id: string | null;
  readonly held: boolean;
  readonly content: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly queued_at: Date;
  /** When it was to go out first. */
  readonly due_at: Date;
  readonly next_at: Date;
  readonly sent_at: Date | null;
  readonly problem: string | null;
}
export interface OutboxTables {
  readonly alert_channels: ChannelRow;
  readonly alert_deliveries: DeliveryRow;
}

type Db = Kysely<OutboxTables>;

/** A channel that was not there before begins after this entry. */
export async function insertChannel(db: Db, channel: ChannelName, afterSeq: number): Promise<void> {
  await db
    .insertInto('alert_channels')
    .values({ channel, after_seq: afterSeq, last_sent_at: null, problem: null, problem_at: null })
    .onConflict((conflict) => conflict.column('channel').doNothing())
    .execute();
}

export const selectChannels = async (db: Db): Promise<readonly ChannelRow[]> =>
  await db.selectFrom('alert_channels').selectAll().orderBy('channel').execute();

/** Everything up to an entry is in the outbox. A number that is smaller than what is known changes nothing. */
export async function updateAfter(db: Db, channels: readonly ChannelName[], afterSeq: number): Promise<void> {
  await db
    .updateTable('alert_channels')
    .set({ after_seq: afterSeq })
    .where('channel', 'in', channels)
    .where('after_seq', '<', afterSeq)
    .execute();
}

/** What is there already stays as it is. */
export async function insertDeliveries(db: Db, rows: readonly DeliveryRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('alert_deliveries')
    .values([...rows])
    .onConflict((conflict) => conflict.columns(['seq', 'channel', 'step']).doNothing())
    .execute();
}

export const selectDue = async (db: Db, channel: ChannelName, now: Date, limit: number): Promise<readonly DeliveryRow[]> =>
  await db
    .selectFrom('alert_deliveries')
    .selectAll()
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .where('next_at', '<=', now)
    .orderBy('seq')
    .orderBy('step')
    .limit(limit)
    .execute();

/** When the next one of a channel is due; `undefined` where nothing waits. */
export async function selectNextDue(db: Db, channel: ChannelName): Promise<Date | undefined> {
  const row = await db
    .selectFrom('alert_deliveries')
    .select('next_at')
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
  return row?.next_at;
}

export async function updateDelivery(
  db: Db,
  { seq, channel, step }: Pick<DeliveryRow, 'seq' | 'channel' | 'step'>,
  change: Partial<Pick<DeliveryRow, 'state' | 'attempts' | 'next_at' | 'sent_at' | 'problem'>>,
): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set(change)
    .where('seq', '=', seq)
    .where('channel', '=', channel)
    .where('step', '=', step)
    .execute();
}

/** What still waits only because the alert may stay open, raised before an entry. */
export async function withdrawHeld(db: Db, alertId: string, before: number): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({ state: 'withdrawn' })
    .where('alert_id', '=', alertId)
    .where('state', '=', 'waiting')
    .where('held', '=', true)
    .where('seq', '<', before)
    .execute();
}

/** Channels that were told, or are to be, of an alert since then, with what they were told. */
export const selectTold = async (db: Db, alertId: string, since: Date): Promise<readonly Pick<DeliveryRow, 'channel' | 'content'>[]> =>
  await db
    .selectFrom('alert_deliveries')
    .select(['channel', 'content'])
    .where('alert_id', '=', alertId)
    .where('step', '=', 0)
    .where('state', 'in', ['waiting', 'sent'])
    .where('queued_at', '>', since)
    .execute();

/** Since when the oldest message is due that is not taken, by channel, of these. */
export const selectOldestDue = async (
  db: Db,
  channels: readonly ChannelName[],
  now: Date,
): Promise<readonly { readonly channel: ChannelName; readonly since: Date }[]> =>
  await db
    .selectFrom('alert_deliveries')
    .select(({ fn }) => ['channel', fn.min('due_at').as('since')])
    .where('channel', 'in', channels)
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .groupBy('channel')
    .execute();

export async function updateChannel(
  db: Db,
  channel: ChannelName,
  change: Partial<Pick<ChannelRow, 'last_sent_at' | 'problem' | 'problem_at'>>,
): Promise<void> {
  await db.updateTable('alert_channels').set(change).where('channel', '=', channel).execute();
}

export const selectDeliveries = async (db: Db, seq: number): Promise<readonly DeliveryRow[]> =>
  await db.selectFrom('alert_deliveries').selectAll().where('seq', '=', seq).orderBy('channel').orderBy('step').execute();

/** Deliveries by channel and state. */
export const countDeliveries = async (
  db: Db,
): Promise<readonly { readonly channel: ChannelName; readonly state: DeliveryState; readonly count: number }[]> =>
  (
    await db
      .selectFrom('alert_deliveries')
      .select(['channel', 'state', sql<string>`count(*)`.as('count')])
      .groupBy(['channel', 'state'])
      .execute()
  ).map(({ channel, state, count }) => ({ channel, state, count: Number(count) }));

/** What is over and was queued before then. */
export async function deleteDone(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('alert_deliveries').where('state', 'in', ['sent', 'withdrawn', 'repeated']).where('queued_at', '<', before).execute();
}

/** The journal ends at an entry, as one does that was restored: nothing is known of what comes after it. */
export async function rewind(db: Db, head: number): Promise<void> {
  await db.updateTable('alert_channels').set({ after_seq: head }).where('after_seq', '>', head).execute();
  await db.deleteFrom('alert_deliveries').where('seq', '>', head).execute();
}
