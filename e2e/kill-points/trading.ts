import { exchangeGet } from '../exchange-books.ts';
import type { Api } from '../product.ts';
import type { Ground, Life } from './life.ts';

/** The market moves one step: open, noon, close and so on. */
export async function stepMarket({ account }: Ground): Promise<void> {
  await post(account.url, '/sim/step', {});
}

export async function post(url: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

let key = 0;

interface Placed {
  readonly placeOrder: { readonly __typename: string; readonly order?: { readonly id: string } };
}

/** A person's order; its id where the gate lets it through. */
export async function place(api: Api, order: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  key += 1;
  const { placeOrder } = await api.query<Placed>(
    'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderPayload { order { id } } } }',
    { input: { idempotencyKey: `kill-${process.pid}-${key}`, symbol: 'SYNA', side: 'BUY', ...order } },
  );
  return placeOrder.order?.id;
}

const cancel = async (api: Api, id: string): Promise<unknown> =>
  api.query('mutation($id: ID!) { cancelOrder(id: $id) { __typename } }', { id });

/** Far below the market. */
const RESTING = { type: 'LIMIT', limitPrice: '10', timeInForce: 'GTC' } as const;

async function turn(api: Api, ground: Ground, round: number): Promise<void> {
  await stepMarket(ground);
  await pause(150);
  const quantity = String(1 + (round % 7));
  // Sold again at the next turn: the account does not fill up.
  await (round % 2 === 0
    ? place(api, { quantity })
    : place(api, { quantity: String(1 + ((round - 1) % 7)), side: 'SELL', reduceOnly: true }));
  const resting = await place(api, { ...RESTING, symbol: 'SYNB', quantity });
  await pause(60);
  if (resting !== undefined) await cancel(api, resting);
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const TURNS_MAX = 60;
const GONE_MS_MAX = 5_000;

/** Trades until the process is dead. Throws where it outlives all of it: its point was not reached. */
export async function tradeToDeath(life: Life, api: Api, ground: Ground): Promise<void> {
  for (let round = 0; round < TURNS_MAX; round += 1) {
    try {
      await turn(api, ground, round);
    } catch (error) {
      // Nobody answers any more, or answers only half. A busy machine may take a while to say that the process has ended.
      await Promise.race([life.ended, pause(GONE_MS_MAX)]);
      if (!life.isOver()) throw error;
    }
    if (life.isOver()) return;
  }
  throw new Error(`the point was not reached in ${TURNS_MAX} turns:\n${life.output().slice(-2_000)}`);
}

/** The symbols of the orders at rest that a kill switch finds. */
export const AT_REST = ['SYNB', 'SYND', 'SYNE'] as const;

/** The market is open, and our books show a position: what is to be closed can be closed at once. */
async function holdsInOpenMarket(api: Api, { account }: Ground): Promise<boolean> {
  const clock = await exchangeGet<{ readonly is_open: boolean }>(account, '/v2/clock');
  const { positions } = await api.query<{ positions: { readonly edges: readonly unknown[] } }>(
    '{ positions(first: 1) { edges { cursor } } }',
  );
  return clock.is_open && positions.edges.length > 0;
}

const ROUNDS_MAX = 16;

/**
 * Three orders at rest, and something held while the market is open: what a kill switch has to do with. The lives
 * before have left the market at any of its steps; after the close a kill switch would keep its exits for the open.
 */
export async function prepareForKill(api: Api, ground: Ground): Promise<void> {
  const resting = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await stepMarket(ground);
    await pause(300);
    await place(api, { quantity: String(2 + round) });
    for (const symbol of AT_REST) {
      if (resting.has(symbol)) continue;
      if ((await place(api, { ...RESTING, symbol, quantity: '3' })) !== undefined) resting.add(symbol);
    }
    await pause(300);
    if (resting.size === AT_REST.length && (await holdsInOpenMarket(api, ground))) return;
  }
  throw new Error(`after ${ROUNDS_MAX} steps ${[...resting].join(', ')} rest at the exchange, and nothing is held in an open market`);
}
