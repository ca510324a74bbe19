import type { Kysely } from 'kysely';
import { decode, encode } from '../journal/codec.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { GIVE_UP_MS, isUrgent, waitAfter } from './channel.ts';
import type { ChannelName, OutgoingAlert } from './channel.ts';
import * as store from './outbox-store.ts';
import type { DeliveryState, OutboxTables } from './outbox-store.ts';
import { planOf } from './rules.ts';
import type { AlertRules } from './rules.ts';

export type { OutboxTables } from './outbox-store.ts';

type Db = Kysely<OutboxTables>;

/** One alert on its way by one channel. */
export interface Delivery {
  readonly channel: ChannelName;
  readonly seq: number;
  /** 0 at once; more where nobody had acknowledged the alert. */
  readonly step: number;
  readonly alert: OutgoingAlert;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueAt: Instant;
  readonly nextAt: Instant;
  readonly sentAt: Instant | undefined;
  readonly problem: string | undefined;
}

const instantOf = (at: Date): Instant => instantFromMs(at.getTime());
const optional = (at: Date | null): Instant | undefined => (at === null ? undefined : instantOf(at));

const deliveryOf = (row: store.DeliveryRow): Delivery => ({
  channel: row.channel,
  seq: row.seq,
  step: row.step,
  alert: { ...(decode(row.content) as Omit<OutgoingAlert, 'step'>), step: row.step },
  state: row.state,
  attempts: row.attempts,
  dueAt: instantOf(row.due_at),
  nextAt: instantOf(row.next_at),
  sentAt: optional(row.sent_at),
  problem: row.problem ?? undefined,
});

/** Channels as they are set up now; one that is new begins after this entry. What each still has to read begins after the answer. */
export async function openOutbox(db: Db, channels: readonly ChannelName[], head: number): Promise<number> {
  await store.rewind(db, head);
  for (const channel of channels) await store.insertChannel(db, channel, head);
  const known = (await store.selectChannels(db)).filter(({ channel }) => channels.includes(channel));
  return Math.min(head, ...known.map(({ after_seq: after }) => after));
}

/** What happened to an alert, in the order of the journal. */
export type AlertNews =
  | { readonly kind: 'raised'; readonly alert: Omit<OutgoingAlert, 'step'> }
  | { readonly kind: 'closed'; readonly alertId: string; readonly seq: number };

/** Channels that need not hear of it again: they were told the very same a moment ago. */
async function toldOf(
  db: Db,
  alert: Omit<OutgoingAlert, 'step'>,
  { repeatAfterMs }: AlertRules,
  now: Instant,
): Promise<ReadonlySet<string>> {
  if (repeatAfterMs === 0 || isUrgent(alert)) return new Set();
  const told = await store.selectTold(db, alert.id, new Date(now - repeatAfterMs));
  const isSame = (content: string): boolean => {
    const before = decode(content) as OutgoingAlert;
    return before.seq !== alert.seq && before.severity === alert.severity && before.title === alert.title;
  };
  return new Set(told.filter(({ content }) => isSame(content)).map(({ channel }) => channel));
}

async function queueAlert(
  db: Db,
  channels: readonly ChannelName[],
  alert: Omit<OutgoingAlert, 'step'>,
  rules: AlertRules,
  now: Instant,
): Promise<void> {
  const told = await toldOf(db, alert, rules, now);
  const rows = planOf(alert, channels, rules, now).map(({ channel, step, at, held }): store.DeliveryRow => ({
    seq: alert.seq,
    channel,
    step,
    alert_id: alert.id,
    held,
    content: encode(alert),
    // Escalations go out all the same: those of the time before were withdrawn when it was over.
    state: step === 0 && told.has(channel) ? 'repeated' : 'waiting',
    attempts: 0,
    queued_at: new Date(now),
    due_at: new Date(at),
    next_at: new Date(at),
    sent_at: null,
    problem: null,
  }));
  await store.insertDeliveries(db, rows);
}

