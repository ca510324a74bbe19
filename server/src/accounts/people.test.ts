import { scryptSync } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { passwordProblem } from './password-service.ts';
import * as people from './people-service.ts';
import { createApiKey, createLoginToken, credentialByKey, ensureOwner, openSession } from './service.ts';
import { sessionByToken } from './session-service.ts';
import { ConfirmationTries } from './tries.ts';

const at = (ms: number): Instant => instantFromMs(1_700_000_000_000 + ms);
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const PASSWORD = 'four plain words here';

test.each([
  ['', /12 to 200/],
  ['eleven char', /12 to 200/],
  ['aaaaaaaaaaaaaaaa', /repeats/],
  ['x'.repeat(201), /12 to 200/],
  ['margaret1234', /your name/],
])('the password %j will not do', (password, problem) => {
  expect(passwordProblem(password, 'Margaret')).toMatch(problem);
});
test('a long one that happens to hold the name will do', () =>
  expect(passwordProblem('margaret likes four plain words', 'Margaret')).toBeUndefined());

test.each(['', ' Ann', 'Ann ', 'A\u200bnn', 'Ann\n', '<b>', 'x'.repeat(41), 'ﬁve'])('the name %j will not do', (name) =>
  expect(people.nameProblem(name)).toBeDefined(),
);
test.each(['Ann', "Seán O'Neill", '李雷', 'J. R.'])('the name %j will do', (name) => expect(people.nameProblem(name)).toBeUndefined());

