import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import {
  closeSession,
  createApiKey,
  createLoginToken,
  credentialByKey,
  ensureOwner,
  listApiKeys,
  openSession,
  revokeApiKey,
  saveSetting,
  sessionByToken,
  setting,
} from './service.ts';

const at = (ms: number) => instantFromMs(1_700_000_000_000 + ms);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

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

  test('a session ends by itself, and by log-out', async () => {
    const { db } = database;
    const owner = await ensureOwner(db, at(0));
    const session = await openSession(db, await createLoginToken(db, owner, at(0)), at(0));
    if (session === undefined) throw new Error('Invariant: the token is fresh');
    expect(await sessionByToken(db, session.token, at(1))).toMatchObject({
      person: owner,
      kind: 'person',
      role: 'admin',
      expiresAt: session.expiresAt,
      confirmedAt: at(0),
    });
    expect(await sessionByToken(db, session.token, at(30 * DAY))).toBeUndefined();
    expect(await sessionByToken(db, `${session.token}x`, at(1))).toBeUndefined();
    await closeSession(db, session.token, at(2));
    expect(await sessionByToken(db, session.token, at(3))).toBeUndefined();
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
      { id, name: 'notebook', personId: 'owner', role: 'admin', createdAt: at(0), lastUsedAt: at(5), revoked: false },
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

  test('settings keep any JSON, and its newest form', async () => {
    const { db } = database;
    expect(await setting(db, 'theme')).toBeUndefined();
    await saveSetting(db, 'theme', 'dark', at(0));
    await saveSetting(db, 'theme', { name: 'light', sizes: [1, 2] }, at(1));
    expect(await setting(db, 'theme')).toEqual({ name: 'light', sizes: [1, 2] });
  });
});
