import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DOCUMENT_MANIFEST, openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { firstOver, openFurtherServer } from '../../graphql/test/further-server.ts';
import type { FurtherServer, Sent } from '../../graphql/test/further-server.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createGraphql } from './graphql-endpoint.ts';
import { OPERATION_DEFAULTS, operationRules } from './graphql-operations.ts';
import { readTrustedDocuments, trustedDocuments } from './trusted-documents.ts';
import { openSockets } from './websocket.ts';

const manifest = JSON.parse(await readFile(DOCUMENT_MANIFEST, 'utf8')) as Readonly<Record<string, string>>;
const idOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const named = (operation: string): { readonly id: string; readonly text: string } => {
  const [id, text] = Object.entries(manifest).find(([, each]) => each.startsWith(`${operation} {`)) ?? [];
  if (id === undefined || text === undefined) throw new Error(`no ${operation} among the trusted documents`);
  return { id, text };
};
const LIMITS = named('query Limits');
const CONTROLS = named('subscription ControlsLive');
const UNKNOWN = idOf('query Older { viewer { name } }');
const FREE = '{ viewer { name } }';

let api: ApiWorld;
let free: FurtherServer;
let trusting: FurtherServer;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  free = await openFurtherServer(api);
  trusting = await openFurtherServer(api, { ...OPERATION_DEFAULTS, documents: 'trusted' });
});
afterAll(async () => {
  await free.close();
  await trusting.close();
  await api.close();
});

type Who = 'key' | 'session';
const headersOf = (server: FurtherServer, who: Who): Promise<Readonly<Record<string, string>>> =>
  who === 'key' ? Promise.resolve(server.byKey) : server.session();

interface Said {
  readonly status: number | undefined;
  readonly code: unknown;
  /** What an error carries beside its code. */
  readonly more: object;
  readonly data: unknown;
  readonly message: string | undefined;
}
interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}
const said = ({ data, errors }: Body, status?: number): Said => {
  const { code, ...more } = errors?.[0]?.extensions ?? {};
  return { status, code, more, data, message: errors?.[0]?.message };
};

/** The ways in which an operation comes. */
const WAYS: Readonly<Record<string, (server: FurtherServer, who: Who, sent: Partial<Sent>) => Promise<Said>>> = {
  POST: async (server, who, sent) => {
    const answer = await server.send(sent, await headersOf(server, who));
    return said((await answer.json()) as Body, answer.status);
  },
  events: async (server, who, sent) => {
    const answer = await server.send(sent, { ...(await headersOf(server, who)), accept: 'text/event-stream' });
    for await (const chunk of answer.body ?? []) {
      const data = /^data: (.+)$/m.exec(new TextDecoder().decode(chunk))?.[1];
      if (data !== undefined) return said(JSON.parse(data) as Body);
    }
    throw new Error('no event came');
  },
  socket: async (server, who, sent) => said(await firstOver(server.socket(await headersOf(server, who)), { query: '', ...sent })),
};

describe.each(Object.entries(WAYS))('by %s', (way, ask) => {
  test.each(['key', 'session'] as const)('an id is answered as its text is, of a %s', async (who) => {
    const byId = await ask(free, who, { documentId: LIMITS.id });
    expect(byId.data).toMatchObject({ limits: expect.arrayContaining([expect.objectContaining({ name: 'orderRiskRatioMax' })]) });
    expect(byId).toEqual(await ask(free, who, { query: LIMITS.text }));
  });

  test.each([
    ['an id of another version', { documentId: UNKNOWN }, 'UNKNOWN_DOCUMENT', 404, /another version than the server. Load the page again/],
    ['an id that is none', { documentId: '__proto__' }, 'UNKNOWN_DOCUMENT', 404, /another version/],
    ['an id and a text', { documentId: LIMITS.id, query: FREE }, 'BAD_REQUEST', 400, /not both/],
    ['an id that is no text', { documentId: 7 as unknown as string }, 'BAD_REQUEST', 400, /documentId is the text/],
  ])('%s is refused in words', async (_name, sent, code, status, words) => {
    const answer = await ask(free, 'session', sent);
    expect([answer.code, answer.more, answer.data]).toEqual([code, {}, undefined]);
    if (way === 'POST') expect(answer.status).toBe(status);
    expect(answer.message).toMatch(words);
  });

  test('where people ask for trusted documents alone, their free one is refused, and a key’s is not', async () => {
    const refused = await ask(trusting, 'session', { query: FREE });
    expect([refused.code, refused.more, refused.data]).toEqual(['UNTRUSTED_DOCUMENT', {}, undefined]);
    if (way === 'POST') expect(refused.status).toBe(403);
    expect(refused.message).toMatch(/Ask with an API key/);
    expect((await ask(trusting, 'key', { query: FREE })).data).toEqual({ viewer: { name: 'test program' } });
    expect((await ask(free, 'session', { query: FREE })).data).toEqual({ viewer: { name: 'owner' } });
  });

  test('and a trusted one is taken by its id, and as its very text', async () => {
    expect((await ask(trusting, 'session', { documentId: LIMITS.id })).code).toBeUndefined();
    expect((await ask(trusting, 'session', { query: LIMITS.text })).code).toBeUndefined();
    expect((await ask(trusting, 'session', { query: `${LIMITS.text} ` })).code).toBe('UNTRUSTED_DOCUMENT');
  });
});

