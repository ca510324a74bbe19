import { randomUUID } from 'node:crypto';
import { eventually } from './product.ts';
import type { Api } from './product.ts';

const STRATEGIES = '{ strategies(first: 50) { edges { node { id name state } } } }';
const DISABLE =
  'mutation ($id: ID!) { disableStrategy(id: $id, reason: "others are to hold still") { __typename ... on Error { message } } }';

const RUNNING: ReadonlySet<string> = new Set(['PAPER', 'LIVE']);

/** Nobody else trades any more: what runs waits. */
export async function disableStrategies(api: Api): Promise<void> {
  const { strategies } = await api.query<{ strategies: { edges: { node: { id: string; name: string; state: string } }[] } }>(STRATEGIES);
  for (const { node } of strategies.edges) {
    if (!RUNNING.has(node.state)) continue;
    const { disableStrategy } = await api.query<{ disableStrategy: { __typename: string; message?: string } }>(DISABLE, { id: node.id });
    if (disableStrategy.__typename !== 'StrategyPayload') throw new Error(`${node.name} goes on: ${disableStrategy.message ?? ''}`);
  }
}

/** An order of the owner's, with these fields of it: for the first minutes of a session the gate lets no entry through, and is asked again. */
export async function placed<T extends object>(api: Api, input: Readonly<Record<string, string>>, fields: string): Promise<T> {
  const document = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on OrderPayload { order { ${fields} } } } }`;
  return await eventually('an order that the gate lets through', async () => {
    const { placeOrder } = await api.query<{ placeOrder: { order?: T } }>(document, { input: { ...input, idempotencyKey: randomUUID() } });
    return placeOrder.order;
  });
}

const HELD = '{ positions(first: 50) { edges { node { symbol quantity mark } } } }';
const FILLED_MS = 90_000;

/** Units of the owner's own, bought at the market: until the account holds so many, and what they are worth is known. */
export async function bought(api: Api, symbol: string, quantity: string): Promise<{ readonly mark: string }> {
  await placed(api, { symbol, side: 'BUY', type: 'MARKET', quantity, timeInForce: 'DAY' }, 'id');
  return await eventually(
    `${quantity} ${symbol}`,
    async () => {
      const { positions } = await api.query<{
        positions: { edges: { node: { symbol: string; quantity: string; mark: string | null } }[] };
      }>(HELD);
      const held = positions.edges.find(({ node }) => node.symbol === symbol && node.quantity === quantity)?.node;
      return held === undefined || held.mark === null ? undefined : { mark: held.mark };
    },
    FILLED_MS,
  );
}
