import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import { openApiWorld, quiet } from '../test/api-world.ts';
import type { ApiWorld } from '../test/api-world.ts';
import { countListeners } from '../test/counted-listeners.ts';
import { ask, PLACE_ORDER, ticket, tradeSomeDays } from '../test/trading-day.ts';

/** `TIDEMARK_SOAK_SECONDS=3600` makes it the hour's soak. */
const SECONDS = Number(process.env['TIDEMARK_SOAK_SECONDS'] ?? 30);
const CLIENTS = 20;
const SUBSCRIPTIONS = [
  'subscription { orders { __typename ... on OrderUpdate { cursor order { id state } } } }',
  'subscription ($after: Cursor!) { journal(after: $after) { ... on JournalUpdate { cursor entries { seq } } } }',
  'subscription { equity { ... on EquityUpdate { cursor overview { equity seq } point { seq } } } }',
  'subscription { controls { tradingState } }',
  'subscription { alerts { ... on AlertUpdate { cursor alert { id } } } }',
];

let api: ApiWorld;
beforeAll(async () => {
  // All of it is one key's: on a fast machine it would be refused as a program in a loop, which it is.
  const rates = { operationsPerSecond: 100_000, costPerMinute: 1e9 };
  api = await openApiWorld(openEmbeddedTestDatabase, {}, undefined, undefined, { documents: 'any', rates });
  await tradeSomeDays(api);
});
afterAll(() => api.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is left once nobody can reach the rest, in bytes; the least of a few looks, as the engine goes on meanwhile. */
async function heapBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 4; look += 1) {
    collectGarbage();
    await sleep(50);
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** Clients come, hear, and go: by ending each subscription, by closing, or by vanishing. */
async function round(number: number): Promise<number> {
  let heard = 0;
  const opened: WebSocket[] = [];
  class Noted extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      opened.push(this);
    }
  }
  const url = `${api.server.url.replace('http', 'ws')}/graphql`;
  const clients: Client[] = Array.from({ length: CLIENTS }, () =>
    createClient({ url, webSocketImpl: Noted, connectionParams: { apiKey: api.apiKey }, retryAttempts: 0 }),
  );
  const after = String(api.world.journal.head().seq - 5);
  const stops = clients.flatMap((client) =>
    SUBSCRIPTIONS.map((query) =>
      client.subscribe(
        { query, variables: query.includes('$after') ? { after } : {} },
        { next: () => (heard += 1), error: () => undefined, complete: () => undefined },
      ),
    ),
  );
  await ask(api, PLACE_ORDER, ticket(`soak-${number}`));
  await quiet(api.world);
  await vi.waitFor(() => expect(heard).toBeGreaterThanOrEqual(CLIENTS * 3), { timeout: 20_000 });
  if (number % 3 === 0) for (const stop of stops) stop();
  if (number % 3 === 1) for (const socket of opened) socket.terminate();
  // A client whose socket has vanished has nothing to dispose of, and says so.
  else for (const client of clients) await client.dispose();
  await vi.waitFor(() => expect(api.server.socketCount()).toBe(0), { timeout: 20_000 });
  return heard;
}

test(
  'clients that come and go for long leave no memory, listener or handle behind',
  async () => {
    const listeners = countListeners(api);
    // What is loaded and compiled once.
    for (let warm = 0; warm < 5; warm += 1) await round(warm);
    const [heapBefore, socketsBefore] = [await heapBytes(), sockets()];
    const until = performance.now() + SECONDS * 1_000;
    let rounds = 0;
    for (let number = 5; performance.now() < until; number += 1) {
      await round(number);
      rounds += 1;
    }
    await vi.waitFor(() => expect(listeners.now()).toBe(0), { timeout: 20_000 });
    const grown = (await heapBytes()) - heapBefore;
    expect(sockets()).toBeLessThanOrEqual(socketsBefore + 2);
    // Orders and journal entries of the engine stay by right, some kilobytes a round; a hundred subscriptions left behind would be megabytes.
    expect(grown).toBeLessThan(10 * 2 ** 20 + rounds * 64 * 1024);
    expect(api.failures).toEqual([]);
  },
  SECONDS * 1_000 + 300_000,
);
