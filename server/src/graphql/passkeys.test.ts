import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreationOptions, RequestOptions } from '../accounts/passkey-service.ts';
import { confirmSession } from '../accounts/session-service.ts';
import { softwareAuthenticator } from '../accounts/test/software-authenticator.ts';
import type { SoftPasskey } from '../accounts/test/software-authenticator.ts';
import { FRESH_MS } from '../approvals/roles.ts';
import type { EngineEvent } from '../engine/events.ts';
import { instantFromMs } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn, PASSWORD, withCookie } from './test/log-in.ts';
import type { LoggedIn } from './test/log-in.ts';

let api: ApiWorld;
let owner: LoggedIn;
/** The same server under a name. */
let named: Pick<ApiWorld, 'server'>;
let device: ReturnType<typeof softwareAuthenticator>;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  owner = await logIn(api);
  named = { server: { ...api.server, url: api.server.url.replace('127.0.0.1', 'localhost') } };
  device = softwareAuthenticator(named.server.url);
});
afterAll(() => api.close());

interface Answered {
  readonly status: number;
  readonly cookie: string;
  readonly body: { readonly options?: RequestOptions; readonly message?: string; readonly wants?: string };
}

/** A door of the edge, under a name or under the address of numbers. */
async function door(path: string, fields: Record<string, string>, cookie = '', url = named.server.url): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify(fields),
  });
  return { status: response.status, cookie: response.headers.get('set-cookie') ?? '', body: (await response.json()) as Answered['body'] };
}

const optionsIn = ({ body: { options, message } }: Answered): RequestOptions => {
  if (options === undefined) throw new Error(message ?? 'Invariant: a question has options');
  return options;
};

const BEGIN = 'mutation { beginPasskey { __typename ... on PasskeyBegun { options } ... on Error { message } } }';
const CONFIRM = `mutation ($answer: String!) { confirmPasskey(name: "Laptop", answer: $answer) {
  __typename ... on PasskeyAdded { codes passkey { id site } } ... on Error { message } } }`;

type Keyed = LoggedIn & {
  readonly id: string;
  readonly passkey: SoftPasskey;
  readonly passkeyId: string;
  readonly codes: readonly string[];
};

async function withPasskey(name: string): Promise<Keyed> {
  const person = await joined(api, owner, name, 'trader');
  const browser = withCookie(named, person.cookie);
  const { options } = (await browser.ask(BEGIN)) as unknown as { options: string };
  const { passkey, answer } = device.make(JSON.parse(options) as CreationOptions);
  const added = (await browser.ask(CONFIRM, { answer })) as unknown as { codes: string[]; passkey: { id: string } };
  return Object.assign(browser, { id: person.id, passkey, passkeyId: added.passkey.id, codes: added.codes });
}

/** Asks in a browser of its own, and answers there. */
async function logInBy(passkey: SoftPasskey, counter?: number): Promise<Answered> {
  const asked = await door('/login/passkey', {});
  const answer = device.show(optionsIn(asked), passkey, counter === undefined ? {} : { counter });
  return await door('/login', { passkey: answer }, asked.cookie.split(';')[0]);
}

async function toldOf(id: string): Promise<readonly string[]> {
  return (await api.world.journal.read(0, 100_000)).flatMap(({ kind, payload }) => {
    if (kind !== 'AccessRecorded') return [];
    const { person, act, subject } = payload as Extract<EngineEvent, { kind: 'AccessRecorded' }>;
    return person.id === id ? [subject === undefined ? act : `${act}: ${subject}`] : [];
  });
}

describe('under an address of numbers', () => {
  test('there is no passkey to make, and none is asked for', async () => {
    const person = await joined(api, owner, 'Numbers', 'viewer');
    expect(await person.ask(BEGIN)).toMatchObject({ __typename: 'ConflictError', message: expect.stringMatching(/http:\/\/localhost/) });
    expect(await person.ask(CONFIRM, { answer: '{}' })).toMatchObject({ __typename: 'ConflictError' });
    for (const path of ['/login/passkey', '/confirm/passkey'])
      expect(await door(path, {}, person.cookie, api.server.url)).toMatchObject({
        status: 403,
        body: { message: expect.stringMatching(/localhost/) },
      });
  });
});

