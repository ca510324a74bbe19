import type { Kysely } from 'kysely';
import type { AlertSeverity, Fact } from '../engine/effects.ts';
import { openBell } from '../jobs/bell.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import type { Timers } from '../market-data/providers/timers.ts';
import { isWanted } from './channel.ts';
import type { AlertChannel, OutgoingAlert } from './channel.ts';
import { dueDeliveries, forgetDone, nextDue, noteFailed, noteSent, openOutbox, queueAlerts } from './outbox-service.ts';
import type { AlertNews, Delivery, OutboxTables } from './outbox-service.ts';
import type { AlertRules } from './rules.ts';

export interface DispatchOptions {
  readonly db: Kysely<OutboxTables>;
  readonly journal: Pick<Journal, 'head' | 'read' | 'onAppended'>;
  readonly channels: readonly AlertChannel[];
  readonly least: AlertSeverity;
  readonly rules: AlertRules;
  readonly mode: OutgoingAlert['mode'];
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

export interface Dispatch {
  /** The journal's last entry that is in the outbox. */
  taken(): number;
  /** Takes no more; what is not delivered waits in the outbox. */
  close(): Promise<void>;
}

const PAGE = 2_000;
const BATCH = 20;
/** Entries without an alert after which the place in the journal is written down all the same. */
const NOTE_EVERY = 5_000;
const RETRY_MS = 5_000;

/** What entries say of alerts that are meant for people outside. */
const newsIn = (entries: readonly JournalEntry[], { least, mode }: DispatchOptions): readonly AlertNews[] =>
  entries.flatMap(({ kind, type, payload, seq }): readonly AlertNews[] => {
    if (type !== 'fact') return [];
    if (kind === 'AlertClosed') return [{ kind: 'closed', alertId: (payload as Extract<Fact, { kind: 'AlertClosed' }>).alertId, seq }];
    if (kind !== 'AlertRaised') return [];
    const { alert } = payload as Extract<Fact, { kind: 'AlertRaised' }>;
    return isWanted(alert, least) ? [{ kind: 'raised', alert: { ...alert, seq, mode } }] : [];
  });

/** From the journal into the outbox: what was raised while nobody listened, and then what is raised. Gives the way to end. */
function openIntake(options: DispatchOptions, from: number, onQueued: () => void) {
  const { db, journal, channels, rules, timers, report } = options;
  const names = channels.map(({ name }) => name);
  const bell = openBell(timers);
  /** Not rung by the journal: what fails is not tried again at each of its entries. */
  const rest = openBell(timers);
  let done = from;
  let noted = from;
  let closing = false;

  const takePage = async (): Promise<boolean> => {
    const entries = await journal.read(done, PAGE);
    const last = entries.at(-1);
    if (last === undefined) return false;
    const news = newsIn(entries, options);
    if (news.length > 0 || closing || last.seq - noted >= NOTE_EVERY) {
      await queueAlerts(db, names, news, last.seq, rules, timers.now());
      noted = last.seq;
    }
    done = last.seq;
    if (news.length > 0) onQueued();
    return true;
  };
  const run = async (): Promise<void> => {
    for (;;) {
      try {
        while (await takePage());
        if (closing) return;
        await bell.wait(undefined);
      } catch (error) {
        report('alerts could not be put into the outbox', error);
        if (closing) return;
        await rest.wait(RETRY_MS);
      }
    }
  };
  const running = run();
  const stop = journal.onAppended(() => bell.ring());
  const close = async (): Promise<void> => {
    stop();
    closing = true;
    bell.ring();
    rest.ring();
    await running;
  };
  return { taken: () => done, close };
}

/** Messages out of what is due: several alerts in one where the channel can; one that failed goes alone, so that it holds up no other. */
function messagesOf(due: readonly Delivery[], groupMax: number): readonly (readonly Delivery[])[] {
  const messages: Delivery[][] = [];
  for (const delivery of due) {
    const last = messages.at(-1);
    const joins = delivery.attempts === 0 && last !== undefined && last.length < groupMax && last[0]?.attempts === 0;
    if (joins) last.push(delivery);
    else messages.push([delivery]);
  }
  return messages;
}

/** From the outbox to one channel, one after the other, oldest first: a channel that fails holds up no other. */
function openSender({ db, timers, report }: DispatchOptions, channel: AlertChannel) {
  const bell = openBell(timers);
  const closing = new AbortController();

  const sendDue = async (): Promise<number> => {
    const due = await dueDeliveries(db, channel.name, timers.now(), BATCH);
    for (const message of messagesOf(due, channel.groupMax)) {
      if (closing.signal.aborted) break;
      let partly: string | undefined;
      try {
        partly = await channel.deliver(
          message.map(({ alert }) => alert),
          closing.signal,
        );
      } catch (error) {
        // Cut off by the end of the server is no failure of the channel: it is tried again at the next start.
        if (closing.signal.aborted) break;
        const problem = error instanceof Error ? error.message : 'it failed';
        for (const delivery of message) await noteFailed(db, delivery, problem, timers.now());
        continue;
      }
      for (const delivery of message) await noteSent(db, delivery, partly, timers.now());
    }
    return due.length;
  };
  const untilDue = async (): Promise<number | undefined> => {
    const at = await nextDue(db, channel.name);
    return at === undefined ? undefined : Math.max(10, at - timers.now());
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        while ((await sendDue()) === BATCH && !closing.signal.aborted);
        if (!closing.signal.aborted) await bell.wait(await untilDue());
      } catch (error) {
        report(`the outbox of ${channel.name} does not answer`, error);
        if (!closing.signal.aborted) await bell.wait(RETRY_MS);
      }
    }
  };
  const running = run();
  return {
    wake: () => bell.ring(),
    close: async (): Promise<void> => {
      closing.abort();
      bell.ring();
      await running;
      channel.close();
    },
  };
}

/**
 * Carries alerts from the journal to channels. The journal is what is read, so that an alert of the moment before a crash is told after it; the
 * outbox remembers what was told. An alert may come twice, where the end of the process fell between telling and remembering; it never gets lost.
 */
export async function startDispatch(options: DispatchOptions): Promise<Dispatch> {
  const { db, journal, channels, timers } = options;
  if (channels.length === 0) return { taken: () => journal.head().seq, close: () => Promise.resolve() };
  const from = await openOutbox(
    db,
    channels.map(({ name }) => name),
    journal.head().seq,
  );
  await forgetDone(db, timers.now());
  const senders = channels.map((channel) => openSender(options, channel));
  const intake = openIntake(options, from, () => senders.forEach(({ wake }) => wake()));
  return {
    taken: intake.taken,
    close: async () => {
      await intake.close();
      await Promise.all(senders.map(({ close }) => close()));
    },
  };
}
