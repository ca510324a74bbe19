import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY, tradeSomeDays } from './test/trading-day.ts';

const PARITY = `query ($id: ID!, $from: DateTime, $to: DateTime) { strategyParity(id: $id, from: $from, to: $to) {
  strategyId version from to bars equal unexplained barsTested slippageBps
  decisions { barAt equal live backtest sameHolding }
  executions { barAt symbol side slippageBps live { quantity price fees fills at } backtest { quantity price } } } }`;

interface Parity {
  readonly from: string;
  readonly to: string;
  readonly bars: number;
  readonly equal: number;
  readonly unexplained: number;
  readonly barsTested: number;
  readonly slippageBps: number | null;
  readonly decisions: readonly { barAt: string; equal: boolean; live: string; backtest: string; sameHolding: boolean }[];
  readonly executions: readonly {
    barAt: string;
    side: string;
    slippageBps: number | null;
    live: { quantity: string; price: string } | null;
    backtest: { quantity: number; price: number } | null;
  }[];
}

withTestDatabases('a strategy beside its backtest', (openDatabase) => {
  let api: ApiWorld;
  let id = '';
  const parity = async (variables: Record<string, unknown> = {}): Promise<Parity> => {
    const { data, errors } = await api.post(PARITY, { id, ...variables });
    if (errors !== undefined) throw new Error(`${JSON.stringify(errors)} ${api.failures.join('; ')}`);
    return data?.['strategyParity'] as Parity;
  };

  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    id = await tradeSomeDays(api);
    await quiet(api.world);
  });
  afterAll(() => api.close());

  test('decides as the backtest does, at every bar, and fills at its prices where the market did', async () => {
    const found = await parity();
    expect(found.bars).toBe(9);
    expect(found.equal).toBe(9);
    expect(found.unexplained).toBe(0);
    expect(found.barsTested).toBe(9);
    expect(found.decisions.length).toBeGreaterThan(1);
    for (const { equal, sameHolding, live, backtest } of found.decisions) {
      expect({ equal, sameHolding }).toEqual({ equal: true, sameHolding: true });
      expect(live).toBe(backtest);
      expect(live).toMatch(/^ALDR → -?\d/);
    }
    expect(found.executions.length).toBeGreaterThan(1);
    for (const { live, backtest, slippageBps } of found.executions) {
      expect(Number(live?.quantity)).toBe(backtest?.quantity);
      expect(Number(live?.price)).toBe(backtest?.price);
      expect(slippageBps).toBe(0);
    }
    expect(found.slippageBps).toBe(0);
  });

  test('of a part of it, and a part without bars', async () => {
    const whole = await parity();
    const part = await parity({ from: whole.decisions[1]?.barAt });
    expect(part.bars).toBeLessThan(whole.bars);
    expect(part.from).toBe(whole.decisions[1]?.barAt);
    expect(part.equal).toBe(part.bars);
    const none = await parity({ from: '2030-01-01T00:00:00Z' });
    expect(none).toMatchObject({ bars: 0, from: null, to: null, decisions: [], executions: [], slippageBps: null });
    const { errors } = await api.post(PARITY, { id, from: '2024-03-05T00:00:00Z', to: '2024-03-04T00:00:00Z' });
    expect(errors?.[0]?.message).toMatch(/to, 2024-03-04T00:00:00.*, is before from, 2024-03-05/);
  });

  test('goes on as it trades, and begins anew where it is configured anew', async () => {
    const before = await parity();
    await api.world.day(99, 108);
    expect((await parity()).bars).toBe(before.bars + 1);
    for (const change of [
      'disableStrategy(id: $id, reason: "a smaller size")',
      'configureStrategy(input: { id: $id, size: "units:5" })',
      'enableStrategy(id: $id)',
    ]) {
      const answer = await ask(api, `mutation ($id: ID!) { ${change} { __typename ... on Error { message } } }`, { id });
      expect(answer).toEqual({ __typename: 'StrategyPayload' });
    }
    await quiet(api.world);
    await api.world.day(108, 90);
    await api.world.day(90, 95);
    const anew = await parity();
    expect(anew.bars).toBe(2);
    // The backtest goes through the bars that the module was fed before, too.
    expect(anew.barsTested).toBe(before.bars + 3);
    expect(anew.unexplained).toBe(0);
  });

  test('of nobody, and of one that was never asked, there is none', async () => {
    const created = await ask(api, CREATE_STRATEGY, {
      input: { name: 'Idle', template: 'sma-crossover', symbols: ['ALDR'], size: 'units:1' },
    });
    for (const unknown of ['nobody', (created['strategy'] as { id: string }).id])
      expect((await api.post(PARITY, { id: unknown })).data).toEqual({ strategyParity: null });
  });
});