test('made by somebody who is freshly logged in, it logs in without name and password, once for each question, in its browser', async () => {
  const person = await withPasskey('Ann');
  expect(person.codes).toHaveLength(10);
  const asked = await door('/login/passkey', {});
  expect(asked.cookie).toMatch(/^__Host-tidemark_passkey=[\w-]{40,}; Secure; Path=\/; HttpOnly; SameSite=Strict; Max-Age=300$/);
  expect(optionsIn(asked)).not.toHaveProperty('allowCredentials');
  const fields = { passkey: device.show(optionsIn(asked), person.passkey) };
  expect((await door('/login', fields)).status).toBe(403);
  const again = await door('/login/passkey', {});
  const right = { passkey: device.show(optionsIn(again), person.passkey) };
  const opened = await door('/login', right, again.cookie.split(';')[0]);
  expect([opened.status, opened.cookie]).toEqual([200, expect.stringMatching(/^__Host-tidemark_session=/)]);
  expect((await door('/login', right, again.cookie.split(';')[0])).status).toBe(403);
  const browser = withCookie(named, opened.cookie.split(';')[0] ?? '');
  expect((await browser.post('{ viewer { name hasPasskey hasSecondFactor } }')).data).toEqual({
    viewer: { name: 'Ann', hasPasskey: true, hasSecondFactor: true },
  });
  expect(await toldOf(person.id)).toEqual(['PasswordSet: by an invitation', 'PasskeyAdded: Laptop, for localhost', 'LoggedIn: by passkey']);
});

test('beside the password it is asked for; the first one ends sessions that had none', async () => {
  const person = await joined(api, owner, 'Bea', 'trader');
  const other = await door('/login', { name: 'Bea', password: PASSWORD });
  const browser = withCookie(named, person.cookie);
  const { options } = (await browser.ask(BEGIN)) as unknown as { options: string };
  const { passkey, answer } = device.make(JSON.parse(options) as CreationOptions);
  await browser.ask(CONFIRM, { answer });
  expect((await withCookie(named, other.cookie.split(';')[0] ?? '').post('{ viewer { id } }')).status).toBe(401);
  expect(await door('/login', { name: 'Bea', password: PASSWORD })).toMatchObject({ status: 403, body: { wants: 'passkey' } });
  const asked = await door('/login/passkey', {});
  const fields = { name: 'Bea', password: PASSWORD, passkey: device.show(optionsIn(asked), passkey) };
  expect((await door('/login', fields, asked.cookie.split(';')[0])).status).toBe(200);
  expect(await toldOf(person.id)).toContain('LoggedIn: by password and passkey');
});

