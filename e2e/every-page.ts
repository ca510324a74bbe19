import type { Page } from 'playwright-core';
import { eventually } from './product.ts';
import type { Api } from './product.ts';

/** One address of the dashboard, and what it is called in a message or in the name of a picture. */
export interface Place {
  readonly name: string;
  readonly path: string;
}

const FIXED = [
  '/',
  '/strategies',
  '/strategies/editor',
  '/positions',
  '/orders',
  '/options',
  '/runs',
  '/research',
  '/models',
  '/controls',
  '/approvals',
  '/agents',
  '/health',
  '/audit',
  '/people',
  '/security',
  '/help',
] as const;

/** Those that are there whatever has been done. */
export const FIXED_PLACES: readonly Place[] = FIXED.map((path) => ({ name: path === '/' ? 'overview' : path.slice(1), path }));

/** What people write into records beside names, which take letters, digits and few signs. */
const PLAIN_REASON = 'to see it on its page';
const CAPITAL = { memberMax: '0.1', total: '0.2' } as const;

/** Asks for a change and takes the one object that it gives; a refusal fails with its message. */
async function change<T>(api: Api, name: string, input: string, payload: string, variables: Record<string, unknown>): Promise<T> {
  const [declared, used] = input.split(' / ');
  const answer = await api.query<Record<string, T & { __typename: string; message?: string }>>(
    `mutation (${declared}) { ${name}(${used}) { __typename ... on Error { message } ${payload} } }`,
    variables,
  );
  const result = answer[name];
  if (result === undefined || result.message !== undefined) throw new Error(`${name}: ${result?.message ?? 'no answer'}`);
  return result;
}

async function started(api: Api): Promise<{ readonly runs: string[]; readonly sweep: string; readonly walk: string }> {
  const runs: string[] = [];
  for (const fast of ['10', '20']) {
    const { run } = await change<{ run: { id: string } }>(
      api,
      'runBacktest',
      '$input: RunBacktestInput! / input: $input',
      '... on RunPayload { run { id } }',
      { input: { template: 'sma-crossover', symbol: 'SPX', parameters: [{ name: 'fast', value: fast }] } },
    );
    runs.push(run.id);
  }
  const studied = { template: 'sma-crossover', symbol: 'SPX', grid: ['fast=5..15:5', 'slow=30,60'] };
  const { sweep } = await change<{ sweep: { id: string } }>(
    api,
    'startSweep',
    '$input: StartSweepInput! / input: $input',
    '... on SweepPayload { sweep { id } }',
    { input: studied },
  );
  const { walkForward } = await change<{ walkForward: { id: string } }>(
    api,
    'startWalkForward',
    '$input: StartWalkForwardInput! / input: $input',
    '... on WalkForwardPayload { walkForward { id } }',
    { input: { ...studied, train: 750, test: 250 } },
  );
  return { runs, sweep: sweep.id, walk: walkForward.id };
}

/** Two models, so that one can be compared with the other: linear ones, which are learnt in a moment. */
async function trained(api: Api, reason: string): Promise<readonly string[]> {
  const models: string[] = [];
  for (const to of ['2014-06-30', '2014-12-31']) {
    const { training } = await change<{ training: { id: string } }>(
      api,
      'trainModel',
      '$input: TrainModelInput! / input: $input',
      '... on TrainingPayload { training { id } }',
      {
        input: {
          symbols: ['SPX'],
          from: '2013-06-03T00:00:00Z',
          to: `${to}T00:00:00Z`,
          model: 'logistic',
          split: 'k-fold:2',
          notes: reason,
        },
      },
    );
    const model = await eventually(
      'a trained model',
      async () => {
        const { trainings } = await api.query<{
          trainings: { edges: { node: { id: string; error: string | null; model: { id: string } | null } }[] };
        }>('{ trainings(first: 10) { edges { node { id error model { id } } } } }');
        const found = trainings.edges.find(({ node }) => node.id === training.id)?.node;
        if (found?.error) throw new Error(found.error);
        return found?.model?.id;
      },
      90_000,
    );
    models.push(model);
  }
  return models;
}

