import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeOrders } from './exchange-books.ts';
import { booksEqual, freshGround, healthy } from './kill-points/ground.ts';
import type { Store } from './kill-points/ground.ts';
import { begin } from './kill-points/life.ts';
import type { Ground } from './kill-points/life.ts';
import { pointNamed } from './kill-points/points.ts';
import { stepMarket } from './kill-points/trading.ts';
import { eventually, start, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

/** Places between a person's approval and the answer to the order that it lets go. */
const POINTS: Readonly<Record<Store, readonly string[]>> = {
  embedded: [
    'the frame of an order is not yet written',
    'the frame of an order is written, and not on the disk',
    'the frame of an order is on the disk, and not acknowledged',
    'an order is on record, and not yet sent',
    'an order is leaving',
    'an order is taken, and its answer not yet read',
  ],
  postgres: [
    'the row of an order is not yet inserted',
    'the row of an order and its tables are written, and not committed',
    'the row of an order is committed, and not acknowledged',
    'an order is on record, and not yet sent',
    'an order is leaving',
    'an order is taken, and its answer not yet read',
  ],
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exchange: Running;
beforeAll(async () => {
  folder = await temporaryFolder();
  exchange = await start(['exchange', '--port', '0', '--speed', '0', '--from', '2016-01-04']);
});
afterAll(async () => {
  await exchange.stop('SIGTERM');
  await folder.remove();
});

interface Recommendation {
  readonly id: string;
  readonly state: string;
  readonly hash: string;
  readonly policyVersion: string;
}

type Member<T> = T & { readonly __typename: string; readonly message?: string };

/** The secret of a new agent's key. */
async function agentKey(api: Api): Promise<string> {
  const { createApiKey } = await api.query<{ createApiKey: { secret: string } }>(
    'mutation { createApiKey(name: "Ideas", kind: AGENT, role: TRADER, scopes: [PROPOSE]) { ... on ApiKeyPayload { secret } } }',
  );
  return createApiKey.secret;
}

let proposals = 0;

/** An agent's proposal that the gate takes while the market is open; its id. */
async function propose(origin: string, secret: string, ground: Ground, order: Readonly<Record<string, unknown>>): Promise<string> {
  return await eventually(
    'a proposal',
    async () => {
      await stepMarket(ground);
      proposals += 1;
      const input = { idempotencyKey: `idea-${proposals}`, symbol: 'SYNA', side: 'BUY', quantity: '3', ...order };
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: JSON.stringify({
          query:
            'mutation ($input: ProposeOrderInput!) { proposeOrder(input: $input) { __typename ... on RecommendationPayload { recommendation { id state } } ... on Error { message } } }',
          variables: { input: { ...input, explanation: 'It gained in tests.', expiresInMinutes: 1_440 } },
        }),
      });
      const { data, errors } = (await response.json()) as {
        data?: { proposeOrder: Member<{ recommendation?: Recommendation }> };
        errors?: unknown;
      };
      const made = data?.proposeOrder.recommendation;
      if (made?.state !== 'WAITING') throw new Error(JSON.stringify(errors ?? data));
      return made.id;
    },
    60_000,
  );
}

const recommended = async (api: Api, id: string): Promise<Recommendation> => {
  const { recommendation } = await api.query<{ recommendation: Recommendation }>(
    'query ($id: ID!) { recommendation(id: $id) { id state hash policyVersion } }',
    { id },
  );
  return recommendation;
};

const approve = async (api: Api, { id, hash, policyVersion }: Recommendation): Promise<Member<unknown>> => {
  const { approveRecommendation } = await api.query<{ approveRecommendation: Member<unknown> }>(
    'mutation ($id: ID!, $hash: String, $policyVersion: String) { approveRecommendation(id: $id, hash: $hash, policyVersion: $policyVersion) { __typename ... on Error { message } } }',
    { id, hash, policyVersion },
  );
  return approveRecommendation;
};

const LEFT_OPEN = new Set(['INTENT', 'APPROVED', 'UNKNOWN']);

/** What has become of the order once nothing of it is in doubt; `undefined` where there is none. */
const settledOrder = async (api: Api, id: string): Promise<string | undefined> => {
  const { order } = await api.query<{ order: { state: string } | null }>('query ($id: ID!) { order(id: $id) { state } }', { id });
  if (order !== null && LEFT_OPEN.has(order.state)) throw new Error(`the order is ${order.state}`);
  return order?.state;
};

const timesThere = async (ground: Ground, id: string): Promise<number> =>
  (await exchangeOrders(ground.account)).filter((order) => order.client_order_id === id).length;

describe.each(['embedded', 'postgres'] as const)('kill -9 while an approval lets an order go (%s)', (store) => {
  let ground: Awaited<ReturnType<typeof freshGround>>;
  beforeAll(async () => {
    ground = await freshGround({ folder: folder.path, exchangeUrl: exchange.url }, store, 'release');
  });
  afterAll(() => ground.leave());

  test.each(
    POINTS[store].flatMap((name) => [
      { name, order: {}, kind: 'alone' },
      { name, order: { protectiveStop: '1' }, kind: 'with a stop behind it' },
    ]),
  )(
    '$name ($kind): it is released once or not at all',
    async ({ name, order }) => {
      const first = await begin(ground, pointNamed(name));
      let id: string;
      try {
        const api = await healthy(first, ground);
        const origin = new URL((await first.ready) ?? '').origin;
        id = await propose(origin, await agentKey(api), ground, order);
        const shown = await recommended(api, id);
        await first.arm();
        // The server dies under the request.
        await Promise.allSettled([approve(api, shown)]);
        expect(await Promise.race([first.ended, new Promise((resolve) => setTimeout(resolve, 60_000, first.output()))])).toBe('SIGKILL');
      } finally {
        first.signal('SIGKILL');
        await first.ended;
      }
      const second = await begin(ground);
      try {
        const api = await healthy(second, ground);
        const found = await recommended(api, id);
        await eventually('the order is not in doubt', async () => ({ order: await settledOrder(api, id) }), 90_000);
        const there = await timesThere(ground, id);
        expect(there).toBeLessThanOrEqual(1);
        // Said once more: what was let go is not let go again, and what was not goes now.
        const answer = await approve(api, found);
        if (found.state === 'WAITING') {
          expect(there).toBe(0);
          expect(answer.__typename).toMatch(/^(RecommendationPayload|OrderDeniedError)$/);
        } else {
          expect(found.state).toBe('APPROVED');
          expect(answer.__typename).toBe('ConflictError');
        }
        await eventually('nothing is in doubt', async () => ({ order: await settledOrder(api, id) }), 90_000);
        expect(await timesThere(ground, id)).toBeLessThanOrEqual(1);
        await booksEqual(api, ground);
      } finally {
        second.signal('SIGTERM');
        await second.ended;
      }
    },
    400_000,
  );
});
