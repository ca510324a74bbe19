import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineEvent } from '../engine/events.ts';
import type { Fact } from '../engine/effects.ts';
import type { Database } from '../platform/database.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { openEmbeddedJournal } from './embedded.ts';
import type { Journal } from './journal.ts';
import { openPostgresJournal } from './postgres.ts';
import { projectEntries, ProjectionMismatch, rebuildProjections, startProjector } from './projector.ts';
import type { Projector } from './projector.ts';
import { sampleEvent, sampleFact } from './sample-entries.ts';
import { listEntries } from './service.ts';

const TABLES =
  'orders risk_decisions order_requests order_moments fills positions trades equity_points strategies limits trading_states alerts projection_progress journal_kinds journal_subjects'.split(
    ' ',
  );

/** Every projected row, as text, in one order. */
async function contents(db: Kysely<Database>): Promise<Record<string, readonly string[]>> {
  const all: Record<string, readonly string[]> = {};
  for (const table of TABLES) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(db);
    all[table] = rows.map(({ row }) => row).sort();
  }
  return all;
}

const draftOf = (event: EngineEvent, facts: readonly Fact[]): Parameters<Journal['append']>[0] => [
  { kind: event.kind, type: 'event', at: event.at, actor: 'feed', cause: undefined, payload: event },
  ...facts.map((fact) => ({
    kind: fact.kind,
    type: 'fact' as const,
    at: event.at,
    actor: 'engine',
    cause: 'first' as const,
    payload: fact,
  })),
];

withTestDatabases('projections', (open, kind) => {
  let database: TestDatabase;
  const errors: unknown[] = [];
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  /** An empty journal and empty tables. */
  async function fresh(): Promise<{
    openAgain: () => Promise<Journal>;
    start: (journal: Journal) => Promise<Projector>;
    dispose: () => Promise<void>;
  }> {
    const { db } = database;
    const dir = await mkdtemp(join(tmpdir(), 'tidemark-projector-'));
    const empty = await openEmbeddedJournal({ dir });
    await rebuildProjections(db, empty);
    await empty.close();
    await sql`truncate journal`.execute(db);
    return {
      openAgain: async () =>
        kind === 'embedded' ? await openEmbeddedJournal({ dir }) : await openPostgresJournal({ db, withTransaction: projectEntries }),
      start: async (journal) =>
        await startProjector({
          db,
          journal,
          withJournal: kind === 'postgres',
          onError: (error) => errors.push(error),
        }),
      dispose: async () => await rm(dir, { recursive: true, force: true }),
    };
  }

  test('rebuilt from the journal, the tables hold what they held live, however the work was cut', async () => {
    const batches = fc.array(fc.tuple(sampleEvent, fc.array(sampleFact, { maxLength: 6 }), fc.boolean()), { minLength: 1, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(batches, async (life) => {
        const { openAgain, start, dispose } = await fresh();
        let journal = await openAgain();
        let projector = await start(journal);
        for (const [event, facts, restart] of life) {
          await journal.append(draftOf(event, facts));
          if (!restart) continue;
          await projector.close();
          await journal.close();
          journal = await openAgain();
          projector = await start(journal);
        }
        await projector.waitFor(journal.head().seq);
        const live = await contents(database.db);
        await projector.rebuild();
        expect(await contents(database.db)).toEqual(live);
        expect(projector.appliedSeq()).toBe(journal.head().seq);
        await projector.close();
        await journal.close();
        await dispose();
        expect(errors).toEqual([]);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  // On PostgreSQL the tables commit with the journal: there is no later to fail in.
  const testBehindJournal = kind === 'embedded' ? test : undefined;
  testBehindJournal?.('a failure rejects who waits, is told, and is made good by itself', async () => {
    const { openAgain, dispose } = await fresh();
    const journal = await openAgain();
    const told: unknown[] = [];
    const projector = await startProjector({
      db: database.db,
      journal,
      withJournal: false,
      onError: (error) => told.push(error),
      retryMs: 10,
    });
    const [event] = fc.sample(sampleEvent, { numRuns: 1, seed: 3 });
    if (event === undefined) throw new Error('Invariant: one sample');
    await sql`alter table journal_kinds rename to away`.execute(database.db);
    await journal.append(draftOf(event, []));
    await expect(projector.waitFor(1)).rejects.toThrow(/journal_kinds/);
    expect(told.length).toBeGreaterThan(0);
    await sql`alter table away rename to journal_kinds`.execute(database.db);
    const whole = async (): Promise<void> => await projector.waitFor(1).catch(whole);
    await whole();
    expect(projector.appliedSeq()).toBe(1);
    await projector.close();
    await expect(projector.waitFor(2)).rejects.toThrow(/closed/);
    await journal.close();
    await dispose();
  });

  test('tables of another journal, or of entries that were lost, are refused', async () => {
    const { openAgain, start, dispose } = await fresh();
    const journal = await openAgain();
    const projector = await start(journal);
    const [event] = fc.sample(sampleEvent, { numRuns: 1, seed: 3 });
    if (event === undefined) throw new Error('Invariant: one sample');
    for (const entry of await journal.append(draftOf(event, []))) await projector.waitFor(entry.seq);
    await projector.close();
    await sql`update projection_progress set applied_seq = 7`.execute(database.db);
    await expect(start(journal)).rejects.toThrow(/holds journal entry 7, and the journal ends at entry 1/);
    await sql`update projection_progress set applied_seq = 1, applied_hash = 'other'`.execute(database.db);
    await expect(start(journal)).rejects.toThrow(ProjectionMismatch);
    await journal.close();
    await dispose();
  });

  test('entries are found by kind and by what they are about, page by page', async () => {
    const { openAgain, start, dispose } = await fresh();
    const journal = await openAgain();
    const projector = await start(journal);
    const [tick] = fc.sample(
      sampleEvent.filter(({ kind: name }) => name === 'ClockTicked'),
      { numRuns: 1, seed: 1 },
    );
    const facts = fc.sample(sampleFact, { numRuns: 200, seed: 11 });
    if (tick === undefined) throw new Error('Invariant: one sample');
    await journal.append(draftOf(tick, facts));
    await projector.waitFor(journal.head().seq);
    const from = { db: database.db, journal };
    const alerts = facts.flatMap((fact, index) => (fact.kind === 'AlertRaised' ? [index + 2] : []));
    const found: number[] = [];
    for (let after: string | undefined; ;) {
      const page = await listEntries(from, { first: 3, after, kind: 'AlertRaised' });
      found.push(...page.nodes.map(({ node }) => node.seq));
      after = page.nodes.at(-1)?.cursor;
      if (!page.hasNextPage) break;
    }
    expect(found).toEqual(alerts);
    const about = facts.flatMap((fact, index) =>
      (fact.kind === 'OrderChanged' && fact.order.id === 'o2') || (fact.kind === 'FillBooked' && fact.fill.orderId === 'o2')
        ? [index + 2]
        : [],
    );
    expect((await listEntries(from, { first: 500, about: 'o2' })).nodes.map(({ node }) => node.seq)).toEqual(about);
    const both = await listEntries(from, { first: 500, about: 'o2', kind: 'FillBooked' });
    expect(both.nodes.every(({ node }) => node.kind === 'FillBooked')).toBe(true);
    await expect(listEntries(from, { first: 5, after: 'x' })).rejects.toThrow(/cursor/);
    await projector.close();
    await journal.close();
    await dispose();
  });
});