withTestDatabases('people', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
    await ensureOwner(database.db, at(0));
  });
  afterAll(async () => await database.close());

  async function invited(name: string): Promise<people.Invited> {
    const answer = await people.invite(database.db, { name, role: 'trader', by: 'user:owner' }, at(0));
    if (answer === undefined) throw new Error('Invariant: the name is free');
    return answer;
  }

  test('an invitation joins once, of five at the same time, and a bad password does not spend it', async () => {
    const { db } = database;
    const { token, person } = await invited('Ann');
    expect(await people.join(db, { token, password: 'short', code: '' }, at(1))).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/12/),
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => people.join(db, { token, password: PASSWORD, code: '' }, at(1))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await people.join(db, { token, password: PASSWORD, code: '' }, at(2))).toMatchObject({ ok: false });
    expect(await people.personById(db, person.id)).toMatchObject({ joinedAt: at(1), hasPassword: true, role: 'trader' });
    const { rows } = await sql<{ row: string }>`select t::text as row from people t`.execute(db);
    expect(rows.some(({ row }) => row.includes(PASSWORD))).toBe(false);
  });

  test('an invitation ends after a week, with the next one, and with the person; a log-in link is none', async () => {
    const { db } = database;
    const old = await invited('Bob');
    expect(await people.join(db, { token: old.token, password: PASSWORD, code: '' }, at(WEEK))).toMatchObject({ ok: false });
    const again = await people.inviteAgain(db, old.person.id, at(0));
    expect(await people.join(db, { token: old.token, password: PASSWORD, code: '' }, at(1))).toMatchObject({ ok: false });
    await people.remove(db, old.person.id, at(1));
    expect(await people.join(db, { token: again?.token ?? '', password: PASSWORD, code: '' }, at(2))).toMatchObject({ ok: false });
    const link = await createLoginToken(db, { id: 'owner' }, at(0));
    expect(await people.join(db, { token: link, password: PASSWORD, code: '' }, at(1))).toMatchObject({ ok: false });
    expect(await openSession(db, (await invited('Bobby')).token, at(1))).toBeUndefined();
  });

  test('a name is taken whatever its letters’ case, until the person is removed', async () => {
    const { db } = database;
    const { person } = await invited('Cleo');
    expect(await people.invite(db, { name: 'CLEO', role: 'viewer', by: 'user:owner' }, at(1))).toBeUndefined();
    await people.remove(db, person.id, at(2));
    expect(await people.invite(db, { name: 'CLEO', role: 'viewer', by: 'user:owner' }, at(3))).toBeDefined();
  });

  test('five wrong passwords lock for a minute, then two, and the right one counts from zero again', async () => {
    const { db } = database;
    const { token } = await invited('Dora');
    await people.join(db, { token, password: PASSWORD, code: '' }, at(0));
    const attempt = (password: string, ms: number) => people.logIn(db, { name: 'dora', password, code: '' }, at(ms));
    for (let tries = 0; tries < 5; tries += 1)
      expect(await attempt('wrong', 1)).toMatchObject({ problem: 'Name and password do not belong together.' });
    expect(await attempt(PASSWORD, 2)).toMatchObject({ ok: false, problem: expect.stringMatching(/in 1 minute\./) });
    expect(await attempt('wrong', MINUTE + 2)).toMatchObject({ ok: false });
    expect(await attempt(PASSWORD, MINUTE + 3)).toMatchObject({ ok: false, problem: expect.stringMatching(/in 2 minutes\./) });
    expect(await attempt(PASSWORD, 3 * MINUTE + 3)).toMatchObject({ ok: true });
    expect(await attempt('wrong', 3 * MINUTE + 4)).toMatchObject({ ok: false });
    expect(await attempt(PASSWORD, 3 * MINUTE + 5)).toMatchObject({ ok: true });
    expect(await people.logIn(db, { name: 'nobody', password: PASSWORD, code: '' }, at(1))).toMatchObject({
      problem: 'Name and password do not belong together.',
    });
  });

  test('a stranger’s wrong log-ins keep nobody from confirming in an open session, where guessing pauses that session alone', async () => {
    const { db } = database;
    const { token, person } = await invited('Nora');
    await people.join(db, { token, password: PASSWORD, code: '' }, at(0));
    const tries = new ConfirmationTries();
    const confirm = (sessionId: string, password: string, ms: number) =>
      people.confirm(db, { sessionId, personId: person.id, password, code: '' }, at(ms), { tries });
    const logIn = (password: string, ms: number) => people.logIn(db, { name: 'Nora', password, code: '' }, at(ms));
    for (let count = 0; count < 5; count += 1) await logIn('wrong', 1);
    expect(await confirm('hers', PASSWORD, 2)).toMatchObject({ ok: true });
    // That it was she lets the stranger guess no faster.
    expect(await logIn(PASSWORD, 3)).toMatchObject({ ok: false, problem: expect.stringMatching(/in 1 minute\./) });
    const guesses = [];
    for (let count = 0; count < 5; count += 1) guesses.push(await confirm('taken', 'wrong', 4));
    expect(guesses.map((guess) => !guess.ok && guess.locked)).toEqual([undefined, undefined, undefined, undefined, person.id]);
    expect(await confirm('taken', PASSWORD, 5)).toMatchObject({ ok: false, problem: expect.stringMatching(/in 1 minute\./) });
    expect(await confirm('taken', 'wrong', MINUTE + 5)).toMatchObject({ ok: false, locked: person.id });
    expect(await confirm('taken', PASSWORD, 2 * MINUTE)).toMatchObject({ ok: false, problem: expect.stringMatching(/in 2 minutes\./) });
    expect(await confirm('hers', PASSWORD, 6)).toMatchObject({ ok: true });
    expect(await logIn(PASSWORD, MINUTE + 6)).toMatchObject({ ok: true });
    expect(await confirm('taken', PASSWORD, 3 * MINUTE + 5)).toMatchObject({ ok: true });
    expect(await confirm('taken', 'wrong', 3 * MINUTE + 6)).not.toHaveProperty('locked');
  });

  test('a password that was kept in an older way is kept in today’s after the next log-in, and not after a wrong one', async () => {
    const { db } = database;
    const { token, person } = await invited('Olive');
    await people.join(db, { token, password: PASSWORD, code: '' }, at(0));
    const salt = Buffer.from('sixteen bytes of');
    const key = scryptSync(PASSWORD, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
    const old = `scrypt$32768$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    await db.updateTable('people').set({ password_hash: old }).where('id', '=', person.id).execute();
    const kept = async () =>
      (await db.selectFrom('people').select('password_hash').where('id', '=', person.id).executeTakeFirstOrThrow()).password_hash;
    expect(await people.logIn(db, { name: 'olive', password: 'five plain words over here', code: '' }, at(1))).toMatchObject({ ok: false });
    expect(await kept()).toBe(old);
    expect(await people.logIn(db, { name: 'olive', password: PASSWORD, code: '' }, at(2))).toMatchObject({ ok: true });
    expect(await kept()).toMatch(/^\$argon2id\$/);
    expect(await people.logIn(db, { name: 'olive', password: PASSWORD, code: '' }, at(3))).toMatchObject({ ok: true });
  });

  test('removing ends sessions and keys; a lower role bounds keys at once', async () => {
    const { db } = database;
    const { token, person } = await invited('Eve');
    const answer = await people.join(db, { token, password: PASSWORD, code: '' }, at(0));
    if (!answer.ok) throw new Error(answer.problem);
    const key = await createApiKey(db, { id: person.id, name: 'Eve', role: 'trader' }, 'program', at(0), 'trader');
    const ended = await people.setRole(db, person.id, 'viewer', at(1));
    expect(ended).toContain(key.id);
    expect(await sessionByToken(db, answer.session.token, at(2))).toBeUndefined();
    expect(await credentialByKey(db, key.secret, at(2))).toMatchObject({ role: 'viewer' });
    await people.remove(db, person.id, at(3));
    expect(await credentialByKey(db, key.secret, at(4))).toBeUndefined();
    expect(await people.logIn(db, { name: 'Eve', password: PASSWORD, code: '' }, at(5))).toMatchObject({ ok: false });
  });

  test('the last admin stays, also when two go at once', async () => {
    const { db } = database;
    expect(await people.remove(db, 'owner', at(1))).toBeUndefined();
    expect(await people.setRole(db, 'owner', 'viewer', at(1))).toBeUndefined();
    const second = await people.invite(db, { name: 'Second', role: 'admin', by: 'user:owner' }, at(1));
    // Somebody who has not joined cannot log in: that is no admin yet.
    expect(await people.remove(db, 'owner', at(2))).toBeUndefined();
    await people.join(db, { token: second?.token ?? '', password: PASSWORD, code: '' }, at(3));
    const both = await Promise.all([people.remove(db, 'owner', at(4)), people.remove(db, second?.person.id ?? '', at(4))]);
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
  });
});
