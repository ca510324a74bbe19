import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { down, up } from '../../../../migrations/0033-create-change-proposals.ts';
import { instantFromMs } from '../../money/instant.ts';
import { CursorError } from '../../orders/page.ts';
import { withTestDatabases } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { WAITING_PER_AGENT_MAX } from '../../recommendations/agent-proposal.ts';
import { changeHash, CHANGES_PER_HOUR_MAX } from './change.ts';
import type { AgentChange, ChangeProposal } from './change.ts';
import { openChangeProposals } from './service.ts';
import type { ChangeProposals, NewChangeProposal } from './service.ts';

const MINUTE_MS = 60_000;
const LIMIT: AgentChange = { kind: 'limit', name: 'orderNotionalUsdMax', from: '1000', to: '500' };

withTestDatabases('changes that agents propose', (open) => {
  let database: TestDatabase;
  let changes: ChangeProposals;
  let atMs = Date.parse('2026-03-02T15:00:00Z');
  const now = () => instantFromMs(atMs);
  beforeAll(async () => {
    database = await open();
    changes = openChangeProposals(database.db, now);
  });
  afterAll(() => database.close());

  let agents = 0;
  let agent: string;
  beforeEach(() => {
    agents += 1;
    agent = `agent:a${agents}`;
  });

  const told: ChangeProposal[] = [];
  const propose = (asked: NewChangeProposal) =>
    changes.propose(asked, (proposal) => {
      told.push(proposal);
      return Promise.resolve(true);
    });
  const asking = (idempotencyKey: string, change: Partial<NewChangeProposal> = {}): NewChangeProposal => ({
    agent,
    owner: 'ada',
    idempotencyKey,
    askedHash: 'a'.repeat(64),
    change: LIMIT,
    explanation: 'Losses grow.\nSee \u200Brun.',
    sources: ['run r1'],
    waitMs: 60 * MINUTE_MS,
    ...change,
  });
  async function proposed(key: string, change: Partial<NewChangeProposal> = {}): Promise<ChangeProposal> {
    // Each later than the one before: the order of what is from one millisecond is chance.
    atMs += 1;
    const made = await propose(asking(key, change));
    if (!made.ok) throw new Error(made.problem);
    return made.proposal;
  }
  const approve = (of: ChangeProposal, by = 'user:tess') => changes.decide(of, { state: 'approved', by, at: now() });

  test('one comes back whole, as it came, with a hash over all of it', async () => {
    const made = await proposed('one');
    expect(await changes.byId(made.id)).toEqual(made);
    expect(made).toMatchObject({
      agent,
      owner: 'ada',
      change: LIMIT,
      explanation: 'Losses grow.\nSee \u200Brun.',
      sources: ['run r1'],
      createdAt: atMs,
      expiresAt: atMs + 60 * MINUTE_MS,
      state: 'waiting',
      outcome: undefined,
    });
    expect(made.hash).toBe(changeHash(made));
    expect(await changes.byId('nothing')).toBeUndefined();
  });

  test('the same key is the same proposal, of that agent alone, and another wish under it is refused', async () => {
    const made = await proposed('one');
    expect(await propose(asking('one'))).toEqual({ ok: true, proposal: made });
    expect(await changes.earlier(agent, 'one', 'a'.repeat(64))).toEqual({ ok: true, proposal: made });
    const other = { ok: false, problem: expect.stringMatching(/different proposal/) };
    expect(await propose(asking('one', { askedHash: 'b'.repeat(64) }))).toEqual(other);
    expect(await changes.earlier(agent, 'one', 'b'.repeat(64))).toEqual(other);
    expect(await changes.earlier('agent:other', 'one', 'a'.repeat(64))).toBeUndefined();
    await expect(propose(asking('x', { agent: 'user:ada' }))).rejects.toThrow('Invariant');
  });

  test('what cannot be written down is not proposed, and the same key proposes it later', async () => {
    expect(await changes.propose(asking('one'), () => Promise.resolve(false))).toEqual({
      ok: false,
      problem: expect.stringMatching(/could not be written down/),
    });
    await expect(changes.propose(asking('one'), () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await changes.earlier(agent, 'one', 'a'.repeat(64))).toBeUndefined();
    const made = await proposed('one');
    expect(told.at(-1)).toEqual(made);
  });

  test('five wait, also of those that come at once; what is decided or has expired makes room', async () => {
    const keys = Array.from({ length: WAITING_PER_AGENT_MAX + 3 }, (_, index) => `at-once-${index}`);
    const answers = await Promise.all(keys.map((key) => propose(asking(key))));
    const made = answers.flatMap((answer) => (answer.ok ? [answer.proposal] : []));
    expect(made).toHaveLength(WAITING_PER_AGENT_MAX);
    // Nothing was written down of the others.
    expect(told.filter((each) => each.agent === agent)).toEqual(made);
    expect(await propose(asking('more'))).toEqual({ ok: false, problem: expect.stringMatching(/^5 changes of this agent wait/) });
    const [first] = made;
    if (first === undefined) throw new Error('Invariant: five were made');
    await changes.decide(first, { state: 'withdrawn', by: agent, at: now(), because: 'changed' });
    expect((await propose(asking('more'))).ok).toBe(true);
    expect((await propose(asking('again'))).ok).toBe(false);
    atMs += 60 * MINUTE_MS;
    expect((await propose(asking('again'))).ok).toBe(true);
    expect((await changes.byId(made[1]?.id ?? ''))?.state).toBe('expired');
  });

  test('one that proposes and takes back without end is stopped for an hour, and no other agent with it', async () => {
    const begun = atMs;
    for (let count = 0; count < CHANGES_PER_HOUR_MAX; count += 1) {
      const made = await proposed(`flood-${count}`);
      await changes.decide(made, { state: 'withdrawn', by: agent, at: now(), because: 'again' });
    }
    expect(await propose(asking('more'))).toEqual({ ok: false, problem: expect.stringMatching(/^20 changes .* within the hour/) });
    // What was taken before is answered as before.
    expect((await propose(asking('flood-0'))).ok).toBe(true);
    expect((await propose(asking('other', { agent: `${agent}-other` }))).ok).toBe(true);
    atMs = begun + 60 * MINUTE_MS + 1;
    expect((await propose(asking('more'))).ok).toBe(true);
  });

  test('the same key at once makes one', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => propose(asking('same'))));
    expect(new Set(answers.map((answer) => (answer.ok ? answer.proposal.id : answer.problem))).size).toBe(1);
  });

  describe('a decision', () => {
    test('is made once: of many at the same moment one takes it', async () => {
      const made = await proposed('one');
      const people = Array.from({ length: 8 }, (_, index) => `user:p${index}`);
      const taken = (await Promise.all(people.map((by) => approve(made, by)))).filter((one) => one !== undefined);
      expect(taken).toHaveLength(1);
      expect(await changes.byId(made.id)).toEqual(taken[0]);
      expect(taken[0]).toMatchObject({ state: 'approved', outcome: undefined, decidedAt: atMs });
      expect(await changes.decide(made, { state: 'rejected', by: 'user:tess', at: now(), because: 'late' })).toBeUndefined();
    });

    test('is about the hash that was shown, and about nothing that has expired', async () => {
      const made = await proposed('one', { waitMs: 5 * MINUTE_MS });
      expect(await approve({ ...made, hash: 'f'.repeat(64) })).toBeUndefined();
      atMs += 5 * MINUTE_MS - 1;
      const late = await proposed('two');
      expect(await changes.decide(made, { state: 'approved', by: 'user:tess', at: made.expiresAt })).toBeUndefined();
      expect((await changes.byId(made.id))?.state).toBe('expired');
      expect(await approve(late)).toMatchObject({ state: 'approved' });
    });

    test('that was taken says what came of it once, and until then that nobody knows', async () => {
      const made = await proposed('one');
      expect(await changes.settle(made.id, { state: 'approved', outcome: 'too early' })).toBeUndefined();
      await approve(made);
      expect(await changes.byId(made.id)).toMatchObject({ state: 'approved', outcome: undefined });
      expect(await changes.settle(made.id, { state: 'failed', outcome: 'It runs.' })).toMatchObject({
        state: 'failed',
        outcome: 'It runs.',
      });
      expect(await changes.settle(made.id, { state: 'approved', outcome: 'It is done.' })).toBeUndefined();
      expect((await changes.byId(made.id))?.outcome).toBe('It runs.');
    });
  });

  test('a list is the newest first, page by page, of what waits or of what does not', async () => {
    const made = [await proposed('one'), await proposed('two'), await proposed('three')];
    const [one, two, three] = made.map(({ id }) => id);
    if (made[1] !== undefined) await changes.decide(made[1], { state: 'rejected', by: 'user:tess', at: now(), because: 'no' });
    const page = await changes.list({ first: 2 });
    expect([page.nodes.map(({ node }) => node.id), page.hasNextPage]).toEqual([[three, two], true]);
    expect((await changes.list({ first: 1, after: two })).nodes.map(({ node }) => node.id)).toEqual([one]);
    expect((await changes.list({ first: 2, open: true })).nodes.map(({ node }) => node.id)).toEqual([three, one]);
    expect((await changes.list({ first: 1, open: false })).nodes.map(({ node }) => node)).toMatchObject([{ id: two, because: 'no' }]);
    await expect(changes.list({ first: 1, after: 'x' })).rejects.toThrow(CursorError);
  });

  test('the database itself keeps what was proposed, and that it is decided once', async () => {
    const made = await proposed('one');
    const set = async (text: string): Promise<unknown> =>
      await sql`update change_proposals set ${sql.raw(text)} where id = ${made.id}`.execute(database.db);
    await expect(set(`content = '{}'`)).rejects.toThrow('never changed');
    await expect(set(`expires_at = expires_at + interval '1 day'`)).rejects.toThrow('never changed');
    await approve(made);
    await expect(set(`state = 'waiting', decided_by = null, decided_at = null`)).rejects.toThrow('decided once');
    await expect(set(`decided_by = 'user:eve'`)).rejects.toThrow('decided once');
    await expect(sql`delete from change_proposals where id = ${made.id}`.execute(database.db)).rejects.toThrow('stays');
  });
});

withTestDatabases('the table of changes that agents propose', (open) => {
  test('is taken back whole, and made again', async () => {
    const database = await open();
    // Migrations name their tables themselves and share no types with the program of today.
    const db = database.db as unknown as Kysely<unknown>;
    await down(db);
    await expect(openChangeProposals(database.db, () => instantFromMs(0)).list({ first: 1 })).rejects.toThrow('change_proposals');
    await up(db);
    expect((await openChangeProposals(database.db, () => instantFromMs(0)).list({ first: 1 })).nodes).toEqual([]);
    await database.close();
  });
});
