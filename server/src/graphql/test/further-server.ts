import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import type { Client, SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createServer } from '../../platform/http.ts';
import type { ServerOptions } from '../../platform/http.ts';
import { DOCUMENT_MANIFEST } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

/** Another server over the same engine, with settings of its own. */
export interface FurtherServer {
  readonly url: string;
  /** The headers of the owner's key, and of a new session of the owner. */
  readonly byKey: Readonly<Record<string, string>>;
  session(): Promise<Readonly<Record<string, string>>>;
  /** Sends a body as it is. */
  send(body: unknown, headers: Readonly<Record<string, string>>): Promise<Response>;
  /** An open socket of whoever these headers are. */
  socket(headers: Readonly<Record<string, string>>): Client;
  close(): Promise<void>;
}

/** What a client of ours sends over a socket; an id comes with an empty text. */
export type Sent = SubscribePayload & { readonly documentId?: string };

export async function openFurtherServer(
  api: ApiWorld,
  operations?: ServerOptions['operations'],
  commandDocuments: readonly string[] = [],
): Promise<FurtherServer> {
  const { capabilities, accounts, reports } = api.opened;
  const server = await createServer({
    capabilities,
    accounts,
    reports,
    webBuild: join(api.world.dir, 'web'),
    docsBuild: join(api.world.dir, 'docs'),
    documentManifest: DOCUMENT_MANIFEST,
    commandDocuments,
    operations,
    port: 0,
    report: (what, error) => void api.failures.push(`${what}: ${String(error)}`),
  });
  const { url } = server;
  const clients: Client[] = [];
  return {
    url,
    byKey: { authorization: `Bearer ${api.apiKey}` },
    session: async () => {
      const answer = await fetch(`${url}/login?token=${await api.loginToken()}`, { redirect: 'manual' });
      return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', origin: url };
    },
    send: (body, headers) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    socket: (headers) => {
      class Ours extends WebSocket {
        constructor(address: string, protocols: string | string[]) {
          super(address, protocols, { headers });
        }
      }
      const apiKey = headers['authorization']?.replace('Bearer ', '');
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: Ours,
        retryAttempts: 0,
        lazy: true,
        lazyCloseTimeout: 60_000,
        ...(apiKey === undefined ? {} : { connectionParams: { apiKey } }),
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) await client.dispose();
      await server.close();
    },
  };
}

interface Refusal {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The first message of an operation over a socket: its data, or the errors that it was refused with. */
export async function firstOver(client: Client, sent: Sent): Promise<{ readonly data?: unknown; readonly errors?: readonly Refusal[] }> {
  try {
    for await (const result of client.iterate(sent)) return result as { data?: unknown; errors?: readonly Refusal[] };
  } catch (error) {
    // An `error` message, which ends this operation and no other.
    if (Array.isArray(error)) return { errors: error as readonly Refusal[] };
    throw error;
  }
  throw new Error('the operation ended without a message');
}
