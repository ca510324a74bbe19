import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { clearAlerts, projectAlerts } from '../alerts/service.ts';
import type { AlertTables } from '../alerts/service.ts';
import { clearProposals, projectProposals } from '../approvals/service.ts';
import type { ProposalTables } from '../approvals/service.ts';
import { clearEquity, projectEquity } from '../engine/equity-service.ts';
import type { EquityTables } from '../engine/equity-service.ts';
import { projectChampions } from '../models/life-service.ts';
import type { ModelTables } from '../models/service.ts';
import { clearOrders, projectOrders } from '../orders/service.ts';
import type { OrderTables } from '../orders/service.ts';
import { clearPositions, projectPositions } from '../positions/service.ts';
import type { PositionTables } from '../positions/service.ts';
import { clearRecommendations, projectRecommendations } from '../recommendations/service.ts';
import type { RecommendationTables } from '../recommendations/service.ts';
import { clearRisk, projectRisk } from '../risk/service.ts';
import type { RiskTables } from '../risk/service.ts';
import { clearStrategies, projectStrategies } from '../strategies/service.ts';
import type { StrategyTables } from '../strategies/service.ts';
import { EMPTY_HEAD } from './chain.ts';
import type { Head } from './chain.ts';
import { changesOf } from './changes.ts';
import type { Journal, JournalEntry } from './journal.ts';
import * as store from './store.ts';
import type { JournalIndexTables } from './store.ts';
import { subjectsOf } from './subjects.ts';

/** Every table that is built from the journal. */
export type ProjectionTables = OrderTables &
  PositionTables &
  EquityTables &
  StrategyTables &
  RiskTables &
  AlertTables &
  ProposalTables &
  RecommendationTables &
  JournalIndexTables &
  // Records, of which the journal says who is champion.
  ModelTables;

/** Their names, and what tells their rows apart. */
export const PROJECTION_KEYS: Readonly<Record<string, readonly string[]>> = {
  risk_decisions: ['id'],
  orders: ['id'],
  order_requests: ['id'],
  order_moments: ['order_id', 'seq'],
  fills: ['execution_id'],
  positions: ['symbol'],
  trades: ['id'],
  equity_points: ['at'],
  strategies: ['id'],
  limits: ['name'],
  trading_states: ['seq'],
  alerts: ['id'],
  proposals: ['id'],
  recommendations: ['id'],
  projection_progress: ['id'],
  journal_kinds: ['seq'],
  journal_subjects: ['subject', 'seq'],
};

/** The tables were built from another journal, or from entries that this one has lost. */
export class ProjectionMismatch extends Error {
  override readonly name = 'ProjectionMismatch';
}

/**
 * Brings every table up to date with the next entries, in the caller's transaction. Throws where the entries do not follow what the
 * tables hold.
 */
export async function projectEntries(trx: Transaction<ProjectionTables>, entries: readonly JournalEntry[]): Promise<void> {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return;
  const applied = (await store.selectProgress(trx, true)) ?? EMPTY_HEAD;
  if (first.seq !== applied.seq + 1 || first.previousHash !== applied.hash) {
    throw new ProjectionMismatch(`Invariant: entry ${first.seq} does not follow entry ${applied.seq}, which the tables hold`);
  }
  const changes = changesOf(entries);
  await projectOrders(trx, changes.orders);
  await projectPositions(trx, changes.positions);
  await projectEquity(trx, changes.equity);
  await projectStrategies(trx, changes.strategies);
  await projectRisk(trx, changes.risk);
  await projectAlerts(trx, changes.alerts);
  await projectProposals(trx, changes.proposals);
  await projectChampions(trx, changes.proposals);
  await projectRecommendations(trx, changes.recommendations);
  await indexEntries(trx, entries);
  await store.saveProgress(trx, last);
}

async function indexEntries(trx: Transaction<ProjectionTables>, entries: readonly JournalEntry[]): Promise<void> {
  const mentions = entries.flatMap((entry) => subjectsOf(entry).map((subject) => ({ subject, seq: entry.seq })));
  await store.insertKinds(
    trx,
    entries.map(({ seq }) => seq),
    entries.map(({ kind }) => kind),
  );
  await store.insertSubjects(
    trx,
    mentions.map(({ subject }) => subject),
    mentions.map(({ seq }) => seq),
  );
}

async function clear(trx: Transaction<ProjectionTables>): Promise<void> {
  await clearOrders(trx);
  await clearPositions(trx);
  await clearEquity(trx);
  await clearStrategies(trx);
  await clearRisk(trx);
  await clearAlerts(trx);
  await clearProposals(trx);
  await clearRecommendations(trx);
  await store.deleteIndex(trx);
}

const BATCH = 1_000;

