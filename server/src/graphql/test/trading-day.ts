import type { ApiWorld } from './api-world.ts';
import { quiet } from './api-world.ts';

export const CREATE_STRATEGY = `mutation ($input: CreateStrategyInput!) { createStrategy(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field hint } ... on CompileFailedError { errors { file line column message } }
  ... on StrategyPayload { strategy { id name version template state parameters { name value } symbols timeframe allocation size source } } } }`;
export const PLACE_ORDER = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field hint } ... on OrderDeniedError { order { id } denials { code message limit actual unit } }
  ... on OrderPayload { order { id state symbol side type quantity filledQuantity limitPrice reason origin riskDecisionId } } } }`;
export const ENABLE_STRATEGY = `mutation ($id: ID!) { enableStrategy(id: $id) { __typename ... on Error { message } ... on StrategyPayload { strategy { id state } } } }`;

type Answered = Record<string, unknown> & { readonly __typename: string };

/** The one field's answer; throws where the operation failed. */
export async function ask(api: ApiWorld, query: string, variables?: Record<string, unknown>): Promise<Answered> {
  const { data, errors } = await api.post(query, variables);
  if (data === null || data === undefined || errors !== undefined) throw new Error(`${JSON.stringify(errors)} ${api.failures.join('; ')}`);
  const [answer] = Object.values(data);
  return answer as Answered;
}

export const ticket = (idempotencyKey: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  input: { idempotencyKey, symbol: 'ALDR', side: 'BUY', quantity: '10', ...change },
});

/** A strategy that trades within a few days. */
export const CROSSING = {
  name: 'Crossing',
  template: 'sma-crossover',
  parameters: [
    { name: 'fast', value: '2' },
    { name: 'slow', value: '3' },
  ],
  symbols: ['ALDR'],
  allocation: '0.5',
  size: 'units:10',
};

/** A strategy that trades, and a few days: something in every table. */
export async function tradeSomeDays(api: ApiWorld): Promise<string> {
  const created = await ask(api, CREATE_STRATEGY, {
    input: CROSSING,
  });
  const { id } = created['strategy'] as { id: string };
  await ask(api, ENABLE_STRATEGY, { id });
  await quiet(api.world);
  for (const [open, close] of [
    [100, 100],
    [100, 99],
    [99, 98],
    [98, 103],
    [103, 106],
    [106, 104],
    [104, 97],
    [97, 96],
    [96, 99],
  ] as const)
    await api.world.day(open, close);
  return id;
}
