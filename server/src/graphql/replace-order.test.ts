import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../engine/test/session-world.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, PLACE_ORDER, ticket } from './test/trading-day.ts';

const REPLACE = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field } ... on OrderPayload { order { id state quantity limitPrice } } } }`;

withTestDatabases('replaceOrder', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
    api.world.broker.openSession(api.world.broker.now);
  });
  afterAll(() => api.close());

  /** An order that rests at the venue while its market is open. */
  const resting = async (key: string): Promise<string> => {
    const placed = await ask(api, PLACE_ORDER, ticket(key, { type: 'LIMIT', limitPrice: '50', timeInForce: 'GTC' }));
    const { id } = placed['order'] as { id: string };
    await eventually(() => expect(api.world.session.state().orders.get(id)?.state).toBe('working'));
    return id;
  };
  const replace = (id: string, idempotencyKey: string, change: Record<string, unknown>) =>
    ask(api, REPLACE, { input: { id, idempotencyKey, ...change } });

  test('puts an order of another price in its place, once under one key', async () => {
    const id = await resting('first');
    const answers = [await replace(id, 'r1', { limitPrice: '51' }), await replace(id, 'r1', { limitPrice: '51' })];
    const ids = answers.map((answer) => (answer['order'] as { id: string }).id);
    expect(answers[0]).toMatchObject({ __typename: 'OrderPayload', order: { limitPrice: '51' } });
    expect(new Set(ids)).toEqual(new Set([ids[0]]));
    expect(ids[0]).not.toBe(id);
    await quiet(api.world);
    const { orders } = api.world.session.state();
    expect([orders.get(id)?.state, orders.get(ids[0] ?? '')?.state]).toEqual(['replaced', 'working']);
    expect(api.world.broker.core.account('core').open.size).toBe(1);
    const linked = '($id: ID!) { order(id: $id) { id replaces replacedBy } }';
    expect(await ask(api, `query ${linked}`, { id })).toEqual({ id, replaces: null, replacedBy: ids[0] });
    expect(await ask(api, `query ${linked}`, { id: ids[0] })).toEqual({ id: ids[0], replaces: id, replacedBy: null });
    expect(await replace(id, 'r1', { limitPrice: '52' })).toMatchObject({ __typename: 'ConflictError' });
    expect(await replace(id, 'r2', { limitPrice: '52' })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('replaced') as string,
    });
  });

  test.each([
    ['a price that the type has not', { stopPrice: '40' }, { __typename: 'InvalidInputError', field: 'stopPrice' }],
    ['a quantity of zero', { quantity: '0' }, { __typename: 'InvalidInputError', field: 'quantity' }],
    ['an empty key', { idempotencyKey: '' }, { __typename: 'InvalidInputError', field: 'idempotencyKey' }],
  ])('refuses %s, and sends nothing', async (name, change, expected) => {
    const id = await resting(`for ${name}`.replaceAll(' ', '-'));
    expect(await replace(id, 'bad', { limitPrice: '51', ...change })).toMatchObject(expected);
    expect(api.world.session.state().orders.get(id)?.state).toBe('working');
  });

  test('an order that is not there', async () => {
    expect(await replace('nothing', 'r3', { limitPrice: '51' })).toMatchObject({ __typename: 'NotFoundError' });
  });
});