/** Alerts of the journal up to an entry, for each channel that the rules name: all of it in one transaction. */
export async function queueAlerts(
  db: Db,
  channels: readonly ChannelName[],
  news: readonly AlertNews[],
  upTo: number,
  rules: AlertRules,
  now: Instant,
): Promise<void> {
  if (channels.length === 0) return;
  await db.transaction().execute(async (trx) => {
    const known = new Map((await store.selectChannels(trx)).map((row) => [row.channel, row.after_seq]));
    for (const each of news) {
      if (each.kind === 'closed') await store.withdrawHeld(trx, each.alertId, each.seq);
      else {
        // A channel that was set up later is not told of what was before.
        const since = channels.filter((channel) => each.alert.seq > (known.get(channel) ?? upTo));
        await queueAlert(trx, since, each.alert, rules, now);
      }
    }
    await store.updateAfter(trx, channels, upTo);
  });
}

export const dueDeliveries = async (db: Db, channel: ChannelName, now: Instant, limit: number): Promise<readonly Delivery[]> =>
  (await store.selectDue(db, channel, new Date(now), limit)).map(deliveryOf);

export async function nextDue(db: Db, channel: ChannelName): Promise<Instant | undefined> {
  const at = await store.selectNextDue(db, channel);
  return at === undefined ? undefined : instantOf(at);
}

/** `problem` says what was wrong although it was taken; it stands until all is well again. */
export async function noteSent(db: Db, delivery: Delivery, problem: string | undefined, now: Instant): Promise<void> {
  const at = new Date(now);
  const partly = problem === undefined ? { problem: null, problem_at: null } : { problem, problem_at: at };
  await db.transaction().execute(async (trx) => {
    await store.updateDelivery(trx, delivery, { state: 'sent', attempts: delivery.attempts + 1, sent_at: at, problem: partly.problem });
    await store.updateChannel(trx, delivery.channel, { last_sent_at: at, ...partly });
  });
}

/** Tried again after a while that grows, and given up after a week. */
export async function noteFailed(db: Db, delivery: Delivery, problem: string, now: Instant): Promise<void> {
  const attempts = delivery.attempts + 1;
  const state = now - delivery.dueAt >= GIVE_UP_MS ? 'given-up' : 'waiting';
  await db.transaction().execute(async (trx) => {
    await store.updateDelivery(trx, delivery, { state, attempts, next_at: new Date(now + waitAfter(attempts)), problem });
    await store.updateChannel(trx, delivery.channel, { problem, problem_at: new Date(now) });
  });
}

const KEPT_MS = 90 * 86_400_000;

export const forgetDone = async (db: Db, now: Instant): Promise<void> => await store.deleteDone(db, new Date(now - KEPT_MS));

export const deliveriesOf = async (db: Db, seq: number): Promise<readonly Delivery[]> =>
  (await store.selectDeliveries(db, seq)).map(deliveryOf);

/** Since when each of these channels owes what it has not taken; those that owe nothing are left out. What waits for others waits until they are set up again. */
export async function lateChannels(db: Db, channels: readonly ChannelName[], now: Instant): Promise<ReadonlyMap<ChannelName, Instant>> {
  if (channels.length === 0) return new Map();
  return new Map((await store.selectOldestDue(db, channels, new Date(now))).map(({ channel, since }) => [channel, instantOf(since)]));
}

/** How a channel does. */
export interface ChannelStatus {
  readonly name: ChannelName;
  readonly waiting: number;
  readonly givenUp: number;
  readonly lastSentAt: Instant | undefined;
  /** Of the newest try; of one that some of several did not take, too. */
  readonly problem: string | undefined;
  readonly problemAt: Instant | undefined;
}

export async function channelStatuses(db: Db): Promise<readonly ChannelStatus[]> {
  const counts = await store.countDeliveries(db);
  const countOf = (name: ChannelName, state: DeliveryState): number =>
    counts.find((each) => each.channel === name && each.state === state)?.count ?? 0;
  return (await store.selectChannels(db)).map(({ channel: name, last_sent_at: sent, problem, problem_at: at }) => ({
    name,
    waiting: countOf(name, 'waiting'),
    givenUp: countOf(name, 'given-up'),
    lastSentAt: optional(sent),
    problem: problem ?? undefined,
    problemAt: optional(at),
  }));
}
