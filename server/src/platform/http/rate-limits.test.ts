import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../approvals/keys.ts';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { firstOver, openFurtherServer } from '../../graphql/test/further-server.ts';
import type { FurtherServer } from '../../graphql/test/further-server.ts';
import { logIn } from '../../graphql/test/log-in.ts';
import { keyOf } from '../../graphql/test/principals.ts';
import { RATE_DEFAULTS } from '../../graphql/rate-limits.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { OPERATION_DEFAULTS } from './graphql-operations.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
const opened: FurtherServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});
afterAll(() => api.close());

async function open(rates: Partial<typeof RATE_DEFAULTS>): Promise<FurtherServer> {
  const server = await openFurtherServer(api, { ...OPERATION_DEFAULTS, rates: { ...RATE_DEFAULTS, ...rates } });
  opened.push(server);
  return server;
}
const BURST_SECONDS = 30;
/** So many operations at once, and another only after ten seconds or more: a test takes less. */
const fewOperations = (count: 1 | 2 | 3): Promise<FurtherServer> => open({ operationsPerSecond: count / BURST_SECONDS });

const VIEWER = '{ viewer { name } }';
const PAGE = '{ orders(first: 100) { totalCount } }';
const STATE = 'subscription { controls { tradingState } }';
const STOP = 'mutation { cancelOrder(id: "order-of-nobody") { __typename } }';
const PAUSE = 'mutation { pauseEntries(input: { scope: SYMBOL, subject: "ALDR", reason: "test" }) { __typename } }';
const KILL = 'mutation { engageKillSwitch(input: { action: FREEZE, reason: "test" }) { __typename } }';

type Headers = Readonly<Record<string, string>>;
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

async function post(server: FurtherServer, headers: Headers, query: string): Promise<Answer> {
  const answer = await server.send({ query }, headers);
  const body = (await answer.json()) as { errors?: { extensions: Record<string, unknown> }[] };
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), extensions: body.errors?.[0]?.extensions };
}

const statuses = async (server: FurtherServer, headers: Headers, queries: readonly string[]): Promise<number[]> => {
  const found: number[] = [];
  for (const query of queries) found.push((await post(server, headers, query)).status);
  return found;
};
const times = (count: number, query = VIEWER): string[] => Array.from({ length: count }, () => query);

describe('over HTTP', () => {
  test('operations beyond the burst are answered with 429, and when to come back', async () => {
    const server = await fewOperations(3);
    const session = await server.session();
    expect(await statuses(server, session, times(3))).toEqual([200, 200, 200]);
    const refused = await post(server, session, VIEWER);
    expect(refused.status).toBe(429);
    expect(refused.extensions).toEqual({
      code: 'RATE_LIMITED',
      limit: 'operations',
      retryAfterSeconds: Number(refused.retryAfter),
    });
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(8);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(10);
  });

  test('what does not parse and what is not valid counts as well', async () => {
    const server = await fewOperations(3);
    const session = await server.session();
    await statuses(server, session, ['{', '{ nothing }', '{']);
    expect((await post(server, session, VIEWER)).status).toBe(429);
  });

  test('what cannot run counts although it names a stop', async () => {
    const server = await fewOperations(3);
    const session = await server.session();
    expect(await statuses(server, session, ['{ # setLimit', '{ nothing } # setLimit', '{ # setLimit'])).toEqual([200, 200, 200]);
    expect((await post(server, session, '{ # setLimit')).status).toBe(429);
    expect((await post(server, session, VIEWER)).status).toBe(429);
    expect((await post(server, session, STOP)).status).toBe(200);
  });

  test('a stop of a key that may not stop counts, and beyond the limit nothing is written down', async () => {
    const server = await fewOperations(3);
    const calls = async () => (await api.database.db.selectFrom('agent_calls').select('id').execute()).length;
    const headers = async (scopes: readonly Scope[]) => {
      const { secret } = await keyOf(await logIn(api), 'trader', { kind: 'agent', scopes });
      return { authorization: `Bearer ${secret}` };
    };
    const reader = await headers(['read']);
    await statuses(server, reader, times(3, STOP));
    const before = await calls();
    expect((await post(server, reader, STOP)).status).toBe(429);
    expect(await calls()).toBe(before);
    const stopper = await headers(['read', 'stop']);
    expect(await statuses(server, stopper, [...times(4), ...times(4, PAUSE)])).toEqual([200, 200, 200, 429, 200, 200, 200, 200]);
  });

  test('cost beyond a minute’s worth is refused before anything is resolved', async () => {
    const server = await open({ costPerMinute: 250 });
    const session = await server.session();
    expect(await statuses(server, session, times(2, PAGE))).toEqual([200, 200]);
    expect((await post(server, session, PAGE)).extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 'cost' });
    expect((await post(server, session, VIEWER)).status).toBe(200);
  });

  test('an event stream counts as one operation, and is refused as a request is', async () => {
    const server = await fewOperations(1);
    const headers = { ...(await server.session()), accept: 'text/event-stream' };
    const first = await server.send({ query: STATE }, headers);
    const reader = first.body?.getReader();
    let text = '';
    while (!text.includes('event: next')) text += new TextDecoder().decode((await reader?.read())?.value);
    const second = await server.send({ query: STATE }, headers);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await second.text()).toContain('RATE_LIMITED');
    await reader?.cancel();
  });

  test('stops pass', async () => {
    const server = await fewOperations(1);
    const session = await server.session();
    expect(await statuses(server, session, [VIEWER, VIEWER, ...times(5, STOP)])).toEqual([200, 429, 200, 200, 200, 200, 200]);
  });
});

