import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask } from './test/trading-day.ts';

const START = `mutation ($input: StartSweepInput!) { startSweep(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field hint } ... on SweepPayload { sweep { id state } } } }`;
const BACKTEST =
  'mutation ($id: ID!, $parameters: [ParameterInput!]!) { backtestSet(id: $id, parameters: $parameters) { __typename ... on RunPayload { run { id } } } }';
const ABORT = 'mutation ($id: ID!) { abortSweep(id: $id) { __typename ... on SweepPayload { sweep { id state } } } }';
const READ = `query ($id: ID!) { sweep(id: $id) {
  state progress size sets refused error bars command reusedFrom parameters { name value } axes { name count values }
  best(first: 2) { parameters { name value } sharpe totalReturn } selection { trials psr dsr sentence } surface(x: "fast", y: "slow") { x y sharpe } } }`;

const TRIALS =
  'query ($id: ID!) { sweep(id: $id) { trialTable { all step parameters { values } sharpe totalReturn best plateau plateauReason } } }';
const PACE = 'query ($kind: String!) { studyPace(kind: $kind) { barsPerSecond secondsMin barsMax studies isOfStrategy } }';

interface Trials {
  readonly parameters: readonly { readonly values: readonly string[] }[];
  readonly sharpe: readonly (number | null)[];
  readonly totalReturn: readonly number[];
  readonly best: number | null;
  readonly plateau: number | null;
}

interface Read {
  readonly bars: number;
  readonly state: string;
  readonly sets: number;
  readonly refused: number;
  readonly best: readonly { readonly sharpe: number | null; readonly totalReturn: number; readonly parameters: readonly object[] }[];
  readonly surface: readonly { readonly x: string; readonly y: string }[];
  readonly selection: { readonly trials: number; readonly sentence: string } | null;
}

withTestDatabases('sweeps in the API', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
  });
  afterAll(() => api.close());

  const input = (change: Record<string, unknown> = {}) => ({
    input: {
      template: 'sma-crossover',
      symbol: 'ALDR',
      commissionRate: 0.001,
      slippageBps: 3,
      grid: ['fast=2..6', 'slow=4..9'],
      ...change,
    },
  });
  const read = async (id: string): Promise<Read> => {
    const { data } = await api.post(READ, { id });
    return data?.['sweep'] as Read;
  };

  test('a sweep is started, followed, and read with its best sets, its surface and what luck would show', async () => {
    const started = await ask(api, START, input());
    expect(started).toMatchObject({ __typename: 'SweepPayload', sweep: { state: 'QUEUED' } });
    const { id } = started['sweep'] as { id: string };
    await vi.waitFor(async () => expect((await read(id)).state).toBe('DONE'), { timeout: 30_000, interval: 50 });
    const sweep = await read(id);
    expect(sweep).toMatchObject({
      progress: 1,
      size: 30,
      error: null,
      axes: [
        { name: 'fast', count: 5 },
        { name: 'slow', values: ['4', '5', '6', '7', '8', '9'] },
      ],
    });
    expect(sweep.sets + sweep.refused).toBe(30);
    expect(sweep.refused).toBeGreaterThan(0);
    expect(sweep.surface).toHaveLength(sweep.sets);
    expect(sweep.best).toHaveLength(2);
    expect((sweep.best[0]?.sharpe ?? 0) >= (sweep.best[1]?.sharpe ?? 0)).toBe(true);
    if (sweep.selection !== null) expect(sweep.selection.sentence).toContain(`${sweep.selection.trials} sets were tried`);
    const { trialTable } = (await ask(api, TRIALS, { id })) as unknown as { trialTable: Trials };
    const [fast = [], slow = []] = trialTable.parameters.map(({ values }) => values);
    expect(trialTable).toMatchObject({ all: sweep.sets, step: 1, plateauReason: null });
    expect(fast.map((value, row) => `${value} ${slow[row]}`).toSorted()).toEqual(sweep.surface.map(({ x, y }) => `${x} ${y}`).toSorted());
    const best = trialTable.best ?? -1;
    expect([fast[best], slow[best]]).toEqual(((sweep.best[0]?.parameters ?? []) as { value: string }[]).map(({ value }) => value));
    expect([trialTable.sharpe[best], trialTable.totalReturn[best]]).toEqual([sweep.best[0]?.sharpe, sweep.best[0]?.totalReturn]);
    expect(trialTable.plateau).toBeGreaterThanOrEqual(0);
    const pace = await ask(api, PACE, { kind: 'sweep' });
    expect(pace).toMatchObject({ studies: 1, isOfStrategy: false, barsMax: sweep.sets * sweep.bars });
    expect(pace['barsPerSecond']).toBeCloseTo((sweep.sets * sweep.bars) / Number(pace['secondsMin']), 3);
    expect((await api.post(PACE, { kind: 'walk-forward' })).data).toEqual({ studyPace: null });
    expect((await api.post(PACE, { kind: 'run' })).errors?.[0]?.message).toContain('kind must be sweep or walk-forward');
    const [leading] = sweep.best;
    const run = await ask(api, BACKTEST, { id, parameters: leading?.parameters });
    const runId = (run['run'] as { id: string }).id;
    const metrics = async (): Promise<readonly { name: string; value: number | null }[]> => {
      const { data } = await api.post('query ($id: ID!) { run(id: $id) { metrics { name value } } }', { id: runId });
      return (data?.['run'] as { metrics: [] } | undefined)?.metrics ?? [];
    };
    await vi.waitFor(async () => expect(await metrics()).not.toEqual([]), { timeout: 30_000, interval: 50 });
    // What the sweep says of a set is what its whole backtest says, to the bit.
    const found = Object.fromEntries((await metrics()).map(({ name, value }) => [name, value]));
    expect([found['sharpe'], found['totalReturn']]).toEqual([leading?.sharpe, leading?.totalReturn]);
    expect(await ask(api, BACKTEST, { id, parameters: [{ name: 'fast', value: 'x' }] })).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await ask(api, BACKTEST, { id: 'nothing', parameters: [] })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await ask(api, ABORT, { id })).toMatchObject({ __typename: 'ConflictError' });
    expect(await ask(api, ABORT, { id: 'nothing' })).toMatchObject({ __typename: 'NotFoundError' });
    const { data } = await api.post('{ sweeps(first: 5) { edges { node { id } } } }', {});
    expect(data).toMatchObject({ sweeps: { edges: [{ node: { id } }] } });
  });

  test.each([
    ['no grid', { grid: [] }, 'grid'],
    ['a grid that is none', { grid: ['fast'] }, 'grid'],
    ['a parameter that the strategy has not', { grid: ['speed=1..3'] }, 'grid'],
    ['a range that ends before it begins', { grid: ['fast=9..2'] }, 'grid'],
    ['a condition that cannot be read', { where: 'fast<' }, 'grid'],
    ['a method that there is not', { method: 'guess' }, 'method'],
    ['samples of a grid', { samples: 5 }, 'samples'],
    ['no samples', { method: 'sobol' }, 'samples'],
    ['too many sets', { grid: ['fast=2..200', 'slow=2..200', 'stopLoss=0.001..0.5:0.001'] }, 'grid'],
    ['no bars', { symbol: 'ZZZZ' }, 'symbol'],
  ])('%s is refused by its field, and nothing is queued', async (_name, change, field) => {
    expect(await ask(api, START, input(change))).toMatchObject({
      __typename: 'InvalidInputError',
      field,
      hint: expect.stringMatching(/\w/) as string,
    });
  });
});
