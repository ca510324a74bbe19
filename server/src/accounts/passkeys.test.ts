import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import * as passkeys from './passkey-service.ts';
import type { AtSession, RequestOptions } from './passkey-service.ts';
import { parseMade, parseShown } from './passkeys/answers.ts';
import { CHALLENGE_MS } from './passkeys/challenge-service.ts';
import type { Asking } from './passkeys/challenge-service.ts';
import type { Shown } from './passkeys/checking-service.ts';
import { confirm, invite, inviteAgain, join, logIn, logInByPasskey, remove } from './people-service.ts';
import * as factors from './second-factor-service.ts';
import { hashOf } from './session-service.ts';
import { softwareAuthenticator } from './test/software-authenticator.ts';
import type { Deviation, SoftPasskey } from './test/software-authenticator.ts';
import { ConfirmationTries } from './tries.ts';

const SITE = { origin: 'https://tidemark.example', rpId: 'tidemark.example' } as const;
const OTHER_SITE = { origin: 'http://localhost:4000', rpId: 'localhost' } as const;
const PASSWORD = 'four plain words here';
const at = (ms: number): Instant => instantFromMs(1_699_999_980_000 + ms);
const LATE = /longer than five minutes/;
const UNPROVEN = /did not prove/;

describe('what browsers send', () => {
  test.each(['', '{}', 'null', '[1]', '{"id":"x"}', 'x'.repeat(20_000)])('%j is no answer', (text) =>
    expect([parseShown(text), parseMade(text)]).toEqual([undefined, undefined]),
  );

  test('whatever stands in the data that was signed, reading it ends well', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
        const clientDataJSON = Buffer.from(data).toString('base64url');
        const answer = {
          id: 'aa',
          rawId: 'aa',
          type: 'public-key',
          response: { clientDataJSON, authenticatorData: 'aa', signature: 'aa' },
        };
        const parsed = parseShown(JSON.stringify(answer));
        expect(parsed === undefined || typeof parsed.challenge === 'string').toBe(true);
      }),
    ));
});