test.each(['events', 'socket'] as const)('a subscription comes by its id, by %s', async (way) => {
  expect((await WAYS[way]?.(free, 'session', { documentId: CONTROLS.id }))?.data).toMatchObject({ controls: { tradingState: 'ACTIVE' } });
});

test('limits hold for a trusted document too', async () => {
  const { id } = Object.entries(manifest)
    .map(([each, text]) => ({ id: each, text }))
    .find(({ text }) => text.includes('$first: Int') && text.includes('edges')) ?? { id: '' };
  for (const ask of [WAYS['POST'], WAYS['socket']]) {
    const answer = await ask?.(free, 'session', { documentId: id, variables: { first: 1_000_000 } });
    expect(answer?.code).toBe('QUERY_TOO_LARGE');
  }
});

test('operations by GET stay refused, by an id too', async () => {
  const answer = await fetch(`${free.url}/graphql?documentId=${encodeURIComponent(LIMITS.id)}`, { headers: free.byKey });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a socket on which an id is refused stays open for what else it asks', async () => {
  const client = free.socket(await free.session());
  const controls = client.iterate({ query: '', documentId: CONTROLS.id } as Sent);
  expect((await controls.next()).done).toBe(false);
  expect((await firstOver(client, { query: '', documentId: UNKNOWN })).errors?.[0]?.extensions['code']).toBe('UNKNOWN_DOCUMENT');
  expect((await firstOver(client, { query: '', documentId: LIMITS.id })).data).toBeDefined();
  await controls.return?.();
});

test('a subscription by its id and one by its text are one execution', async () => {
  const rules = operationRules({ trusted: trustedDocuments(manifest), onRefused: () => undefined });
  const graphql = createGraphql(api.opened.capabilities, (what) => void api.failures.push(what), rules);
  let executions = 0;
  const counted = Object.assign((...args: Parameters<typeof graphql>) => graphql(...args), graphql, {
    getEnveloped: (context: Parameters<typeof graphql.getEnveloped>[0]) => {
      const enveloped = graphql.getEnveloped(context);
      return {
        ...enveloped,
        subscribe: (args: Parameters<typeof enveloped.subscribe>[0]) => ((executions += 1), enveloped.subscribe(args)),
      };
    },
  }) as typeof graphql;
  const admission = { accounts: api.opened.accounts, isOurPage: () => true };
  const sockets = openSockets({ graphql: counted, rules }, admission, (what) => void api.failures.push(what));
  const server = createServer().on('upgrade', (...upgrade) => sockets.upgrade(...upgrade));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { apiKey: api.apiKey },
    lazyCloseTimeout: 60_000,
  });
  const seen = { id: 0, text: 0, other: 0 };
  const listen = (name: keyof typeof seen, sent: Sent): (() => void) =>
    client.subscribe(sent, { next: () => (seen[name] += 1), error: (error) => expect.fail(String(error)), complete: () => undefined });
  const stops = [listen('id', { query: '', documentId: CONTROLS.id }), listen('text', { query: CONTROLS.text })];
  await vi.waitFor(() => expect([seen.id, seen.text]).toEqual([1, 1]));
  expect(executions).toBe(1);
  stops.push(listen('other', { query: 'subscription { controls { tradingState } }' }));
  await vi.waitFor(() => expect(seen.other).toBe(1));
  expect(executions).toBe(2);
  for (const stop of stops) stop();
  await client.dispose();
  await sockets.close();
  await new Promise((resolve) => server.close(resolve));
});

describe('the file of trusted documents', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-documents-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (text: string): Promise<unknown> => {
    const path = join(folder, 'documents.json');
    await writeFile(path, text);
    return await readTrustedDocuments(path);
  };

  test.each([
    ['cut', JSON.stringify(manifest).slice(0, 200)],
    ['a list', '[]'],
    ['changed in one letter', JSON.stringify({ ...manifest, [LIMITS.id]: LIMITS.text.replace('name', 'nama') })],
    ['of something that is no text', JSON.stringify({ [LIMITS.id]: 7 })],
  ])('is not read where it is %s, and says what to do', async (_name, text) => {
    await expect(read(text)).rejects.toThrow(/run "node web\/build.ts"/);
  });

  test('must be there', async () => {
    await expect(readTrustedDocuments(join(folder, 'none.json'))).rejects.toThrow(/run "node web\/build.ts"/);
  });
});

test('nothing failed', () => expect(api.failures).toEqual([]));
