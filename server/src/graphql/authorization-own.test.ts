import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { arrived, browserOf, keyOf } from './test/principals.ts';
import type { Known } from './test/principals.ts';
import { acceptedSocket, subscribe } from './test/socket.ts';

/** What people have of their own, and what others may see and do of it: the second table of docs/security.md. */
const WHO = ['its owner', 'their key', 'a viewer', 'a trader', 'a risk officer', 'an admin', 'a viewer’s key of an admin'] as const;
type Who = (typeof WHO)[number];
type Credentials = { readonly cookie: string } | { readonly key: string };
const TRANSPORTS = ['HTTP', 'WebSocket'] as const;
type Transport = (typeof TRANSPORTS)[number];

let api: ApiWorld;
let target: Known;
const people = new Map<Who, Credentials>();

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  target = await arrived(api, 'Tess', 'trader');
  people.set('its owner', { cookie: target.cookie });
  people.set('their key', { key: (await keyOf(target, 'trader')).secret });
  people.set('a viewer', { cookie: (await arrived(api, 'Vera', 'viewer')).cookie });
  people.set('a trader', { cookie: (await arrived(api, 'Theo', 'trader')).cookie });
  people.set('a risk officer', { cookie: (await arrived(api, 'Olga', 'risk_officer')).cookie });
  const admin = await arrived(api, 'Ada', 'admin');
  people.set('an admin', { cookie: admin.cookie });
  people.set('a viewer’s key of an admin', { key: (await keyOf(admin, 'viewer')).secret });
  const { people: record } = api.opened.capabilities;
  await record.record('test');
});
afterAll(() => api.close());

interface Answered {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[] | undefined;
}

async function overSocket(by: Credentials, query: string, variables: Readonly<Record<string, unknown>>): Promise<Answered> {
  const cookie = 'cookie' in by ? { headers: { cookie: by.cookie }, origin: api.server.url } : {};
  const opened = await acceptedSocket(api, cookie, 'cookie' in by ? {} : { apiKey: by.key });
  opened.send(subscribe('1', query, variables));
  const answer = await opened.frame(({ id }) => id === '1');
  opened.socket.close();
  if (answer === undefined) return { errors: [{ extensions: { code: `closed with ${(await opened.closed).code}` } }] };
  return answer.type === 'error' ? { errors: answer.payload as Answered['errors'] } : (answer.payload as Answered);
}

/** The type of what the one field answers, or the code by which it was refused. */
async function outcome(by: Who, transport: Transport, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const credentials = people.get(by);
  if (credentials === undefined) throw new Error(`Invariant: somebody is ${by}`);
  const headers: Record<string, string> =
    'cookie' in credentials ? { cookie: credentials.cookie, origin: api.server.url } : { authorization: `Bearer ${credentials.key}` };
  const { data, errors } =
    transport === 'WebSocket' ? await overSocket(credentials, query, variables) : await overHttp(headers, query, variables);
  if (errors !== undefined) return errors[0]?.extensions?.code;
  const [value] = Object.values(data ?? {});
  return typeof value === 'object' && value !== null && '__typename' in value ? value.__typename : value;
}

