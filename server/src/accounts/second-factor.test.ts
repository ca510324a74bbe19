import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import { KeysRefused, parseMasterKey } from './broker-keys/master-key.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { invite, join, logIn } from './people-service.ts';
import { isRecoveryCode, newRecoveryCode, recoveryHash } from './second-factor/recovery-code.ts';
import { keptSecret, openSecret } from './second-factor/secret.ts';
import * as factors from './second-factor-service.ts';

const STEP = 30_000;
/** The beginning of a step. */
const at = (ms: number): Instant => instantFromMs(1_699_999_980_000 + ms);
const PASSWORD = 'four plain words here';
const master = parseMasterKey('8f1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f9001122334');
const other = parseMasterKey(randomBytes(32).toString('hex'));

const codeAt = (secret: string, now: Instant): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });

test('the codes are those of RFC 6238', () => {
  const secret = Secret.fromLatin1('12345678901234567890').base32;
  expect([59_000, 1_111_111_109_000, 20_000_000_000_000].map((ms) => codeAt(secret, instantFromMs(ms)))).toEqual([
    '287082',
    '081804',
    '353130',
  ]);
});

describe('a recovery code', () => {
  test('is typed in any case, with whatever between, and is the person’s alone', () =>
    fc.assert(
      fc.property(fc.constantFrom('-', ' ', '', ' - '), fc.boolean(), (between, capitals) => {
        const code = newRecoveryCode(randomBytes);
        expect(code).toMatch(/^(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
        const typed = code.replaceAll('-', between);
        expect(isRecoveryCode(capitals ? typed.toUpperCase() : typed)).toBe(true);
        expect(recoveryHash('p', capitals ? typed.toUpperCase() : typed)).toBe(recoveryHash('p', code));
        expect(recoveryHash('q', code)).not.toBe(recoveryHash('p', code));
      }),
    ));
  test('is made of bytes that make each letter as likely as the others: those above the last whole round are thrown away', () => {
    const draws = [Uint8Array.from({ length: 16 }, (_, index) => (index < 8 ? 248 + index : index)), new Uint8Array(16)];
    expect(newRecoveryCode(() => draws.shift() ?? new Uint8Array())).toBe('jkmn-pqrs-aaaa-aaaa');
  });
  test.each(['', '123456', 'x'.repeat(41), 'abcd-efgh-jkmn'])('%j is none', (text) => expect(isRecoveryCode(text)).toBe(false));
});

test.each<[string, MasterKey | undefined, string, boolean]>([
  ['its own key', master, 'p', true],
  ['another key', other, 'p', false],
  ['no key', undefined, 'p', false],
  ['another person', master, 'q', false],
])('a sealed secret and %s', (_name, key, person, opens) => {
  const kept = keptSecret('GEZDGNBV', 'p', master, randomBytes(12));
  expect(kept).not.toContain('GEZDGNBV');
  if (opens) expect(openSecret(kept, person, key)).toBe('GEZDGNBV');
  else expect(() => openSecret(kept, person, key)).toThrow(KeysRefused);
});

withTestDatabases('second factors', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  async function somebody(name: string): Promise<string> {
    const invited = await invite(database.db, { name, role: 'trader', by: 'user:owner' }, at(0));
    const joined = await join(database.db, { token: invited?.token ?? '', password: PASSWORD, code: '' }, at(0));
    if (!joined.ok) throw new Error(joined.problem);
    return joined.personId;
  }
  async function enrolled(name: string, key?: MasterKey): Promise<{ id: string; secret: string; codes: readonly string[] }> {
    const id = await somebody(name);
    const begun = await factors.beginSecondFactor(database.db, { id, name }, key, at(0));
    const { secret } = begun ?? { secret: '' };
    const codes = await factors.confirmSecondFactor(database.db, { personId: id, code: codeAt(secret, at(0)) }, key, at(0));
    if (codes === undefined) throw new Error('Invariant: the code is of now');
    return { id, secret, codes };
  }
  const attempt = (name: string, code: string, now: Instant, key?: MasterKey, password = PASSWORD) =>
    logIn(database.db, { name, password, code }, now, { master: key });

  test('counts once the app has shown a code, and a secret begun anew replaces one that never did', async () => {
    const { db } = database;
    const id = await somebody('Ann');
    const first = await factors.beginSecondFactor(db, { id, name: 'Ann' }, undefined, at(0));
    const second = await factors.beginSecondFactor(db, { id, name: 'Ann' }, undefined, at(0));
    expect(second?.uri).toMatch(/^otpauth:\/\/totp\/Tidemark:Ann\?/);
    expect(await attempt('Ann', '', at(1))).toMatchObject({ ok: true });
    const confirm = (code: string) => factors.confirmSecondFactor(db, { personId: id, code }, undefined, at(1));
    expect(await confirm(codeAt(first?.secret ?? '', at(1)))).toBeUndefined();
    expect(await confirm('')).toBeUndefined();
    expect(await confirm(codeAt(second?.secret ?? '', at(1)))).toHaveLength(factors.RECOVERY_CODES);
    expect(await factors.beginSecondFactor(db, { id, name: 'Ann' }, undefined, at(2))).toBeUndefined();
    expect(await attempt('Ann', '', at(2))).toMatchObject({ ok: false, wants: 'code' });
    expect(await factors.secondFactorOf(db, id)).toMatchObject({ addedAt: at(1), recoveryCodesLeft: 10, sealed: false });
  });

  test('each code opens once, of five at the same time, also within its step; an older one not after a newer', async () => {
    const { secret } = await enrolled('Bob', master);
    // The one that confirmed it is used up.
    expect(await attempt('Bob', codeAt(secret, at(0)), at(1), master)).toMatchObject({ ok: false, wants: 'code' });
    const now = at(3 * STEP);
    const code = codeAt(secret, now);
    const answers = await Promise.all(Array.from({ length: 5 }, () => attempt('Bob', code, now, master)));
    expect(answers.filter(({ ok }) => ok)).toMatchObject([{ by: 'password and code' }]);
    expect(await attempt('Bob', codeAt(secret, at(2 * STEP)), now, master)).toMatchObject({ ok: false });
  });

  test.each([
    ['of the step before', -1, true],
    ['of the next step', 1, true],
    ['of two steps before', -2, false],
    ['of two steps on', 2, false],
  ])('a code %s', async (name, steps, opens) => {
    const { secret } = await enrolled(`Clock ${name}`);
    const now = at(10 * STEP);
    expect(await attempt(`Clock ${name}`, codeAt(secret, instantFromMs(now + steps * STEP)), now)).toMatchObject({ ok: opens });
  });

  test('wrong codes lock as wrong passwords do, and a right password alone does not let one go on guessing', async () => {
    const { secret } = await enrolled('Dora');
    const now = at(10 * STEP);
    for (let tries = 0; tries < 4; tries += 1) {
      expect(await attempt('Dora', '000000', now)).toMatchObject({ ok: false, wants: 'code' });
      expect(await attempt('Dora', '', now)).toMatchObject({ ok: false, wants: 'code' });
    }
    expect(await attempt('Dora', '000000', now)).toMatchObject({ ok: false, locked: expect.any(String) });
    expect(await attempt('Dora', codeAt(secret, now), now)).toMatchObject({ problem: expect.stringMatching(/in 1 minute\./) });
    const later = instantFromMs(now + 2 * STEP + 1);
    expect(await attempt('Dora', codeAt(secret, later), later)).toMatchObject({ ok: true });
  });

  test('a recovery code opens once, and new ones end those of before; only hashes are kept', async () => {
    const { db } = database;
    const { id, codes } = await enrolled('Eve');
    const [one = '', two = ''] = codes;
    expect(await attempt('Eve', one.toUpperCase(), at(1))).toMatchObject({ ok: true, by: 'password and recovery code' });
    expect(await attempt('Eve', one, at(2))).toMatchObject({ ok: false });
    expect(await factors.secondFactorOf(db, id)).toMatchObject({ recoveryCodesLeft: 9 });
    const [fresh = ''] = await factors.makeRecoveryCodes(db, id, at(3));
    expect(await attempt('Eve', two, at(4))).toMatchObject({ ok: false });
    expect(await attempt('Eve', fresh, at(5))).toMatchObject({ ok: true });
    const rows = JSON.stringify(await db.selectFrom('recovery_codes').selectAll().execute());
    expect([...codes, fresh].some((code) => rows.includes(code))).toBe(false);
  });

  test('a new invitation asks for it too, and is not spent by a wrong code', async () => {
    const { db } = database;
    const { id, secret } = await enrolled('Finn');
    const { inviteAgain } = await import('./people-service.ts');
    const { token = '' } = (await inviteAgain(db, id, at(0))) ?? {};
    const now = at(10 * STEP);
    const again = (code: string) => join(db, { token, password: 'five other plain words here', code }, now);
    expect(await again('')).toMatchObject({ ok: false, wants: 'code' });
    expect(await again('000000')).toMatchObject({ ok: false, wants: 'code' });
    expect(await again(codeAt(secret, now))).toMatchObject({ ok: true });
  });

  test('sealed with a key that is not set nobody is let in, and nobody is blamed; removed, the password is enough', async () => {
    const { db } = database;
    const { id, secret } = await enrolled('Gus', master);
    const now = at(10 * STEP);
    for (const key of [undefined, other])
      expect(await attempt('Gus', codeAt(secret, now), now, key)).toMatchObject({
        ok: false,
        problem: expect.stringMatching(/master key/),
      });
    expect((await db.selectFrom('people').select('failed_attempts').where('id', '=', id).executeTakeFirstOrThrow()).failed_attempts).toBe(
      0,
    );
    expect(await factors.resealSecondFactors(db, master, other)).toBeGreaterThan(0);
    expect(await attempt('Gus', codeAt(secret, now), now, other)).toMatchObject({ ok: true });
    expect(await factors.removeSecondFactor(db, id)).toBe(true);
    expect(await factors.removeSecondFactor(db, id)).toBe(false);
    expect(await attempt('Gus', '', now)).toMatchObject({ ok: true, by: 'password' });
  });

  test('one that was kept without a master key is sealed when it is next used with one', async () => {
    const { db } = database;
    const { id, secret } = await enrolled('Hal');
    const now = at(10 * STEP);
    expect(await attempt('Hal', codeAt(secret, now), now, other)).toMatchObject({ ok: true });
    expect(await factors.secondFactorOf(db, id)).toMatchObject({ sealed: true });
    const next = instantFromMs(now + STEP);
    expect(await attempt('Hal', codeAt(secret, next), next, other)).toMatchObject({ ok: true });
  });
});