/** People's own words in what can be written: strategies, their ensemble, a limit, an order, a person, a key of a program. */
async function written(api: Api, reason: string): Promise<string> {
  const own = async (name: string, payload: string, input: Record<string, unknown>, type: string): Promise<Record<string, unknown>> =>
    change(api, name, `$input: ${type}! / input: $input`, payload, { input });
  const members: string[] = [];
  for (const [symbol, suffix] of [
    ['SYNA', 'A'],
    ['SYNB', 'B'],
  ] as const) {
    const created = await change<{ strategy: { id: string } }>(
      api,
      'createStrategy',
      '$input: CreateStrategyInput! / input: $input',
      '... on StrategyPayload { strategy { id } }',
      { input: { name: `Side ${suffix}`, template: 'sma-crossover', symbols: [symbol] } },
    );
    members.push(created.strategy.id);
  }
  await own('setEnsemble', '', { name: 'Side by side', members, ...CAPITAL, reason }, 'SetEnsembleInput');
  await own(
    'setStrategyExecution',
    '',
    { strategyId: members[0], mode: 'RECOMMEND', waitMinutes: 60, reason },
    'SetStrategyExecutionInput',
  );
  await own('setLimit', '', { name: 'openPositionsMax', value: '30', reason }, 'SetLimitInput');
  await own('setLimit', '', { name: 'orderRateMinuteMax', value: '20', reason }, 'SetLimitInput');
  await own('killStrategy', '', { strategyId: members[1], action: 'FREEZE', reason }, 'KillStrategyInput');
  // Denied, and in the list of orders with its reason for ever.
  await api.query('mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }', {
    input: { idempotencyKey: 'too-much', symbol: 'SYNA', side: 'BUY', quantity: '100000', reason },
  });
  await change(api, 'invitePerson', '$name: String!, $role: Role! / name: $name, role: $role', '', { name: 'Somebody', role: 'VIEWER' });
  await change(api, 'createApiKey', '$name: String! / name: $name', '', { name: 'Somebody' });
  await change(api, 'createApiKey', '$name: String! / name: $name, kind: AGENT, scopes: [RESEARCH]', '', { name: 'Some agent' });
  return members[0] ?? '';
}

/** Puts something on every page of the dashboard, and lists the pages: the fixed ones, and one of each thing that has a page of its own. */
export async function fillEveryPage(api: Api, reason = PLAIN_REASON): Promise<readonly Place[]> {
  const { strategies } = await api.query<{ strategies: { edges: { node: { id: string } }[] } }>(
    '{ strategies(first: 1) { edges { node { id } } } }',
  );
  const { runs, sweep, walk } = await started(api);
  const draft = await written(api, reason);
  const models = await trained(api, reason);
  await eventually(
    'all that was started is done',
    async () => {
      const states = await api.query<Record<string, { state: string }>>(
        'query ($a: ID!, $b: ID!, $sweep: ID!, $walk: ID!) { a: run(id: $a) { state } b: run(id: $b) { state } sweep(id: $sweep) { state } walkForward(id: $walk) { state } }',
        { a: runs[0], b: runs[1], sweep, walk },
      );
      return Object.values(states).every(({ state }) => state === 'DONE') ? true : undefined;
    },
    90_000,
  );
  return [
    ...FIXED_PLACES,
    { name: 'strategy', path: `/strategies/${strategies.edges[0]?.node.id ?? ''}` },
    { name: 'draft', path: `/strategies/${draft}` },
    { name: 'run', path: `/runs/${runs[0]}` },
    { name: 'runs-compare', path: `/runs/compare?runs=${runs.join(',')}` },
    { name: 'run-form', path: '/runs?new' },
    { name: 'sweep', path: `/research/${sweep}` },
    { name: 'sweep-form', path: '/research?new' },
    { name: 'walk-forward', path: `/research/walk-forwards/${walk}` },
    { name: 'model', path: `/models/${models[0]}` },
    { name: 'models-compare', path: `/models/compare?models=${models.join(',')}` },
    { name: 'model-form', path: '/models?new' },
  ];
}

/** Opens a page and waits until it has its figures: the shell is there, and nothing on it still loads. */
export async function openPlace(page: Page, origin: string, path: string): Promise<void> {
  if (page.url() !== `${origin}${path}`) await page.goto(`${origin}${path}`);
  await page.locator('main h1').first().waitFor();
  await eventually(`${path} has loaded`, async () => ((await page.locator('main [aria-busy=true]').count()) === 0 ? true : undefined));
}