test('it confirms a session that is stale, under another secret; a key confirms nothing', async () => {
  const person = await withPasskey('Cleo');
  const sessions = await api.database.db.selectFrom('sessions').select('id').where('person_id', '=', person.id).execute();
  for (const { id } of sessions) await confirmSession(api.database.db, id, instantFromMs(Date.now() - FRESH_MS - 1_000));
  const codes = 'mutation { makeRecoveryCodes { __typename } }';
  expect((await person.post(codes)).errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
  expect((await person.post(BEGIN)).errors?.[0]?.extensions?.code).toBe('CONFIRM_LOGIN');
  const options = optionsIn(await door('/confirm/passkey', {}, person.cookie));
  expect(options.allowCredentials).toMatchObject([{ id: person.passkey.id }]);
  const before = person.cookie;
  expect(await person.door('/confirm', { passkey: device.show(options, person.passkey) })).toMatchObject({ status: 200 });
  expect(person.cookie).not.toBe(before);
  expect(await person.ask(codes)).toMatchObject({ __typename: 'RecoveryCodesPayload' });
  expect((await door('/confirm/passkey', {})).status).toBe(401);
  const keyed = { 'content-type': 'application/json', origin: named.server.url, authorization: `Bearer ${api.apiKey}` };
  expect((await fetch(`${named.server.url}/confirm/passkey`, { method: 'POST', headers: keyed, body: '{}' })).status).toBe(401);
});

test('a stranger’s wrong passwords keep out neither a passkey nor whoever confirms in an open session; guessing there pauses all the same', async () => {
  const keyed = await withPasskey('Ezra');
  const plain = await joined(api, owner, 'Edda', 'trader');
  for (const name of ['Ezra', 'Edda']) {
    for (let count = 0; count < 5; count += 1) await door('/login', { name, password: 'not this one at all' });
    expect((await door('/login', { name, password: PASSWORD })).body.message).toMatch(/in 1 minute\./);
  }
  expect((await logInBy(keyed.passkey)).status).toBe(200);
  expect(await plain.door('/confirm', { password: PASSWORD })).toMatchObject({ status: 200 });
  for (let count = 0; count < 5; count += 1) await plain.door('/confirm', { password: 'not this one at all' });
  expect((await plain.door('/confirm', { password: PASSWORD })).message).toMatch(/in 1 minute\./);
});

test('a counter that went back is refused, told in the journal and raised as an alert', async () => {
  const person = await withPasskey('Dan');
  expect((await logInBy(person.passkey, 9)).status).toBe(200);
  expect(await logInBy(person.passkey, 4)).toMatchObject({ status: 403, body: { message: expect.stringMatching(/copy/) } });
  expect(await toldOf(person.id)).toContain('PasskeyRefused: Laptop');
  const raised = [...api.world.session.state().alerts.values()].map(({ detail, title }) => `${title} ${detail}`);
  expect(raised.filter((text) => text.includes('Dan was refused with a passkey'))).toHaveLength(1);
});

test('it gets another name and is removed by its owner alone, which ends their other sessions; then it is not known', async () => {
  const person = await withPasskey('Eve');
  const other = await withPasskey('Mallory');
  const rename = 'mutation ($id: ID!, $name: String!) { renamePasskey(id: $id, name: $name) { __typename } }';
  const removal = 'mutation ($id: ID!) { removePasskey(id: $id) { __typename } }';
  const { passkeyId: id } = person;
  expect(await other.ask(rename, { id, name: 'Mine' })).toMatchObject({ __typename: 'NotFoundError' });
  expect(await other.ask(removal, { id })).toMatchObject({ __typename: 'NotFoundError' });
  expect(await person.ask(rename, { id, name: 'a\u202eb' })).toMatchObject({ __typename: 'InvalidInputError' });
  expect(await person.ask(rename, { id, name: 'Desk' })).toMatchObject({ __typename: 'PasskeyRenamed' });
  expect((await person.post('{ passkeys { name site } }')).data).toEqual({ passkeys: [{ name: 'Desk', site: 'localhost' }] });
  const opened = withCookie(named, (await logInBy(person.passkey)).cookie.split(';')[0] ?? '');
  expect(await person.ask(removal, { id })).toMatchObject({ __typename: 'PasskeyRemoved' });
  expect([(await opened.post('{ viewer { id } }')).status, (await person.post('{ viewer { id } }')).status]).toEqual([401, 200]);
  expect(await logInBy(person.passkey)).toMatchObject({ status: 403, body: { message: expect.stringMatching(/does not know/) } });
  expect((await toldOf(person.id)).slice(2)).toEqual([
    'PasskeyRenamed: Laptop is now Desk',
    'LoggedIn: by passkey',
    'PasskeyRemoved: Desk',
  ]);
});

test('a new role ends the session that it opened; reset by an admin, or of somebody who is gone, it opens nothing', async () => {
  const person = await withPasskey('Flo');
  const opened = withCookie(named, (await logInBy(person.passkey)).cookie.split(';')[0] ?? '');
  await owner.ask('mutation ($id: ID!) { setPersonRole(id: $id, role: VIEWER) { __typename } }', { id: person.id });
  expect((await opened.post('{ viewer { id } }')).status).toBe(401);
  expect((await logInBy(person.passkey)).status).toBe(200);
  expect(await owner.ask('mutation ($id: ID!) { resetSecondFactor(id: $id) { __typename } }', { id: person.id })).toMatchObject({
    __typename: 'SecondFactorRemoved',
  });
  expect((await logInBy(person.passkey)).status).toBe(403);
  const gone = await withPasskey('Gone');
  await owner.ask('mutation ($id: ID!) { removePerson(id: $id) { __typename } }', { id: gone.id });
  expect((await logInBy(gone.passkey)).status).toBe(403);
});
