import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY } from './test/trading-day.ts';

const CONFIGURE =
  'mutation ($input: ConfigureStrategyInput!) { configureStrategy(input: $input) { __typename ... on StrategyPayload { strategy { size } } } }';
const CONFIGURATIONS =
  'query ($id: ID!, $first: Int! = 20) { strategyConfigurations(id: $id, first: $first) { seq by size parameters { name value } } }';

withTestDatabases('strategyConfigurations', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    await api.world.day(100, 100);
  });
  afterAll(() => api.close());

  test('are all that a strategy was given, the newest first, as soon as it was given', async () => {
    const input = { template: 'sma-crossover', name: 'Turtle', symbols: ['ALDR'], parameters: [{ name: 'fast', value: '5' }] };
    const created = await ask(api, CREATE_STRATEGY, { input });
    const { id } = created['strategy'] as { id: string };
    await ask(api, CREATE_STRATEGY, { input: { ...input, name: 'Another' } });
    await ask(api, CONFIGURE, { input: { id, parameters: [{ name: 'fast', value: '6' }], size: 'units:7' } });
    const { data } = await api.post(CONFIGURATIONS, { id });
    const fast = (value: string): unknown => expect.arrayContaining([{ name: 'fast', value }]);
    expect(data?.['strategyConfigurations']).toMatchObject([
      { by: expect.stringMatching(/^user:/) as string, size: 'units:7', parameters: fast('6') },
      { size: 'equity:0.08', parameters: fast('5') },
    ]);
    expect((await api.post(CONFIGURATIONS, { id, first: 1 })).data?.['strategyConfigurations']).toHaveLength(1);
    expect((await api.post(CONFIGURATIONS, { id: 'nobody' })).data).toEqual({ strategyConfigurations: [] });
    expect((await api.post(CONFIGURATIONS, { id, first: 0 })).errors?.[0]?.message).toBe('first must be 1 to 100, got 0');
  });
});