async function overHttp(headers: Readonly<Record<string, string>>, query: string, variables: object): Promise<Answered> {
  const response = await fetch(`${api.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answered;
}

/** Every row over both transports. */
const rows = <T extends object>(table: Readonly<Record<Who, T>>) =>
  TRANSPORTS.flatMap((transport) => WHO.map((who) => ({ who, transport, ...table[who] })));

const REVOKE = 'mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }';
describe('a key', () => {
  test.each(
    rows({
      'its owner': { sees: true, revoked: 'ApiKeyRevokedPayload' },
      'their key': { sees: true, revoked: 'FORBIDDEN' },
      'a viewer': { sees: false, revoked: 'NotFoundError' },
      'a trader': { sees: false, revoked: 'NotFoundError' },
      'a risk officer': { sees: false, revoked: 'NotFoundError' },
      'an admin': { sees: true, revoked: 'ApiKeyRevokedPayload' },
      'a viewer’s key of an admin': { sees: false, revoked: 'FORBIDDEN' },
    }),
  )('$who over $transport: sees it $sees, revoking it answers $revoked', async ({ who, transport, sees, revoked }) => {
    const { id, secret } = await keyOf(target, 'trader');
    const listed = JSON.stringify(await outcome(who, transport, '{ apiKeys { id name role personId revoked } }'));
    expect([listed.includes(id), listed.includes(secret)]).toEqual([sees, false]);
    expect(await outcome(who, transport, REVOKE, { id })).toBe(revoked);
    const { status } = await api.post('{ viewer { id } }', {}, { authorization: `Bearer ${secret}` });
    expect(status).toBe(revoked === 'ApiKeyRevokedPayload' ? 401 : 200);
    // What is not one's own answers as what does not exist.
    if (revoked === 'NotFoundError') expect(await outcome(who, transport, REVOKE, { id: 'nothing' })).toBe(revoked);
  });
});

const PAUSE = 'mutation ($id: ID!) { pauseApiKey(id: $id) { __typename } }';
const RESUME = 'mutation ($id: ID!) { resumeApiKey(id: $id) { __typename } }';
describe('pausing a key', () => {
  test.each(
    rows({
      'its owner': { changed: 'ApiKeyChangedPayload' },
      'their key': { changed: 'FORBIDDEN' },
      'a viewer': { changed: 'NotFoundError' },
      'a trader': { changed: 'NotFoundError' },
      'a risk officer': { changed: 'NotFoundError' },
      'an admin': { changed: 'ApiKeyChangedPayload' },
      'a viewer’s key of an admin': { changed: 'FORBIDDEN' },
    }),
  )('$who over $transport: $changed', async ({ who, transport, changed }) => {
    const { id, secret } = await keyOf(target, 'trader');
    const status = async (): Promise<number> => (await api.post('{ viewer { id } }', {}, { authorization: `Bearer ${secret}` })).status;
    const isAllowed = changed === 'ApiKeyChangedPayload';
    expect(await outcome(who, transport, PAUSE, { id })).toBe(changed);
    expect(await status()).toBe(isAllowed ? 401 : 200);
    // Again is no error, and changes nothing.
    expect(await outcome(who, transport, PAUSE, { id })).toBe(changed);
    const resumed = await outcome(who, transport, RESUME, { id });
    expect([changed, 'CONFIRM_LOGIN']).toContain(resumed);
    expect(await status()).toBe(resumed === 'ApiKeyChangedPayload' || !isAllowed ? 200 : 401);
  });
});

const END = 'mutation ($id: ID!) { endSessions(id: $id) { __typename } }';
describe('sessions', () => {
  test.each(
    rows({
      'its owner': { ended: 'SessionsEndedPayload' },
      'their key': { ended: 'CONFIRM_LOGIN' },
      'a viewer': { ended: 'NotFoundError' },
      'a trader': { ended: 'NotFoundError' },
      'a risk officer': { ended: 'NotFoundError' },
      'an admin': { ended: 'SessionsEndedPayload' },
      'a viewer’s key of an admin': { ended: 'CONFIRM_LOGIN' },
    }),
  )('$who over $transport: ending them answers $ended', async ({ who, transport, ended }) => {
    const before = await browserOf(api, target.id);
    // The socket that asks for it rests on one of them.
    const answered = who === 'its owner' && transport === 'WebSocket' ? 'closed with 4403' : ended;
    expect(await outcome(who, transport, END, { id: target.id })).toBe(answered);
    expect((await before.post('{ viewer { id } }')).status).toBe(ended === 'SessionsEndedPayload' ? 401 : 200);
    target = await browserOf(api, target.id);
    people.set('its owner', { cookie: target.cookie });
  });
});

const RESTRICT = `mutation ($input: RestrictSymbolsInput!) { restrictSymbols(input: $input) {
  __typename ... on Error { message } ... on ProposalPayload { proposal { id hash } } } }`;
const APPROVE = 'mutation ($id: ID!, $hash: String!) { approveChange(id: $id, hash: $hash) { __typename } }';
const REJECT = 'mutation ($id: ID!) { rejectChange(id: $id, reason: "not now") { __typename } }';
const YOURS = '{ proposals(first: 1, open: true) { edges { node { id yours whyNot } } } }';

/** Asks for a symbol to be let through that was restricted: two people's work. */
async function proposed(): Promise<{ readonly id: string; readonly hash: string }> {
  const restrict = (symbols: readonly string[]) => target.ask(RESTRICT, { input: { list: 'DENIED', symbols, reason: 'a rumour' } });
  await restrict(['AAA', 'ZZZ']);
  const answer = await restrict(['ZZZ']);
  if (answer.__typename !== 'ProposalPayload') throw new Error(`not proposed: ${JSON.stringify(answer)}`);
  return answer['proposal'] as { id: string; hash: string };
}

describe('a proposal', () => {
  test.each(
    rows({
      'its owner': { yours: true, approved: 'FORBIDDEN', rejected: 'ProposalPayload' },
      'their key': { yours: true, approved: 'FORBIDDEN', rejected: 'ProposalPayload' },
      'a viewer': { yours: false, approved: 'FORBIDDEN', rejected: 'FORBIDDEN' },
      'a trader': { yours: false, approved: 'FORBIDDEN', rejected: 'ConflictError' },
      'a risk officer': { yours: false, approved: 'ProposalPayload', rejected: 'ProposalPayload' },
      'an admin': { yours: false, approved: 'ProposalPayload', rejected: 'ProposalPayload' },
      'a viewer’s key of an admin': { yours: false, approved: 'FORBIDDEN', rejected: 'FORBIDDEN' },
    }),
  )(
    '$who over $transport: theirs $yours, approving $approved, rejecting $rejected',
    async ({ who, transport, yours, approved, rejected }) => {
      const first = await proposed();
      const seen = (await outcome(who, transport, YOURS)) as { edges: { node: { yours: boolean; whyNot: string | null } }[] };
      expect(seen.edges.map(({ node }) => [node.yours, node.whyNot === null])).toEqual([[yours, approved === 'ProposalPayload']]);
      expect(await outcome(who, transport, APPROVE, { ...first })).toBe(approved);
      if (approved !== 'ProposalPayload') expect(await outcome('an admin', 'HTTP', REJECT, { id: first.id })).toBe('ProposalPayload');
      const second = await proposed();
      expect(await outcome(who, transport, REJECT, { id: second.id })).toBe(rejected);
      if (rejected !== 'ProposalPayload') expect(await outcome('an admin', 'HTTP', REJECT, { id: second.id })).toBe('ProposalPayload');
    },
  );

  test('is not approved by its proposer, whatever their role and by whichever door', async () => {
    const olga = await arrived(api, 'Olga the second', 'risk_officer');
    const { people: record } = api.opened.capabilities;
    await record.record('test');
    await target.ask(RESTRICT, { input: { list: 'DENIED', symbols: ['AAA', 'ZZZ'], reason: 'a rumour' } });
    const answer = await olga.ask(RESTRICT, { input: { list: 'DENIED', symbols: ['ZZZ'], reason: 'no rumour' } });
    const { id, hash } = answer['proposal'] as { id: string; hash: string };
    const doors: Credentials[] = [{ cookie: olga.cookie }, { cookie: (await browserOf(api, olga.id)).cookie }];
    for (const door of doors) {
      people.set('a risk officer', door);
      for (const transport of TRANSPORTS) expect(await outcome('a risk officer', transport, APPROVE, { id, hash })).toBe('ConflictError');
    }
    people.set('a risk officer', { key: (await keyOf(olga, 'risk_officer')).secret });
    for (const transport of TRANSPORTS) expect(await outcome('a risk officer', transport, APPROVE, { id, hash })).toBe('CONFIRM_LOGIN');
    expect(await outcome('an admin', 'HTTP', REJECT, { id })).toBe('ProposalPayload');
  });
});

test('nothing of all this was a failure of ours', () => expect(api.failures).toEqual([]));
