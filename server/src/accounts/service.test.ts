import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import {
  createApiKey,
  createLoginToken,
  credentialByKey,
  credentialByKeyId,
  ensureOwner,
  listApiKeys,
  openSession,
  pauseApiKey,
  resumeApiKey,
  revokeApiKey,
  saveSetting,
  setting,
  standingRoles,
} from './service.ts';
import { closeSession, findSession, renewSession, SESSION_TIMES, sessionById, sessionByToken, sessionsOf } from './session-service.ts';

const at = (ms: number) => instantFromMs(1_700_000_000_000 + ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

withTestDatabases('accounts', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  test('a login token opens one session, once, and in time', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    expect(await ensureOwner(db, at(1), 'somebody else')).toEqual(owner);
    const token = await createLoginToken(db, owner, at(0));
    const attempts = await Promise.all(Array.from({ length: 5 }, async () => await openSession(db, token, at(1))));
    expect(attempts.filter((session) => session !== undefined)).toHaveLength(1);
    const late = await createLoginToken(db, owner, at(0));
    expect(await openSession(db, late, at(15 * MINUTE))).toBeUndefined();
    expect(await openSession(db, 'guess', at(1))).toBeUndefined();
  });

  async function opened(times = SESSION_TIMES): Promise<string> {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const device = { address: '192.0.2.7', agent: 'a browser' };
    const session = await openSession(db, await createLoginToken(db, owner, at(0)), at(0), { device, times });
    if (session === undefined) throw new Error('Invariant: the token is fresh');
    return session.token;
  }

  test('a session ends where nobody uses it, at its age however much it is used, and when it is closed', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const token = await opened({ idleMs: 2 * HOUR, totalMs: 5 * HOUR });
    expect(await sessionByToken(db, token, at(1))).toMatchObject({
      person: owner,
      kind: 'person',
      role: 'admin',
      expiresAt: at(2 * HOUR),
      confirmedAt: at(0),
    });
    expect(await sessionByToken(db, `${token}x`, at(1))).toBeUndefined();
    const idle = await opened({ idleMs: 2 * HOUR, totalMs: 5 * HOUR });
    for (const hours of [1, 2, 3]) expect(await sessionByToken(db, token, at(hours * HOUR))).toBeDefined();
    expect(await sessionByToken(db, idle, at(2 * HOUR))).toBeUndefined();
    expect(await sessionByToken(db, token, at(5 * HOUR - 1))).toMatchObject({ expiresAt: at(5 * HOUR) });
    expect(await sessionByToken(db, token, at(5 * HOUR))).toBeUndefined();
    const other = await opened();
    const id = (await sessionByToken(db, other, at(1)))?.id ?? '';
    expect(await closeSession(db, id, 'somebody else', at(2))).toBe(false);
    expect(await closeSession(db, id, 'owner', at(2))).toBe(true);
    expect(await sessionByToken(db, other, at(3))).toBeUndefined();
  });

  test('looking a session up for a socket is no use of it', async () => {
    const { db } = database;
    const token = await opened({ idleMs: HOUR, totalMs: 5 * HOUR });
    const id = (await sessionByToken(db, token, at(1)))?.id ?? '';
    expect(await sessionById(db, id, at(HOUR - 1))).toMatchObject({ expiresAt: at(HOUR) });
    expect(await sessionById(db, id, at(HOUR))).toBeUndefined();
  });

  test('a secret is replaced after an hour; the old one opens until the new one has come, and a minute longer', async () => {
    const { db } = database;
    const old = await opened();
    expect((await findSession(db, old, at(HOUR - 1))).renewalDue).toBe(false);
    expect((await findSession(db, old, at(HOUR))).renewalDue).toBe(true);
    const answers = await Promise.all(Array.from({ length: 4 }, () => renewSession(db, old, at(HOUR), 'age')));
    const [renewed, ...more] = answers.filter((one) => one !== undefined);
    expect(more).toEqual([]);
    // Nor has one that comes a moment later.
    expect(await renewSession(db, old, at(HOUR), 'age')).toBeUndefined();
    // The answer may have been lost: the old one still opens, and asks for another an hour later.
    expect(await findSession(db, old, at(2 * HOUR))).toMatchObject({ renewalDue: true, credential: {} });
    const second = await renewSession(db, old, at(2 * HOUR), 'age');
    expect(await sessionByToken(db, renewed?.token ?? '', at(2 * HOUR))).toBeUndefined();
    expect(await sessionByToken(db, second?.token ?? '', at(2 * HOUR + 1))).toBeDefined();
    expect(await sessionByToken(db, old, at(2 * HOUR + MINUTE))).toBeDefined();
    const reused = await findSession(db, old, at(2 * HOUR + MINUTE + 1));
    expect(reused).toMatchObject({ credential: undefined, stolen: { person: { id: 'owner' } } });
    // Whoever came first, the browser or a thief: nobody goes on.
    expect(await sessionByToken(db, second?.token ?? '', at(2 * HOUR + MINUTE + 2))).toBeUndefined();
  });

  test('after a proof of who it is the old secret has a minute', async () => {
    const { db } = database;
    const old = await opened();
    const renewed = await renewSession(db, old, at(1), 'proof');
    expect(await sessionByToken(db, old, at(MINUTE))).toBeDefined();
    expect(await sessionByToken(db, old, at(MINUTE + 1))).toBeUndefined();
    expect(renewed?.token).not.toBe(old);
  });

  test('sessions are listed with when and where from, the last used first, without those that ended', async () => {
    const { db } = database;
    await db.deleteFrom('sessions').execute();
    const first = await opened();
    const idle = await opened({ idleMs: MINUTE, totalMs: HOUR });
    await opened();
    await sessionByToken(db, first, at(2 * MINUTE));
    expect(await sessionByToken(db, idle, at(2 * MINUTE))).toBeUndefined();
    const listed = await sessionsOf(db, 'owner', at(2 * MINUTE));
    expect(listed).toMatchObject([
      { address: '192.0.2.7', agent: 'a browser', createdAt: at(0), lastSeenAt: at(2 * MINUTE) },
      { lastSeenAt: at(0) },
    ]);
  });

  test('a key works until it is revoked, and only its hash is kept', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const { id, secret } = await createApiKey(db, owner, 'notebook', at(0));
    expect(secret).toMatch(/^tmk_[\w-]{43}$/);
    expect(await credentialByKey(db, secret, at(5))).toMatchObject({
      id,
      person: owner,
      name: 'notebook',
      kind: 'api-key',
      role: 'admin',
      confirmedAt: undefined,
    });
    expect(await listApiKeys(db)).toEqual([
      {
        id,
        name: 'notebook',
        personId: 'owner',
        role: 'admin',
        kind: 'service',
        scopes: ['read'],
        expiresAt: at(90 * 24 * HOUR),
        createdAt: at(0),
        lastUsedAt: at(5),
        revoked: false,
        pausedAt: undefined,
      },
    ]);
    expect(await credentialByKey(db, secret.replace('tmk_', 'xyz_'), at(5))).toBeUndefined();
    expect(await credentialByKey(db, `${secret}0`, at(5))).toBeUndefined();
    for (const table of ['login_tokens', 'sessions', 'api_keys']) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(db);
      expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
    }
    expect(await revokeApiKey(db, id, at(6))).toBe(true);
    expect(await revokeApiKey(db, id, at(7))).toBe(false);
    expect(await credentialByKey(db, secret, at(8))).toBeUndefined();
  });

  test('a paused key opens nothing and nothing rests on it until it is resumed; a revoked one is neither paused nor resumed', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const { id, secret } = await createApiKey(db, owner, 'notebook', at(0));
    const opens = async (): Promise<readonly boolean[]> => [
      (await credentialByKey(db, secret, at(9))) !== undefined,
      (await credentialByKeyId(db, id, at(9))) !== undefined,
      (await standingRoles(db, [id])).has(id),
    ];
    expect(await resumeApiKey(db, id)).toBe(false);
    expect(await pauseApiKey(db, id, at(5))).toBe(true);
    expect(await pauseApiKey(db, id, at(6))).toBe(false);
    expect(await opens()).toEqual([false, false, false]);
    expect((await listApiKeys(db)).find((key) => key.id === id)).toMatchObject({ revoked: false, pausedAt: at(5) });
    expect(await resumeApiKey(db, id)).toBe(true);
    expect(await opens()).toEqual([true, true, true]);
    expect(await pauseApiKey(db, id, at(7))).toBe(true);
    expect(await revokeApiKey(db, id, at(8))).toBe(true);
    expect([await resumeApiKey(db, id), await pauseApiKey(db, id, at(9))]).toEqual([false, false]);
    expect(await opens()).toEqual([false, false, false]);
    expect([await pauseApiKey(db, 'nothing', at(9)), await resumeApiKey(db, 'nothing')]).toEqual([false, false]);
  });

  test('a key ends by itself, and an agent is at most a trader who proposes and stops, whatever was written', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const terms = { kind: 'agent', scopes: ['trade'], days: 1 } as const;
    const { secret, expiresAt } = await createApiKey(db, owner, 'agent', at(0), 'admin', terms);
    expect(expiresAt).toBe(at(24 * HOUR));
    expect(await credentialByKey(db, secret, at(24 * HOUR - 1))).toMatchObject({
      role: 'trader',
      expiresAt,
      key: { kind: 'agent', scopes: ['read', 'propose', 'stop'] },
    });
    expect(await credentialByKey(db, secret, at(24 * HOUR))).toBeUndefined();
  });

  test('settings keep any JSON, and its newest form', async () => {
    const { db } = database;
    expect(await setting(db, 'theme')).toBeUndefined();
    await saveSetting(db, 'theme', 'dark', at(0));
    await saveSetting(db, 'theme', { name: 'light', sizes: [1, 2] }, at(1));
    expect(await setting(db, 'theme')).toEqual({ name: 'light', sizes: [1, 2] });
  });
});