withTestDatabases('passkeys', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());
  const device = softwareAuthenticator(SITE.origin);

  async function somebody(name: string): Promise<AtSession> {
    const invited = await invite(database.db, { name, role: 'trader', by: 'user:owner' }, at(0));
    const joined = await join(database.db, { token: invited?.token ?? '', password: PASSWORD, code: '' }, at(0));
    if (!joined.ok) throw new Error(joined.problem);
    return { personId: joined.personId, sessionId: `session of ${name}`, site: SITE };
  }
  async function begun(who: AtSession) {
    const options = await passkeys.beginPasskey(database.db, who, 'somebody', at(0));
    if (options === undefined) throw new Error('Invariant: there is room for one more');
    return options;
  }
  async function withPasskey(name: string): Promise<{ readonly who: AtSession; readonly passkey: SoftPasskey }> {
    const who = await somebody(name);
    const { passkey, answer } = device.make(await begun(who));
    const added = await passkeys.addPasskey(database.db, who, { name: 'Laptop', answer }, at(0));
    if (!added.ok) throw new Error(added.problem);
    return { who, passkey };
  }
  const asked: Asking = { purpose: 'logging in', boundTo: hashOf('this browser'), site: SITE };
  const question = (browser = 'this browser'): Promise<RequestOptions> =>
    passkeys.askForLogIn(database.db, { site: SITE, browser, address: '192.0.2.1' }, at(0));
  const failures = async (id: string): Promise<number> =>
    (await database.db.selectFrom('people').select('failed_attempts').where('id', '=', id).executeTakeFirstOrThrow()).failed_attempts;

  describe('making one', () => {
    test.each<readonly [string, Deviation]>([
      ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
      ['another origin', { origin: 'https://evil.example' }],
      ['another port', { origin: 'https://tidemark.example:8443' }],
      ['another name', { rpId: 'evil.example' }],
      ['nobody verified', { userVerified: false }],
      ['nobody present', { userPresent: false }],
      ['the answer of a log-in', { type: 'webauthn.get' }],
    ])('%s is refused', async (name, deviation) => {
      const who = await somebody(`Made ${name}`);
      const { answer } = device.make(await begun(who), deviation);
      expect(await passkeys.addPasskey(database.db, who, { name: 'x', answer }, at(1))).toMatchObject({ ok: false });
      expect(await passkeys.passkeysOf(database.db, who.personId)).toEqual([]);
    });

    test('a challenge counts once, for five minutes, in its session, at its origin', async () => {
      const { db } = database;
      const who = await somebody('Ann');
      const add = async (where: AtSession, now: Instant) =>
        await passkeys.addPasskey(db, where, { name: 'Laptop', answer: device.make(await begun(who)).answer }, now);
      for (const where of [
        { ...who, sessionId: 'another' },
        { ...who, site: OTHER_SITE },
      ])
        expect(await add(where, at(1))).toMatchObject({ ok: false, problem: expect.stringMatching(LATE) });
      expect(await add(who, at(CHALLENGE_MS))).toMatchObject({ ok: false, problem: expect.stringMatching(LATE) });
      const { answer } = device.make(await begun(who));
      const made = () => passkeys.addPasskey(db, who, { name: 'Laptop', answer }, at(1));
      expect([await made(), await made()]).toMatchObject([
        { ok: true, isFirst: true, passkey: { name: 'Laptop', site: SITE.rpId } },
        { ok: false },
      ]);
      expect(await add(who, at(2))).toMatchObject({ ok: true, isFirst: false });
    });

    test('what is asked for: a passkey that says whose it is, with its owner verified, and none that is there; one handle for a person', async () => {
      const { who, passkey } = await withPasskey('Bea');
      const options = await begun(who);
      expect(options).toMatchObject({
        rp: { id: SITE.rpId },
        user: { id: passkey.handle },
        attestation: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: [{ id: passkey.id, transports: ['internal'] }],
      });
      expect((await begun(await somebody('Cleo'))).user.id).not.toBe(passkey.handle);
    });
  });

  describe('logging in', () => {
    test('a passkey says whose it is, and is both factors; its answer opens once, of five at the same time', async () => {
      const { db } = database;
      const { who, passkey } = await withPasskey('Dan');
      const shown: Shown = { answer: device.show(await question(), passkey), asked };
      const answers = await Promise.all(Array.from({ length: 5 }, () => logInByPasskey(db, shown, at(1))));
      expect(answers.filter(({ ok }) => ok)).toMatchObject([{ personId: who.personId, by: 'passkey' }]);
      expect(answers.filter((answer) => !answer.ok && LATE.test(answer.problem))).toHaveLength(4);
      expect(await failures(who.personId)).toBe(0);
      expect(await passkeys.passkeysOf(db, who.personId)).toMatchObject([{ name: 'Laptop', lastUsedAt: at(1) }]);
    });

    test.each<readonly [string, Deviation, RegExp, number]>([
      ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }, LATE, 0],
      ['another origin', { origin: 'https://evil.example' }, UNPROVEN, 1],
      ['another port', { origin: 'https://tidemark.example:8443' }, UNPROVEN, 1],
      ['another name', { rpId: 'evil.example' }, UNPROVEN, 1],
      ['a page in a frame of another', { crossOrigin: true, origin: 'https://evil.example' }, UNPROVEN, 1],
      ['nobody verified', { userVerified: false }, UNPROVEN, 1],
      ['nobody present', { userPresent: false }, UNPROVEN, 1],
      ['the answer of making one', { type: 'webauthn.create' }, UNPROVEN, 1],
      ['another key', { key: softKey() }, UNPROVEN, 1],
      ['no word of whose it is', { userHandle: undefined }, UNPROVEN, 1],
      ['another person’s handle', { userHandle: Buffer.alloc(32).toString('base64url') }, UNPROVEN, 1],
    ])('%s is refused', async (name, deviation, problem, counted) => {
      const { who, passkey } = await withPasskey(`Shown ${name}`);
      const answer = device.show(await question(), passkey, deviation);
      expect(await logInByPasskey(database.db, { answer, asked }, at(1))).toMatchObject({
        ok: false,
        problem: expect.stringMatching(problem),
      });
      expect(await failures(who.personId)).toBe(counted);
    });

    test.each<readonly [string, Partial<Asking>, number]>([
      ['after five minutes', {}, CHALLENGE_MS],
      ['in another browser', { boundTo: hashOf('another browser') }, 1],
      ['in a session', { purpose: 'confirming' }, 1],
      ['as a new passkey', { purpose: 'adding' }, 1],
      ['at another origin', { site: OTHER_SITE }, 1],
    ])('what was asked counts nowhere else: %s', async (name, change, ms) => {
      const { passkey } = await withPasskey(`Elsewhere ${name}`);
      const answer = device.show(await question(), passkey);
      expect(await logInByPasskey(database.db, { answer, asked: { ...asked, ...change } }, at(ms))).toMatchObject({
        ok: false,
        problem: expect.stringMatching(LATE),
      });
    });

    test.each([
      ['that goes back', 3, false],
      ['that stands still', 5, false],
      ['that is at nothing again', 0, false],
      ['that goes on', 6, true],
    ])('a counter %s', async (name, counter, opens) => {
      const { db } = database;
      const { who, passkey } = await withPasskey(`Counter ${name}`);
      const logInAt = async (count: number) =>
        await logInByPasskey(db, { answer: device.show(await question(), passkey, { counter: count }), asked }, at(1));
      expect(await logInAt(5)).toMatchObject({ ok: true });
      const answer = await logInAt(counter);
      if (opens) expect(answer).toMatchObject({ ok: true });
      else
        expect(answer).toMatchObject({
          ok: false,
          problem: expect.stringMatching(/copy/),
          copied: { personId: who.personId, passkey: 'Laptop' },
        });
      // Whoever cannot sign says nothing about copies.
      expect(
        await logInByPasskey(db, { answer: device.show(await question(), passkey, { counter: 1, key: softKey() }), asked }, at(1)),
      ).not.toHaveProperty('copied');
    });

    test('a device that never counts is let in each time', async () => {
      const { passkey } = await withPasskey('Synced');
      for (const _time of [1, 2]) {
        const answer = device.show(await question(), passkey, { counter: 0 });
        expect(await logInByPasskey(database.db, { answer, asked }, at(1))).toMatchObject({ ok: true });
      }
    });

    test('one that was removed, and one of somebody who is gone, are not known', async () => {
      const { db } = database;
      const gone = await withPasskey('Gone');
      const { who, passkey } = await withPasskey('Eve');
      const [kept] = await passkeys.passkeysOf(db, who.personId);
      const attempt = async (with_: SoftPasskey) =>
        await logInByPasskey(db, { answer: device.show(await question(), with_), asked }, at(1));
      expect(await passkeys.removePasskey(db, kept?.id ?? '', gone.who.personId)).toBeUndefined();
      expect(await attempt(passkey)).toMatchObject({ ok: true });
      expect(await passkeys.removePasskey(db, kept?.id ?? '', who.personId)).toBe('Laptop');
      await remove(db, gone.who.personId, at(1));
      for (const one of [passkey, gone.passkey])
        expect(await attempt(one)).toMatchObject({ ok: false, problem: expect.stringMatching(/does not know this passkey/) });
    });

    test('wrong ones lock as wrong passwords do; a right one opens all the same, and passwords go on waiting', async () => {
      const { db } = database;
      const { passkey } = await withPasskey('Flo');
      const attempt = async (deviation: Deviation, now = at(1)) => {
        const options = await passkeys.askForLogIn(db, { site: SITE, browser: 'this browser', address: '192.0.2.1' }, now);
        return await logInByPasskey(db, { answer: device.show(options, passkey, deviation), asked }, now);
      };
      for (let tries = 0; tries < 4; tries += 1) await attempt({ userVerified: false });
      expect(await attempt({ userVerified: false })).toMatchObject({ ok: false, locked: expect.any(String) });
      expect(await attempt({})).toMatchObject({ ok: true, by: 'passkey' });
      expect(await logIn(db, { name: 'Flo', password: PASSWORD, code: '' }, at(2))).toMatchObject({
        problem: expect.stringMatching(/in 1 minute\./),
      });
      expect(await attempt({}, at(60_002))).toMatchObject({ ok: true });
    });

    test('of one address the newest twenty questions are open', async () => {
      const { passkey } = await withPasskey('Greedy');
      const first = await question();
      const ask = (index: number) =>
        passkeys.askForLogIn(database.db, { site: SITE, browser: 'this browser', address: '192.0.2.1' }, at(index));
      let last = first;
      for (let index = 1; index <= 20; index += 1) last = await ask(index);
      expect(await logInByPasskey(database.db, { answer: device.show(first, passkey), asked }, at(30))).toMatchObject({ ok: false });
      expect(await logInByPasskey(database.db, { answer: device.show(last, passkey), asked }, at(30))).toMatchObject({ ok: true });
      const { length } = await database.db
        .selectFrom('passkey_challenges')
        .select('asked_by')
        .where('asked_by', '=', '192.0.2.1')
        .execute();
      expect(length).toBeLessThanOrEqual(20);
    });
  });

  describe('beside a password', () => {
    test('it is asked for, and it or a recovery code opens, no other person’s and no wrong one', async () => {
      const { db } = database;
      const { who, passkey } = await withPasskey('Hal');
      const mallory = await withPasskey('Mallory');
      const [recovery = ''] = await factors.makeRecoveryCodes(db, who.personId, at(0));
      const attempt = async (by: SoftPasskey | undefined, code = '', password = PASSWORD) => {
        const shown = by === undefined ? undefined : { answer: device.show(await question(), by), asked };
        return await logIn(db, { name: 'Hal', password, code, passkey: shown }, at(1));
      };
      expect(await attempt(undefined)).toMatchObject({ ok: false, wants: 'passkey' });
      expect(await attempt(mallory.passkey)).toMatchObject({ ok: false, problem: expect.stringMatching(/somebody else/) });
      expect(await attempt(undefined, '123456')).toMatchObject({ ok: false, wants: 'passkey' });
      expect(await failures(who.personId)).toBe(2);
      expect(await attempt(passkey, '', 'four wrong words here')).toMatchObject({ ok: false });
      expect(await attempt(passkey)).toMatchObject({ ok: true, by: 'password and passkey', personId: who.personId });
      expect(await attempt(undefined, recovery)).toMatchObject({ ok: true, by: 'password and recovery code' });
    });

    test('a new invitation asks for it, too', async () => {
      const { db } = database;
      const { who, passkey } = await withPasskey('Ida');
      const { token = '' } = (await inviteAgain(db, who.personId, at(0))) ?? {};
      const again = (shown?: Shown) => join(db, { token, password: 'five other plain words here', code: '', passkey: shown }, at(1));
      expect(await again()).toMatchObject({ ok: false, wants: 'passkey' });
      expect(await again({ answer: device.show(await question(), passkey), asked })).toMatchObject({ ok: true });
    });

    test('recovery codes stay while anything is there for which they stand in', async () => {
      const { db } = database;
      const { who } = await withPasskey('Jo');
      await factors.makeRecoveryCodes(db, who.personId, at(0));
      await factors.removeSecondFactor(db, who.personId);
      expect(await factors.recoveryCodesLeft(db, who.personId)).toBe(factors.RECOVERY_CODES);
      expect(await passkeys.removePasskeysOf(db, who.personId)).toBe(true);
      expect(await factors.recoveryCodesLeft(db, who.personId)).toBe(0);
      expect(await logIn(db, { name: 'Jo', password: PASSWORD, code: '' }, at(1))).toMatchObject({ ok: true, by: 'password' });
    });
  });

  test('somebody who is logged in confirms by their own passkey alone, with what was asked of this session', async () => {
    const { db } = database;
    const { who, passkey } = await withPasskey('Kim');
    const mallory = await withPasskey('Mal');
    expect(await passkeys.askForConfirmation(db, { ...who, site: OTHER_SITE }, at(0))).toBeUndefined();
    const ask = async (): Promise<RequestOptions> => {
      const options = await passkeys.askForConfirmation(db, who, at(0));
      if (options === undefined) throw new Error('Invariant: there is one for this name');
      return options;
    };
    expect(await ask()).toMatchObject({ allowCredentials: [{ id: passkey.id }], userVerification: 'required' });
    const attempt = async (by: SoftPasskey, boundTo = who.sessionId, deviation: Deviation = {}) => {
      const shown: Shown = { answer: device.show(await ask(), by, deviation), asked: { purpose: 'confirming', boundTo, site: SITE } };
      return await confirm(db, { sessionId: who.sessionId, personId: who.personId, password: '', code: '', passkey: shown }, at(1), {
        tries: new ConfirmationTries(),
      });
    };
    expect(await attempt(mallory.passkey)).toMatchObject({ ok: false, problem: expect.stringMatching(/somebody else/) });
    expect(await attempt(passkey, 'another session')).toMatchObject({ ok: false, problem: expect.stringMatching(LATE) });
    // A security key that was named in the question need not say whose it is.
    expect(await attempt(passkey, who.sessionId, { userHandle: undefined })).toMatchObject({ ok: true, by: 'passkey' });
  });

  test.each(['', ' Laptop', 'x'.repeat(61), 'a\nb', 'a\u202eb'])('the name %j will not do', (name) =>
    expect(passkeys.passkeyNameProblem(name)).toMatch(/1 to 60/),
  );
});

/** A key that signs well, and is nobody's. */
function softKey(): SoftPasskey['key'] {
  const options = { rp: { id: 'x', name: 'x' }, user: { id: 'aa', name: 'x', displayName: 'x' }, challenge: 'aa', pubKeyCredParams: [] };
  return softwareAuthenticator('https://nowhere.example').make(options).passkey.key;
}
