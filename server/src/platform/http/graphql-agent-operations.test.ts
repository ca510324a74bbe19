import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { logIn } from '../../graphql/test/log-in.ts';
import { keyOf } from '../../graphql/test/principals.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';

let api: ApiWorld;
let key: { readonly id: string; readonly secret: string };
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  key = await keyOf(await logIn(api), 'trader', { kind: 'agent', scopes: ['read', 'stop'] });
});
afterAll(() => api.close());

const PAUSE = 'pauseEntries(input: { scope: SYMBOL, subject: "ALDR", reason: "a test" }) { __typename }';
const CANCEL = 'cancelOrder(id: "x") { __typename }';

async function ask(query: string): Promise<string> {
  const response = await fetch(`${api.server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key.secret}` },
    body: JSON.stringify({ query }),
  });
  return await response.text();
}

const newest = async () => (await api.opened.capabilities.agentRecord.list({ agent: key.id, first: 1, after: undefined })).nodes[0]?.node;
const pauses = (): number => [...api.world.session.state().brakes.values()].filter(({ code }) => code === 'Pause').length;

test('what is refused stands there with its reason', async () => {
  await ask(`mutation { ${CANCEL} }`);
  expect(await newest()).toMatchObject({
    tool: 'graphql',
    end: { outcome: 'refused', refusal: expect.stringMatching(/\w+ \w+/) as string },
  });
});

test('where the record cannot be written nothing is done, and the caller is told', async () => {
  const { agentRecord } = api.opened.capabilities;
  const begin = agentRecord.begin.bind(agentRecord);
  Object.assign(agentRecord, { begin: () => Promise.reject(new Error('no disk')) });
  try {
    expect(await ask(`mutation { ${PAUSE} }`)).toContain('Nothing was done');
  } finally {
    Object.assign(agentRecord, { begin });
  }
  expect(pauses()).toBe(0);
  expect(api.failures.splice(0)).toHaveLength(1);
});

test('of two the first is done and the second refused: the record does not say that nothing was done', async () => {
  await ask(`mutation { ${PAUSE} ${CANCEL} }`);
  expect(pauses()).toBe(1);
  expect(await newest()).toMatchObject({ end: { outcome: 'failed' } });
});

test('over a socket, too', async () => {
  const before = (await newest())?.id;
  const client = createClient({
    url: `${api.server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { apiKey: key.secret },
    retryAttempts: 0,
  });
  for await (const answer of client.iterate({ query: '{ overview { seq } }' })) expect(answer.errors).toBeUndefined();
  await client.dispose();
  const call = await newest();
  expect(call?.id).not.toBe(before);
  expect(call).toMatchObject({ tool: 'graphql', end: { outcome: 'answered' } });
});
