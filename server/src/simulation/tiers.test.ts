import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { segmentNames } from '../journal/segments.ts';
import { openEmbeddedTestDatabase, withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { embeddedTier, postgresTier } from './host/tier.ts';
import { run } from './run.ts';
import type { RunResult } from './run.ts';
import type { OpenStore } from './store.ts';

withTestDatabases('days written down for real', (openTestDatabase, kind) => {
  let database: TestDatabase;
  let scratch: TestDatabase;
  let dir: string;
  let openStore: OpenStore;
  let days = 0;
  beforeAll(async () => {
    [database, scratch] = [await openTestDatabase(), await openEmbeddedTestDatabase()];
    const within = { db: database.db, scratch: scratch.db };
    dir = await mkdtemp(join(tmpdir(), 'tidemark-tiers-'));
    const tier = database.url === undefined ? embeddedTier(dir, within) : postgresTier(database.url, within);
    openStore = (options) => {
      days += 1;
      return tier(options);
    };
  });
  afterAll(async () => {
    for (const each of [database, scratch]) await each.close();
    await rm(dir, { recursive: true, force: true });
  });

  const figure = ({ figures }: RunResult, name: RegExp): number =>
    [...figures].filter(([each]) => name.test(each)).reduce((sum, [, count]) => sum + count, 0);

  // Processes of the first die while they write, and a write is lost; a tail is torn in the second.
  test.each([
    { seed: 3n, met: { embedded: /^writes that failed: crash/, postgres: /^connections ended/ } },
    {
      seed: 9n,
      met: { embedded: /^torn tails found and cut by recovery/, postgres: /^connections ended before|^transactions taken back/ },
    },
    { seed: 14n, met: { embedded: /^segment files/, postgres: /^rows of tables/ } },
  ])('seed $seed gives the journal that it gives in the model', async ({ seed, met }) => {
    const [real, model] = [await run({ seed, openStore }), await run({ seed })];
    expect(real.violated).toBeUndefined();
    expect(real.entries).toBeGreaterThan(300);
    expect([real.entries, real.journalHash]).toEqual([model.entries, model.journalHash]);
    expect(real.counts).toEqual(model.counts);
    expect(figure(real, /^rows of tables equal/)).toBeGreaterThan(1_000);
    expect(figure(real, met[kind])).toBeGreaterThan(0);
  });

  /** The day with something done to what a dead process left, before the third one opens it. */
  const harmed =
    (harm: () => Promise<void>): OpenStore =>
    (options) => {
      const store = openStore(options);
      let starts = 0;
      return {
        ...store,
        open: async (owner) => {
          starts += 1;
          if (starts === 3) await harm();
          return await store.open(owner);
        },
      };
    };
  /** The day with something done to its tables before they are looked at for the last time. */
  const harmedAtTheEnd =
    (harm: () => Promise<void>): OpenStore =>
    (options) => {
      const store = openStore(options);
      return {
        ...store,
        verify: async () => {
          await harm();
          await store.verify();
        },
      };
    };
  const loseLastEntry = async (): Promise<void> => {
    if (kind === 'postgres') {
      await sql`delete from journal where seq = (select max(seq) from journal)`.execute(database.db);
      return;
    }
    const path = join(dir, `day-${days}`, (await segmentNames(join(dir, `day-${days}`))).at(-1) ?? 'none');
    await truncate(path, (await readFile(path)).lastIndexOf('TMK1'));
  };
  const forgetSubject = async (): Promise<void> =>
    void (await sql`delete from journal_subjects where seq = (select min(seq) from journal_subjects)`.execute(database.db));
  const changeState = async (): Promise<void> =>
    void (await sql`update strategies set state = 'disabled' where id = (select min(id) from strategies)`.execute(database.db));

  test.each([
    { name: 'an acknowledged entry that is gone', harm: loseLastEntry, invariant: 'I22' },
    { name: 'a row that is gone', harm: forgetSubject, invariant: 'I24' },
    { name: 'a row that is otherwise', harm: changeState, invariant: 'I24' },
  ])('$name is found when the next process starts', async ({ harm, invariant }) => {
    expect((await run({ seed: 13n, openStore: harmed(harm) })).violated).toMatchObject({ invariant });
  });

  test.each([
    { name: 'a row that is gone', harm: forgetSubject, says: /journal_subjects, row .* is not in the table/ },
    { name: 'a row that is otherwise', harm: changeState, says: /strategies, row id = .*: state is "disabled" in the table/ },
  ])('$name is found at the end, by the audit of verify', async ({ harm, says }) => {
    const { violated } = await run({ seed: 13n, openStore: harmedAtTheEnd(harm) });
    expect(violated).toMatchObject({ invariant: 'verify (projections)', message: expect.stringMatching(says) as string });
  });

  /** Tables that take no row more, from the first entry of a process on. */
  const refusing: OpenStore = (options) => {
    const store = openStore(options);
    return {
      ...store,
      open: async (owner) => {
        const journal = await store.open(owner);
        await sql`alter table journal_kinds add constraint full_up check (false) not valid`.execute(database.db);
        return journal;
      },
    };
  };

  // The process of this day waits for its tables before it ends.
  test('tables that cannot be written are a violation, and nothing of the day is left', async () => {
    try {
      expect((await run({ seed: 13n, openStore: refusing })).violated).toMatchObject({ invariant: 'store' });
    } finally {
      await sql`alter table journal_kinds drop constraint full_up`.execute(database.db);
    }
    expect(await readdir(dir)).not.toContain(`day-${days}`);
  });
});