describe('over WebSocket', () => {
  test('an operation beyond the limit has an error of its own, and the socket stays', async () => {
    const server = await fewOperations(3);
    const client = server.socket(await server.session());
    const controls = client.iterate({ query: STATE });
    expect((await controls.next()).value).toMatchObject({ data: { controls: { tradingState: 'ACTIVE' } } });
    expect((await firstOver(client, { query: VIEWER })).data).toBeDefined();
    expect((await firstOver(client, { query: VIEWER })).data).toBeDefined();
    const { errors } = await firstOver(client, { query: VIEWER });
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', limit: 'operations', retryAfterSeconds: 10 });
    // Joining what others read is an operation too.
    expect((await firstOver(client, { query: STATE })).errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    expect((await firstOver(client, { query: STOP })).data).toEqual({ cancelOrder: { __typename: 'NotFoundError' } });
    // The subscription from before goes on, and tells of the stop.
    expect((await firstOver(client, { query: KILL })).data).toEqual({ engageKillSwitch: { __typename: 'ControlsPayload' } });
    expect((await controls.next()).value).toMatchObject({ data: { controls: { tradingState: 'FROZEN' } } });
    await controls.return?.();
  });

  test('what cannot run counts although it names a stop', async () => {
    const server = await fewOperations(2);
    const client = server.socket(await server.session());
    for (const query of ['{ # setLimit', '{ nothing } # setLimit'])
      expect((await firstOver(client, { query })).errors?.[0]?.extensions?.['code']).not.toBe('RATE_LIMITED');
    for (const query of ['{ # setLimit', '{ nothing } # setLimit', VIEWER])
      expect((await firstOver(client, { query })).errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
  });

  test('cost is counted over a socket and by requests together', async () => {
    const server = await open({ costPerMinute: 250 });
    const session = await server.session();
    const client = server.socket(session);
    expect((await firstOver(client, { query: PAGE })).data).toBeDefined();
    expect((await post(server, session, PAGE)).status).toBe(200);
    expect((await firstOver(client, { query: PAGE })).errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 'cost' });
    expect((await post(server, session, PAGE)).status).toBe(429);
  });
});

test('all sessions of a person have one limit; a key of theirs has its own', async () => {
  const server = await fewOperations(2);
  const [one, another] = [await server.session(), await server.session()];
  expect(await statuses(server, one, [VIEWER])).toEqual([200]);
  expect(await statuses(server, another, times(2))).toEqual([200, 429]);
  expect(await statuses(server, server.byKey, times(3))).toEqual([200, 200, 429]);
});

test('what is refused is counted for monitors, by limit', async () => {
  const server = await open({ operationsPerSecond: 2 / BURST_SECONDS, costPerMinute: 150 });
  const session = await server.session();
  const figures = async (): Promise<string[]> => {
    const text = await (await fetch(`${server.url}/metrics`, { headers: server.byKey })).text();
    return [...text.matchAll(/^tidemark_operations_refused_total\{limit="(\w+)"\} (\d+)$/gm)].map(
      ([, limit, count]) => `${limit} ${count}`,
    );
  };
  expect((await figures()).toSorted()).toEqual(['cost 0', 'operations 0']);
  expect(await statuses(server, session, [PAGE, PAGE, VIEWER, VIEWER, VIEWER])).toEqual([200, 429, 429, 429, 429]);
  expect((await figures()).toSorted()).toEqual(['cost 1', 'operations 3']);
});

test('nothing failed', () => expect(api.failures).toEqual([]));
