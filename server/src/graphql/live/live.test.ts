import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { withTestDatabases } from '../../platform/test-database.ts';
import { openApiWorld, quiet } from '../test/api-world.ts';
import type { ApiWorld } from '../test/api-world.ts';
import { countListeners } from '../test/counted-listeners.ts';
import { ask, PLACE_ORDER, ticket, tradeSomeDays } from '../test/trading-day.ts';

type Message = Record<string, unknown> & { readonly __typename: string; readonly cursor?: string };
const clients: Client[] = [];

function connect(api: ApiWorld): Client {
  const client = createClient({
    url: `${api.server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { apiKey: api.apiKey },
    retryAttempts: 0,
  });
  clients.push(client);
  return client;
}

/** Subscribes and gathers what comes; `until` resolves at the first moment that it holds. */
function listen(client: Client, query: string) {
  const messages: Message[] = [];
  const problems: unknown[] = [];
  let ended = false;
  const stop = client.subscribe<Record<string, Message>>(
    { query },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined) problems.push(...errors);
        const [message] = Object.values(data ?? {});
        if (message !== undefined && message !== null) messages.push(message);
      },
      error: (error) => problems.push(error),
      complete: () => (ended = true),
    },
  );
  return {
    messages,
    problems,
    stop,
    ended: () => ended,
    until: (holds: () => boolean) =>
      vi.waitFor(
        () => {
          if (problems.length > 0) throw new Error(JSON.stringify(problems));
          if (!holds()) throw new Error(`${messages.length} messages so far`);
        },
        { timeout: 10_000, interval: 10 },
      ),
  };
}

const ORDERS = (after?: string): string =>
  `subscription { orders${after === undefined ? '' : `(after: "${after}")`} { __typename ... on Resync { reason cursor } ... on OrderUpdate { cursor order { id state filledQuantity fills { executionId } } } } }`;
const JOURNAL = (after: string): string =>
  `subscription { journal(after: "${after}") { __typename ... on Resync { cursor } ... on JournalUpdate { cursor entries { seq hash previousHash } } } }`;

withTestDatabases('live', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await tradeSomeDays(api);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });
  afterAll(() => api.close());

  const orderFacts = async (after: number): Promise<number[]> =>
    (await api.world.journal.read(after, 100_000))
      .filter(({ type, kind }) => type === 'fact' && kind === 'OrderChanged')
      .map(({ seq }) => seq);

  describe('facts', () => {
    test('from the start: every change of every order once and in order, then what is new', async () => {
      const live = listen(connect(api), ORDERS('0'));
      await ask(api, PLACE_ORDER, ticket('facts-1'));
      await quiet(api.world);
      const expected = await orderFacts(0);
      await live.until(() => live.messages.length >= expected.length);
      expect(live.messages.map(({ cursor }) => Number(cursor))).toEqual(expected);
    });

    test('cut anywhere and resumed by its cursor, nothing is missed and nothing comes twice', async () => {
      const all = await orderFacts(0);
      const client = connect(api);
      for (const cut of all.slice(0, 6)) {
        const live = listen(client, ORDERS(String(cut)));
        const expected = all.filter((seq) => seq > cut);
        await live.until(() => live.messages.length >= expected.length);
        expect(live.messages.map(({ cursor }) => Number(cursor))).toEqual(expected);
        live.stop();
      }
    });

    test('without a cursor only what is new', async () => {
      const before = api.world.journal.head().seq;
      const live = listen(connect(api), ORDERS());
      await vi.waitFor(() => expect(api.server.socketCount()).toBeGreaterThan(0));
      const stillQuiet = listen(connect(api), 'subscription { controls { tradingState } }');
      await stillQuiet.until(() => stillQuiet.messages.length > 0);
      await ask(api, PLACE_ORDER, ticket('facts-2'));
      await quiet(api.world);
      const expected = await orderFacts(before);
      await live.until(() => live.messages.length >= expected.length);
      expect(live.messages.map(({ cursor }) => Number(cursor))).toEqual(expected);
    });

    test('the journal itself, from the start, is whole and chained', async () => {
      const live = listen(connect(api), JOURNAL('0'));
      const entries = () => live.messages.flatMap((message) => message['entries'] as { seq: number; hash: string; previousHash: string }[]);
      await live.until(() => entries().length >= api.world.journal.head().seq);
      const read = entries();
      expect(read.map(({ seq }) => seq)).toEqual(read.map((_, index) => index + 1));
      read.slice(1).forEach(({ previousHash }, index) => expect(previousHash).toBe(read[index]?.hash));
    });

    test('a cursor beyond the head gets a Resync and the end', async () => {
      for (const subscription of [
        ORDERS('999999'),
        JOURNAL('999999'),
        'subscription { equity(after: "999999") { __typename ... on Resync { cursor } } }',
      ]) {
        const before = api.world.journal.head().seq;
        const live = listen(connect(api), subscription);
        await live.until(() => live.ended());
        expect(live.messages).toEqual([expect.objectContaining({ __typename: 'Resync' })]);
        // The server's own work (marks, deadlines) may write an entry meanwhile.
        const cursor = Number(live.messages[0]?.['cursor']);
        expect(cursor).toBeGreaterThanOrEqual(before);
        expect(cursor).toBeLessThanOrEqual(api.world.journal.head().seq);
      }
    });

    test('alerts come when they are raised and when they are acknowledged', async () => {
      const live = listen(
        connect(api),
        `subscription { alerts(after: "${api.world.journal.head().seq}") { __typename ... on AlertUpdate { cursor alert { id code acknowledgedBy } } } }`,
      );
      await ask(api, 'mutation { engageKillSwitch(input: { action: FREEZE, reason: "a drill" }) { __typename } }');
      await live.until(() => live.messages.length > 0);
      const [first] = live.messages.map(({ alert }) => alert as { id: string });
      const id = first?.id;
      await ask(api, 'mutation { releaseKillSwitch(reason: "over again") { __typename } }');
      await ask(api, 'mutation ($id: ID!) { acknowledgeAlert(id: $id) { __typename } }', { id });
      await live.until(() =>
        live.messages.some(
          ({ alert }) =>
            (alert as { id: string; acknowledgedBy: string | null }).id === id &&
            (alert as { acknowledgedBy: string | null }).acknowledgedBy !== null,
        ),
      );
    });
  });

  describe('states', () => {
    test.each([
      ['equity', 'subscription { equity { __typename ... on EquityUpdate { cursor overview { equity seq } point { seq } } } }'],
      ['positions', 'subscription { positions { __typename ... on PositionsUpdate { cursor positions { symbol mark unrealizedPnl } } } }'],
      ['strategies', 'subscription { strategies { name totalPnl sparkline } }'],
      ['controls', 'subscription { controls { tradingState killPreview { cancels { id } flattens { symbol } } } }'],
      ['health', 'subscription { health { cursor health { state parts { name state detail } } } }'],
    ])('%s begins with a snapshot', async (_name, query) => {
      const live = listen(connect(api), query);
      await live.until(() => live.messages.length > 0);
    });

    test('controls tell which symbols may be opened as soon as that changes', async () => {
      const live = listen(connect(api), 'subscription { controls { restrictions { denied } } }');
      await live.until(() => live.messages.length > 0);
      const input = { list: 'DENIED', symbols: ['SYNF'], reason: 'its exchange is silent' };
      await ask(api, 'mutation ($input: RestrictSymbolsInput!) { restrictSymbols(input: $input) { __typename } }', { input });
      await live.until(() => live.messages.some(({ restrictions }) => (restrictions as { denied: string[] }).denied.includes('SYNF')));
    });

    test('a burst is conflated to the newest, and the curve grows by its bar', async () => {
      const live = listen(
        connect(api),
        'subscription { equity { __typename ... on EquityUpdate { cursor overview { seq equity } point { at equity } } } }',
      );
      await live.until(() => live.messages.length > 0);
      const before = api.world.journal.head().seq;
      await api.world.day(101, 103);
      const changes = api.world.journal.head().seq - before;
      await live.until(() => live.messages.some(({ point }) => point !== null));
      expect(live.messages.length).toBeLessThan(changes);
      const newest = live.messages.at(-1)?.['overview'] as { equity: string };
      expect(newest.equity).toBe(((await ask(api, '{ overview { equity } }')) as unknown as { equity: string }).equity);
    });
  });

  test('a run is followed to its end', async () => {
    const started = await ask(
      api,
      'mutation { runBacktest(input: { template: "rsi-reversion", symbol: "ALDR" }) { __typename ... on RunPayload { run { id } } } }',
    );
    const { id } = started['run'] as { id: string };
    const live = listen(connect(api), `subscription { runProgress(id: "${id}") { __typename state progress metrics { name } } }`);
    await live.until(() => live.ended());
    expect(live.messages.at(-1)).toMatchObject({ state: 'DONE', progress: 1 });
  });

  test('server-sent events carry the same facts, and end with the connection', async () => {
    const ending = new AbortController();
    const response = await fetch(`${api.server.url}/graphql`, {
      method: 'POST',
      signal: ending.signal,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${api.apiKey}` },
      body: JSON.stringify({ query: ORDERS('0') }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const expected = await orderFacts(0);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if ((text.match(/"cursor":"\d+"/g) ?? []).length >= expected.length) break;
    }
    ending.abort();
    expect([...text.matchAll(/"cursor":"(\d+)"/g)].map(([, seq]) => Number(seq))).toEqual(expected);
  });

  test('a thousand subscriptions that come and go leave no listener behind', async () => {
    const listeners = countListeners(api);
    try {
      for (let round = 0; round < 25; round += 1) {
        const client = connect(api);
        const lives = Array.from({ length: 40 }, (_, index) =>
          listen(client, index % 2 === 0 ? ORDERS('0') : 'subscription { controls { tradingState } }'),
        );
        await Promise.all(lives.map((live) => live.until(() => live.messages.length > 0)));
        if (round % 2 === 0) lives.forEach((live) => live.stop());
        await client.dispose();
      }
      await vi.waitFor(() => expect(listeners.now()).toBe(0), { timeout: 10_000 });
      // Whoever asks the same shares a listener, but for the time that it takes to bring each up to the others.
      expect(listeners.ever()).toBeGreaterThanOrEqual(50);
      expect(listeners.ever()).toBeLessThanOrEqual(1_025);
    } finally {
      listeners.restore();
    }
    expect(api.failures).toEqual([]);
  });

  test('whoever asks for much and is gone before it is heard leaves no listener behind', async () => {
    const listeners = countListeners(api);
    const init = JSON.stringify({ type: 'connection_init', payload: { apiKey: api.apiKey } });
    const asked = Array.from({ length: 40 }, (_, index) =>
      JSON.stringify({
        id: `${index}`,
        type: 'subscribe',
        payload: { query: index % 2 === 0 ? ORDERS() : 'subscription { controls { tradingState } }' },
      }),
    );
    try {
      for (let round = 0; round < 10; round += 1) {
        const socket = new WebSocket(`${api.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        await once(socket, 'open');
        socket.send(init);
        await once(socket, 'message');
        for (const message of asked) socket.send(message);
        // What was sent arrives; the close behind it, too.
        setImmediate(() => (round % 2 === 0 ? socket.terminate() : socket.close()));
        await once(socket, 'close');
        await vi.waitFor(() => expect(api.server.socketCount()).toBe(0), { timeout: 10_000 });
      }
      expect(listeners.ever()).toBeGreaterThan(0);
      await vi.waitFor(() => expect(listeners.now()).toBe(0), { timeout: 5_000 });
    } finally {
      listeners.restore();
    }
    expect(api.failures).toEqual([]);
  });
});
