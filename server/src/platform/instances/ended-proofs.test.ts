import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { createApiKey, ensureOwner, revokeApiKey } from '../../accounts/service.ts';
import type { Person } from '../../accounts/credential-service.ts';
import { setRole } from '../../accounts/people-service.ts';
import { closeSession, newSession, sessionByToken } from '../../accounts/session-service.ts';
import { instantFromMs } from '../../money/instant.ts';
import { openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import type { PostgresTestDatabase } from '../test-database.ts';
import { hearEndedProofs } from './ended-proofs.ts';

const server = TEST_POSTGRES_URL ?? '';
const NEVER_MS = 600_000;
const now = () => instantFromMs(Date.now());

describe.runIf(server !== '')('what another process ends', () => {
  let database: PostgresTestDatabase;
  let owner: Person;
  let stop: () => Promise<void>;
  let heard: string[];
  let looks: number;
  let news: () => void;
  /** Resolves once `holds`; it is asked at each thing that is heard. */
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      news = () => holds() && resolve();
      news();
    });
  beforeAll(async () => {
    database = await openPostgresTestDatabase(server);
    owner = await ensureOwner(database.db, now());
  });
  afterAll(async () => await database.close());
  beforeEach(async () => {
    [heard, looks, news] = [[], 0, () => undefined];
    stop = await hearEndedProofs({
      db: database.db,
      url: database.url,
      ended: (proof) => {
        heard.push(proof);
        news();
      },
      lookAgain: async () => {
        looks += 1;
        news();
        await Promise.resolve();
      },
      report: () => undefined,
      lookMs: NEVER_MS,
    });
  });
  afterEach(async () => await stop());

  test('a key, by its revocation alone', async () => {
    const { id } = await createApiKey(database.db, owner, 'program', now());
    await revokeApiKey(database.db, id, now());
    await until(() => heard.includes(id));
    expect([heard, looks]).toEqual([[id], 0]);
  });

  test('a session, by its end alone', async () => {
    const { token } = await newSession(database.db, owner.id, now());
    const session = await sessionByToken(database.db, token, now());
    await closeSession(database.db, session?.id ?? '', owner.id, now());
    await until(() => heard.includes(session?.id ?? ''));
    expect([heard, looks]).toEqual([[session?.id], 0]);
  });

  test('keys whose person has another role', async () => {
    await sql`insert into people select 'other', 'other', created_at, 'admin', password_hash, 0, null, null, joined_at, null from people where id = 'owner'`.execute(
      database.db,
    );
    const { id } = await createApiKey(database.db, { ...owner, id: 'other' }, 'their program', now());
    await setRole(database.db, 'other', 'viewer', now());
    await until(() => heard.includes(id));
    expect([heard, looks]).toEqual([[id], 0]);
  });

  test('is looked up where the connection was lost and could not be told', async () => {
    const { id } = await createApiKey(database.db, owner, 'program', now());
    const backends = sql`select pg_terminate_backend(pid) from pg_stat_activity where query = ${`listen "tidemark_ended_${database.schema}"`}`;
    await backends.execute(database.db);
    await revokeApiKey(database.db, id, now());
    await until(() => looks > 0);
    expect(heard).toEqual([]);
  });
});
