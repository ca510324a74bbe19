import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { listEntries } from './service.ts';
import type { JournalListQuery } from './service.ts';
import { insertKinds, insertSubjects } from './store.ts';

const ACTORS = ['engine', 'user:ada', 'user:bob', 'broker'] as const;
const entries: readonly JournalEntry[] = Array.from({ length: 2_500 }, (_, index) => ({
  seq: index + 1,
  kind: index % 3 === 0 ? 'ClockTicked' : 'AlertRaised',
  type: 'fact',
  // Ten entries share each moment.
  at: instantFromMs(1_700_000_000_000 + Math.floor(index / 10) * 1_000),
  actor: index === 7 ? 'user:cyd' : (ACTORS[index % 4] ?? 'engine'),
  cause: undefined,
  payload: { id: `a${index % 5}` },
  writtenAtMs: 0,
  hash: '',
  previousHash: '',
}));
const journal: Pick<Journal, 'read' | 'head'> = {
  head: () => ({ seq: entries.length, hash: '' }),
  read: (after, limit) => Promise.resolve(entries.slice(after, after + limit)),
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
  await database.db.transaction().execute(async (trx) => {
    await insertKinds(
      trx,
      entries.map(({ seq }) => seq),
      entries.map(({ kind }) => kind),
    );
    await insertSubjects(
      trx,
      entries.map(({ payload }) => (payload as { id: string }).id),
      entries.map(({ seq }) => seq),
    );
  });
});
afterAll(() => database.close());

/** Every page, joined. */
async function all(query: Omit<JournalListQuery, 'first'>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let after: string | undefined; ;) {
    const page = await listEntries({ db: database.db, journal }, { ...query, first: 300, after });
    found.push(...page.nodes.map(({ node }) => node.seq));
    if (!page.hasNextPage) return found;
    after = page.endCursor ?? page.nodes.at(-1)?.cursor;
  }
}

const moment = (second: number) => instantFromMs(1_700_000_000_000 + second * 1_000);

describe('the entries of a list', () => {
  test.each<{ name: string; query: Omit<JournalListQuery, 'first'>; keeps: (entry: JournalEntry) => boolean }>([
    { name: 'all', query: {}, keeps: () => true },
    { name: 'of a kind', query: { kind: 'ClockTicked' }, keeps: ({ kind }) => kind === 'ClockTicked' },
    { name: 'about a thing', query: { about: 'a2' }, keeps: ({ payload }) => (payload as { id: string }).id === 'a2' },
    { name: 'by an actor', query: { actor: 'user:bob' }, keeps: ({ actor }) => actor === 'user:bob' },
    { name: 'by one who did one thing', query: { actor: 'user:cyd' }, keeps: ({ seq }) => seq === 8 },
    { name: 'by every person', query: { actor: 'user:' }, keeps: ({ actor }) => actor.startsWith('user:') },
    { name: 'by nobody', query: { actor: 'user:none' }, keeps: () => false },
    { name: 'since', query: { since: moment(100) }, keeps: ({ at }) => at >= moment(100) },
    { name: 'until', query: { until: moment(100) }, keeps: ({ at }) => at <= moment(100) },
    { name: 'between, both included', query: { since: moment(7), until: moment(7) }, keeps: ({ at }) => at === moment(7) },
    { name: 'since the future', query: { since: moment(9_999) }, keeps: () => false },
    {
      name: 'of a kind, by an actor, since',
      query: { kind: 'AlertRaised', actor: 'engine', since: moment(60) },
      keeps: ({ kind, actor, at }) => kind === 'AlertRaised' && actor === 'engine' && at >= moment(60),
    },
  ])('$name, in both directions', async ({ query, keeps }) => {
    const wanted = entries.filter(keeps).map(({ seq }) => seq);
    expect(await all(query)).toEqual(wanted);
    expect(await all({ ...query, newestFirst: true })).toEqual(wanted.toReversed());
  });
});
