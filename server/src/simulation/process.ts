import { openSession } from '../engine/session.ts';
import type { Session } from '../engine/session.ts';
import type { BarSlice, EngineOptions } from '../engine/events.ts';
import type { SessionClock } from '../engine/session/clock.ts';
import { encode } from '../journal/codec.ts';
import type { Journal } from '../journal/journal.ts';
import type { BrokerStreamListener } from '../orders/broker.ts';
import type { Limits } from '../risk/limits.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import { openDecider } from './deciders.ts';
import type { DeciderOptions } from './deciders.ts';
import type { LiveReader } from './live-reader.ts';
import { openDoor } from './door.ts';
import type { DoorOptions } from './door.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import type { SimulatedStore } from './store.ts';
import { openStream } from './stream.ts';
import type { OrderStream } from './stream.ts';
import type { Watch } from './watch.ts';

/** One life of the engine's process: the shipped session over this world's clock, journal and broker. */
export interface Process extends Owner {
  readonly session: Session;
  readonly stream: OrderStream;
  readonly journal: Journal;
}

export interface ProcessOptions {
  readonly wire: Omit<DoorOptions, 'listen'>;
  readonly decider: DeciderOptions;
  readonly scheduler: Scheduler;
  readonly store: SimulatedStore;
  readonly watch: Watch;
  readonly engine: EngineOptions;
  readonly limits: Limits;
  readonly reader: LiveReader;
  readonly snapshots: SnapshotKeeper;
  readonly history: (config: StrategyConfig) => readonly BarSlice[];
  /** The engine has stopped for good. */
  readonly onHalt: (owner: Owner, reason: string) => void;
  /** Real work that simulated time must wait for. */
  readonly outside: <T>(work: Promise<T>) => Promise<T>;
}

/** Waits by simulated time; a session that closes ends its waits. */
export const clockOf = (scheduler: Scheduler, owner: Owner): SessionClock => ({
  nowMs: scheduler.now,
  wallMs: scheduler.now,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => reject(new Error('the session closes'));
      signal.addEventListener('abort', abort, { once: true });
      scheduler.after(milliseconds, owner, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    }),
});

/** The journal as the session sees it: what is said to be durable is noted before the session hears it. */
const watched = (journal: Journal, { outside, watch }: ProcessOptions): Journal => ({
  ...journal,
  append: async (batch) => {
    const entries = await journal.append(batch);
    watch.durable(entries);
    return entries;
  },
  read: (after, limit) => outside(journal.read(after, limit)),
});

export interface Started {
  readonly owner: Owner;
  /** The process once its session is open; `undefined` when it died before. */
  readonly opened: Promise<Process | undefined>;
}

/** Starts a process: it opens the journal, recovers, and begins to trade. */
export function startProcess(options: ProcessOptions): Started {
  const owner: Owner = { alive: true };
  const open = async (): Promise<Process | undefined> => {
    const { scheduler, watch, store, outside } = options;
    const journal = await outside(store.open(owner));
    await outside(watch.opened(journal));
    const stream = openStream({ ...options.wire }, owner);
    const listen = (listener: BrokerStreamListener): (() => void) => stream.listen(listener);
    const read = watched(journal, options);
    const session = await openSession({
      engine: options.engine,
      limits: options.limits,
      journal: read,
      snapshot: (initial) => options.snapshots(read, initial),
      broker: openDoor({ ...options.wire, listen }, owner),
      openRunner: async (config) => await Promise.resolve(openDecider(options.decider, config, owner)),
      history: async (config) => await Promise.resolve(options.history(config)),
      canonical: encode,
      report: (what, error) => {
        if (owner.alive) watch.reported(what, error);
      },
      onHalt: (reason) => {
        if (owner.alive) options.onHalt(owner, reason);
      },
      clock: clockOf(scheduler, owner),
    });
    if (!owner.alive) return undefined;
    watch.recovered(session);
    options.reader.follow(watched(journal, options), owner);
    session.onChange(() => {
      if (owner.alive) watch.stepped(session);
    });
    const process: Process = Object.assign(owner, { session, stream, journal });
    await session.start();
    return process;
  };
  return { owner, opened: open() };
}