/** Applies what is missing, a batch a transaction; returns the newest entry applied. */
async function catchUp(db: Kysely<ProjectionTables>, journal: Journal, from: Head): Promise<Head> {
  let applied = from;
  for (;;) {
    const entries = await journal.read(applied.seq, BATCH);
    const last = entries.at(-1);
    if (last === undefined) return applied;
    await db.transaction().execute(async (trx) => await projectEntries(trx, entries));
    applied = { seq: last.seq, hash: last.hash };
  }
}

/** Empties the tables and builds them anew, in one transaction: readers see the old ones until the new ones are whole. */
export async function rebuildProjections(db: Kysely<ProjectionTables>, journal: Pick<Journal, 'read'>): Promise<Head> {
  return await db.transaction().execute(async (trx) => {
    await store.lockProgress(trx);
    await clear(trx);
    let applied = EMPTY_HEAD;
    for (;;) {
      const entries = await journal.read(applied.seq, BATCH);
      const last = entries.at(-1);
      if (last === undefined) return applied;
      await projectEntries(trx, entries);
      applied = { seq: last.seq, hash: last.hash };
    }
  });
}

/** The newest entry that the tables hold. */
export const projectedHead = async (db: Kysely<ProjectionTables>): Promise<Head> => (await store.selectProgress(db, false)) ?? EMPTY_HEAD;

/** What the tables hold; throws {@link ProjectionMismatch} where that is not this journal's. */
async function checkedProgress(db: Kysely<ProjectionTables>, journal: Journal): Promise<Head> {
  const applied = await projectedHead(db);
  if (applied.seq === 0) return EMPTY_HEAD;
  const [entry] = await journal.read(applied.seq - 1, 1);
  if (entry?.hash === applied.hash) return applied;
  throw new ProjectionMismatch(
    `The database holds journal entry ${applied.seq}, and the journal ${entry === undefined ? `ends at entry ${journal.head().seq}` : 'has another one in its place'}. ` +
      'Entries were lost or exchanged: restore the journal that belongs to this database, or rebuild the tables from the journal that is there.',
  );
}

export interface Projector {
  /** The newest entry that the tables hold. */
  appliedSeq(): number;
  /** Resolves when the tables hold everything up to this entry; rejects where they cannot be written now. */
  waitFor(seq: number): Promise<void>;
  /** Empties the tables and builds them anew from the journal. */
  rebuild(): Promise<void>;
  close(): Promise<void>;
}

export interface ProjectorOptions {
  readonly db: Kysely<ProjectionTables>;
  readonly journal: Journal;
  /** The journal's own transactions write the tables (`withTransaction: projectEntries`): only what was missed before is applied here. */
  readonly withJournal: boolean;
  readonly onError: (error: unknown) => void;
  readonly retryMs?: number;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Catches up, then keeps the tables up to date with each append. Throws {@link ProjectionMismatch}. */
export async function startProjector({ db, journal, withJournal, onError, retryMs = 1_000 }: ProjectorOptions): Promise<Projector> {
  let applied = await catchUp(db, journal, await checkedProgress(db, journal));
  let working: Promise<void> | undefined;
  let waiters: Waiter[] = [];
  const closing = new AbortController();

  const settle = (): void => {
    for (const { resolve } of waiters.filter(({ seq }) => seq <= applied.seq)) resolve();
    waiters = waiters.filter(({ seq }) => seq > applied.seq);
  };
  const work = async (): Promise<void> => {
    while (applied.seq < journal.head().seq && !closing.signal.aborted) {
      try {
        applied = await catchUp(db, journal, applied);
        settle();
      } catch (error) {
        onError(error);
        for (const { reject } of waiters.splice(0)) reject(error);
        // What was applied before the failure is recorded there, not here.
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
        if (!closing.signal.aborted) applied = await checkedProgress(db, journal).catch(() => applied);
      }
    }
    working = undefined;
  };
  const wake = (): void => {
    working ??= Promise.resolve().then(work);
  };
  const stop = journal.onAppended((entries) => {
    const last = entries.at(-1);
    if (withJournal && last !== undefined) {
      applied = last;
      settle();
    } else wake();
  });
  return {
    appliedSeq: () => applied.seq,
    waitFor: async (seq) => {
      if (applied.seq >= seq) return;
      if (closing.signal.aborted) throw new Error('The projector is closed');
      await new Promise<void>((resolve, reject) => {
        waiters.push({ seq, resolve, reject });
        if (!withJournal) wake();
      });
    },
    rebuild: async () => {
      await working;
      const rebuilding = (async (): Promise<void> => {
        applied = await rebuildProjections(db, journal);
      })();
      working = rebuilding.catch(onError);
      await rebuilding.finally(() => (working = undefined));
      wake();
    },
    close: async () => {
      stop();
      closing.abort();
      await working;
      for (const { reject } of waiters.splice(0)) reject(new Error('The projector is closed'));
    },
  };
}
