import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld, quiet } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask, CREATE_STRATEGY, CROSSING, tradeSomeDays } from './test/trading-day.ts';

const BANDS = `query ($id: ID) { strategyBands(id: $id) { strategyId version timeframe reason from to capital bars gained run { id } place percentile
  scale returns stretches blockLength seed shares points { bar at gained levels } } }`;
const TOTAL = 'query ($id: ID!) { strategy(id: $id) { totalPnl } }';
const RUN =
  'mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { ... on RunPayload { run { id } } ... on Error { message } } }';

interface Banded {
  readonly strategyId: string;
  readonly reason: string | null;
  readonly capital: string | null;
  readonly bars: number;
  readonly gained: number | null;
  readonly run: { readonly id: string } | null;
  readonly place: string | null;
  readonly percentile: number | null;
  readonly points: readonly { readonly bar: number; readonly gained: number; readonly levels: readonly number[] }[];
}

withTestDatabases('a strategy’s live result beside its backtest', (openDatabase) => {
  let api: ApiWorld;
  let id = '';
  const bands = async (variables: Record<string, unknown> = {}): Promise<readonly Banded[]> => {
    const { data, errors } = await api.post(BANDS, variables);
    if (errors !== undefined) throw new Error(`${JSON.stringify(errors)} ${api.failures.join('; ')}`);
    return data?.['strategyBands'] as readonly Banded[];
  };
  const band = async (): Promise<Banded> => {
    const [found, ...others] = await bands({ id });
    if (found === undefined || others.length > 0) throw new Error('not one band');
    return found;
  };
  const backtest = async (change: Record<string, unknown>): Promise<string> => {
    const { template, parameters, size } = CROSSING;
    const { run } = await ask(api, RUN, { input: { template, parameters, size, symbol: 'ALDR', ...change } });
    const { id: runId } = run as { id: string };
    const state = async (): Promise<unknown> =>
      (await api.post('query ($id: ID!) { run(id: $id) { state } }', { id: runId })).data?.['run'];
    await vi.waitFor(async () => expect(await state()).toEqual({ state: 'DONE' }), { timeout: 30_000, interval: 50 });
    return runId;
  };

  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
    id = await tradeSomeDays(api);
    await quiet(api.world);
  });
  afterAll(() => api.close());

  test('without a backtest there is the gain, to the cent, and the reason', async () => {
    const found = await band();
    const { totalPnl } = (await ask(api, TOTAL, { id })) as unknown as { totalPnl: string };
    expect(found).toMatchObject({ strategyId: id, bars: 8, run: null, place: null, points: [] });
    expect(found.reason).toBe('no finished backtest of this version with these parameters on ALDR, in bars of 1 day');
    expect((found.gained ?? Number.NaN) * Number(found.capital)).toBeCloseTo(Number(totalPnl), 6);
    expect(Number(totalPnl)).not.toBe(0);
  });

  test('other parameters, and an unfinished one, are no backtest of it', async () => {
    await backtest({
      parameters: [
        { name: 'fast', value: '3' },
        { name: 'slow', value: '4' },
      ],
    });
    expect(await band()).toMatchObject({ run: null });
  });

  test('the newest backtest of the same makes the band, which ends at the strategy’s own gain', async () => {
    await backtest({ size: 'equity:0.5@signal' });
    expect((await band()).reason).toBe('the backtest sizes by units and the strategy by equity, or the other way round');
    const run = await backtest({});
    const found = await band();
    expect(found).toMatchObject({ reason: null, bars: 8, run: { id: run }, returns: 400, stretches: 1_000, blockLength: 7 });
    expect(found.points.map(({ bar }) => bar)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(found.points.at(-1)?.gained).toBe(found.gained);
    const [low = 0, , , , high = 0] = found.points.at(-1)?.levels ?? [];
    const place = (found.gained ?? 0) < low ? 'BELOW' : (found.gained ?? 0) > high ? 'ABOVE' : 'INSIDE';
    expect(found.place).toBe(place);
    expect(found.percentile).toBeGreaterThanOrEqual(0);
    expect(found.percentile).toBeLessThanOrEqual(1);
    expect(await band()).toEqual(found);
  });

  test('a new bar is a new point; the parity of the same strategy goes on beside it', async () => {
    const parity = async (): Promise<unknown> => (await ask(api, 'query ($id: ID!) { strategyParity(id: $id) { bars } }', { id }))['bars'];
    const before = [await parity(), (await band()).bars];
    await api.world.day(99, 108);
    const { bars } = await band();
    expect([await parity(), bars]).toEqual(before.map((count) => Number(count) + 1));
  });

  test('all strategies in their order; one that was never asked has the reason, and an unknown one is none', async () => {
    const created = await ask(api, CREATE_STRATEGY, {
      input: { name: 'Idle', template: 'sma-crossover', symbols: ['ALDR'], size: 'units:1' },
    });
    const { id: idle } = created['strategy'] as { id: string };
    const all = await bands();
    expect(all.map(({ strategyId, reason }) => [strategyId, reason])).toEqual([
      [id, null],
      [idle, 'it was never asked about a bar'],
    ]);
    expect(await bands({ id: 'nobody' })).toEqual([]);
  });

  test('what a person sells of it is told by its books alone, and so is the reason', async () => {
    const { session } = api.world;
    const held = session.state().strategies.get(id)?.holdings.get('ALDR') ?? 0n;
    expect(held).not.toBe(0n);
    const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderPayload { order { state } } } }`;
    const input = {
      idempotencyKey: 'a-person',
      symbol: 'ALDR',
      side: held > 0n ? 'SELL' : 'BUY',
      quantity: '1',
      reduceOnly: true,
      reason: 'x',
    };
    expect(await ask(api, place, { input })).toMatchObject({ __typename: 'OrderPayload' });
    await quiet(api.world);
    await api.world.day(108, 109);
    expect(session.state().strategies.get(id)?.holdings.get('ALDR')).not.toBe(held);
    expect((await band()).reason).toMatch(/^not all that it holds comes from its own orders/);
  });
});
