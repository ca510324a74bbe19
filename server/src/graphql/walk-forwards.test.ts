import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { ask } from './test/trading-day.ts';

const START = `mutation ($input: StartWalkForwardInput!) { startWalkForward(input: $input) {
  __typename ... on Error { message } ... on InvalidInputError { field hint } ... on WalkForwardPayload { walkForward { id state train test } } } }`;
const SWEEP = 'mutation ($input: StartSweepInput!) { startSweep(input: $input) { ... on SweepPayload { sweep { id } } } }';
const BACKTEST =
  'mutation ($id: ID!, $parameters: [ParameterInput!]!) { backtestSet(id: $id, parameters: $parameters) { __typename ... on RunPayload { run { id } } } }';
const ABORT = 'mutation ($id: ID!) { abortWalkForward(id: $id) { __typename ... on Error { message } } }';
const SELECTION = 'selection { trials sentence psr dsr pbo pboReason walkForwardEfficiency walkForwardReason }';
const READ = `query ($id: ID!) { walkForward(id: $id) {
  state progress size sets error command windows traded efficiency joined { sharpe totalReturn finalEquity } ${SELECTION}
  result { hindsight { sharpe } stability { name mostCommonShare } equity { time equity drawdown }
    windows { index train { from to bars } test { from to bars } chosen { name value } inSample { sharpe totalReturn } outOfSample { totalReturn } efficiency } } } }`;

interface Read {
  readonly state: string;
  readonly efficiency: number | null;
  readonly joined: { readonly finalEquity: number } | null;
  readonly selection: {
    readonly trials: number;
    readonly sentence: string;
    readonly pbo: number | null;
    readonly pboReason: string | null;
  } | null;
  readonly result: {
    readonly windows: readonly {
      readonly train: { bars: number };
      readonly test: { from: string; bars: number };
      readonly chosen: object[];
    }[];
    readonly equity: readonly { readonly time: string; readonly equity: number; readonly drawdown: number }[];
    readonly stability: readonly { readonly name: string }[];
  } | null;
}

withTestDatabases('walk-forwards in the API', (openDatabase) => {
  let api: ApiWorld;
  beforeAll(async () => {
    api = await openApiWorld(openDatabase);
  });
  afterAll(() => api.close());

  const space = { template: 'sma-crossover', symbol: 'ALDR', commissionRate: 0.001, slippageBps: 3, grid: ['fast=2..5', 'slow=6..9'] };
  const input = (change: Record<string, unknown> = {}) => ({ input: { ...space, train: 150, test: 60, ...change } });
  const readAs = async <T>(query: string, id: string, field: string): Promise<T> => (await api.post(query, { id })).data?.[field] as T;
  const read = (id: string): Promise<Read> => readAs<Read>(READ, id, 'walkForward');
  const done = async (query: string, id: string, field: string): Promise<void> =>
    await vi.waitFor(async () => expect((await readAs<{ state: string }>(query, id, field)).state).toBe('DONE'), {
      timeout: 30_000,
      interval: 50,
    });

  test('is started, followed and read: windows, stability, the joined curve; and its sweep tells of overfitting', async () => {
    const started = await ask(api, START, input());
    expect(started).toMatchObject({ __typename: 'WalkForwardPayload', walkForward: { state: 'QUEUED', train: 150, test: 60 } });
    const { id } = started['walkForward'] as { id: string };
    await done('query ($id: ID!) { walkForward(id: $id) { state } }', id, 'walkForward');
    const walk = await read(id);
    expect(walk).toMatchObject({ progress: 1, size: 16, error: null });
    const { windows = [], equity = [], stability = [] } = walk.result ?? {};
    expect(windows.map(({ train, test: tested }) => [train.bars, tested.bars])).toContainEqual([150, 60]);
    expect(equity).toHaveLength(windows.reduce((bars, { test: tested }) => bars + tested.bars, 0));
    expect(equity[0]?.time).toBe(windows[0]?.test.from);
    expect(equity.at(-1)?.equity).toBe(walk.joined?.finalEquity);
    expect(Math.max(...equity.map(({ drawdown }) => drawdown))).toBe(0);
    expect(stability.map(({ name }) => name)).toEqual(['fast', 'slow']);
    expect(walk.selection).toMatchObject({ pbo: null, pboReason: 'no sweep of this search was run over the same bars' });

    const sweep = (await ask(api, SWEEP, { input: space }))['sweep'] as { id: string };
    const readSweep = `query ($id: ID!) { sweep(id: $id) { state ${SELECTION} } }`;
    await done(readSweep, sweep.id, 'sweep');
    const { selection } = await readAs<Pick<Read, 'selection'> & { selection: { walkForwardEfficiency: number | null } }>(
      readSweep,
      sweep.id,
      'sweep',
    );
    expect(selection.walkForwardEfficiency).toBe(walk.efficiency);
    expect((await read(id)).selection?.pbo).toBe(selection.pbo);

    // The run that comes out of it carries both to its report.
    const run = await ask(api, BACKTEST, { id, parameters: windows[0]?.chosen.map((pair) => ({ ...pair })) });
    const runId = (run['run'] as { id: string }).id;
    await done('query ($id: ID!) { run(id: $id) { state } }', runId, 'run');
    expect(await api.opened.capabilities.runs.selectionOf(runId)).toMatchObject({
      pbo: selection.pbo,
      walkForwardEfficiency: walk.efficiency,
      trials: expect.any(Number) as number,
    });
    expect(await ask(api, ABORT, { id })).toMatchObject({ __typename: 'ConflictError' });
    expect(await ask(api, ABORT, { id: sweep.id })).toMatchObject({ __typename: 'NotFoundError' });
    const { data } = await api.post(
      `{ walkForwards(first: 5) { edges { node { id } } } node(id: "${id}") { id ... on Study { command } } }`,
      {},
    );
    expect(data).toMatchObject({
      walkForwards: { edges: [{ node: { id } }] },
      node: { id, command: expect.stringContaining('--train 150 --test 60') as string },
    });
  });

  test.each([
    ['no grid', { grid: [] }, 'grid'],
    ['a window of one bar', { train: 1 }, 'train'],
    ['nothing to trade in', { test: 0 }, 'test'],
    ['a mode that there is not', { mode: 'expanding' }, 'mode'],
    ['a choice that there is not', { choose: 'middle' }, 'choose'],
    ['a plateau of samples', { choose: 'plateau', method: 'sobol', samples: 5 }, 'choose'],
    ['no steps', { choose: 'plateau', plateauSteps: 0 }, 'plateauSteps'],
    ['a figure that there is not', { objective: 'luck' }, 'objective'],
    ['a condition that cannot be read', { constraint: 'trades>' }, 'constraint'],
    ['no bars', { symbol: 'ZZZZ' }, 'symbol'],
  ])('%s is refused by its field, and nothing is queued', async (_name, change, field) => {
    expect(await ask(api, START, input(change))).toMatchObject({
      __typename: 'InvalidInputError',
      field,
      hint: expect.stringMatching(/\w/) as string,
    });
  });
});
