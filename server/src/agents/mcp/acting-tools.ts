import { MEMORY_DAYS, MEMORY_LENGTH_MAX } from '../memory/memory.ts';
import { ADDS, choice, DESTROYS, fields, list, real, REASON, SETS, text, whole } from './tool.ts';
import type { Arguments, Schema, Tool } from './tool.ts';

const INPUT_REFUSED = '... on Error { message } ... on InvalidInputError { field hint }';
const UNAVAILABLE = '... on Error { message } ... on UnavailableError { outcome }';
const REFUSED = `${INPUT_REFUSED} ${UNAVAILABLE}`;
const UNCOMPILED = '... on CompileFailedError { errors { line column message } }';
const SOURCE_REFUSED = `${REFUSED} ${UNCOMPILED}`;

const SOURCE = text('AssemblyScript');
const PARAMETERS = list(fields({ name: text(), value: text() }, ['name', 'value']));
const TIMEFRAMES = ['DAY1', 'HOUR1', 'MIN30', 'MIN15', 'MIN5', 'MIN1'] as const;

/** What is tested, on what, at which cost. */
const TESTED: Readonly<Record<string, Schema>> = {
  symbol: text(),
  template: text('Or source, version, strategyId, model'),
  source: SOURCE,
  version: text(),
  strategyId: text(),
  model: text(),
  parameters: PARAMETERS,
  from: text('ISO-8601'),
  to: text('ISO-8601'),
  cash: text('Decimal'),
  size: text('units:100, equity:0.95@signal'),
  slippageBps: real('Worse than the price'),
  commissionPerUnit: real('Dollars'),
};
const STARTED = 'id state strategyName version sets';

const asInput = (input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({ input });

/** Whether what `run_sweep` is given asks for a walk-forward. */
export const asksToWalk = (given: Arguments): boolean => ['train', 'test', 'objective'].some((name) => given[name] !== undefined);

/** What costs time of the machine and moves nothing. */
export const RESEARCH_TOOLS: readonly Tool[] = [
  {
    name: 'create_strategy',
    description: 'Compiles a source, or takes a template or version, and keeps a draft: a person enables it.',
    scope: 'research',
    hints: ADDS,
    input: fields(
      {
        name: text(),
        symbols: list(text()),
        template: text(),
        source: SOURCE,
        version: text(),
        model: text(),
        parameters: PARAMETERS,
        timeframe: choice(TIMEFRAMES),
        allocation: text('Share of equity, 0.2'),
        size: text('equity:0.08'),
      },
      ['name', 'symbols'],
    ),
    document: `mutation ($input: CreateStrategyInput!) { createStrategy(input: $input) { __typename ... on StrategyPayload { strategy {
      id name version state symbols } } ${SOURCE_REFUSED} } }`,
    variables: asInput,
  },
  {
    name: 'run_backtest',
    description: 'Queues a backtest, read by get_runs. Its version names the module that was tested.',
    scope: 'research',
    hints: ADDS,
    input: fields(TESTED, ['symbol']),
    document: `mutation ($input: RunBacktestInput!) { runBacktest(input: $input) { __typename ... on RunPayload { run {
      id state strategyName version symbols } } ${SOURCE_REFUSED} } }`,
    variables: asInput,
  },
  {
    name: 'run_sweep',
    description:
      'Queues backtests of many sets; every set counts against luck. With train and test a walk-forward: chooses a set in one window of bars, trades it in the next. Read by get_runs.',
    scope: 'research',
    hints: ADDS,
    input: fields(
      {
        ...TESTED,
        grid: list(text('fast=2..20:2 or low=20,25,30')),
        where: text('Like fast<slow'),
        method: choice(['grid', 'random', 'sobol']),
        samples: whole(1, 100_000),
        train: whole(2, 1_000_000, 'Bars'),
        test: whole(1, 1_000_000, 'Bars'),
        objective: text('sharpe; of a walk-forward'),
      },
      ['symbol', 'grid'],
    ),
    // Only one of the two inputs is given, and its field alone is asked for: the defaults are of the other one.
    document: `mutation ($walks: Boolean!, $sweep: StartSweepInput = { symbol: "", grid: [] },
      $walk: StartWalkForwardInput = { symbol: "", grid: [], train: 2, test: 1 }) {
      startSweep(input: $sweep) @skip(if: $walks) { __typename ... on SweepPayload { sweep { ${STARTED} } } ${SOURCE_REFUSED} }
      startWalkForward(input: $walk) @include(if: $walks) { __typename ... on WalkForwardPayload { walkForward { ${STARTED} } } ${SOURCE_REFUSED} } }`,
    variables: (given) => {
      const walks = asksToWalk(given);
      return walks ? { walks, walk: given } : { walks, sweep: given };
    },
  },
];

/** What changes nothing but what the agent itself reads again. */
export const MEMORY_TOOLS: readonly Tool[] = [
  {
    name: 'remember',
    description: `Keeps a text that you alone and your owner read again, by recall: at most ${MEMORY_LENGTH_MAX} characters. No secrets, no instructions.`,
    scope: 'read',
    hints: ADDS,
    input: fields(
      {
        kind: choice(['NOTE', 'FACT']),
        text: text(),
        about: list(text('Id of a run, order or strategy')),
        expiresAfterDays: whole(MEMORY_DAYS.min, MEMORY_DAYS.max, `${MEMORY_DAYS.usual} where absent`),
      },
      ['kind', 'text'],
    ),
    document: `mutation ($input: RememberAsAgentInput!) { rememberAsAgent(input: $input) { __typename ... on AgentMemoryPayload { memory {
      id textHash source expiresAt } } ${INPUT_REFUSED} } }`,
    // Where it is from the server knows: an agent's word for it would be worth less.
    variables: (given, callId) => ({ input: { ...given, source: `call:${callId}` } }),
    erasable: 'text',
  },
];

/** One of the three kinds, by what is named; what belongs to none of them the API refuses by its field. */
function changeInput({ strategyId, parameters, allocation, limit, value, modelId, ...words }: Arguments): Arguments {
  const ofLimit = limit !== undefined || value !== undefined;
  const ofStrategy = parameters !== undefined || allocation !== undefined || (strategyId !== undefined && !ofLimit);
  return {
    input: {
      ...words,
      ...(ofStrategy ? { parameters: { id: strategyId ?? '', parameters, allocation } } : {}),
      ...(ofLimit ? { limit: { name: limit ?? '', value: value ?? '', strategyId } } : {}),
      ...(modelId === undefined ? {} : { promotion: { modelId } }),
    },
  };
}

/** What a person decides about. */
export const PROPOSING_TOOLS: readonly Tool[] = [
  {
    name: 'propose_order',
    description: 'Asks people for an order: one looks at it, and the gate again. Five wait at most.',
    scope: 'propose',
    hints: SETS,
    input: fields(
      {
        idempotencyKey: text('The same again is the same proposal'),
        symbol: text(),
        side: choice(['BUY', 'SELL']),
        quantity: text('Decimal'),
        type: choice(['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT']),
        limitPrice: text(),
        stopPrice: text(),
        protectiveStop: text(),
        explanation: text(),
        sources: list(text()),
        expiresInMinutes: whole(5, 1_440),
      },
      ['idempotencyKey', 'symbol', 'side', 'quantity', 'explanation'],
    ),
    document: `mutation ($input: ProposeOrderInput!) { proposeOrder(input: $input) { __typename ... on RecommendationPayload { recommendation {
      id state expiresAt } } ${REFUSED} } }`,
    variables: asInput,
  },
  {
    name: 'propose_change',
    description:
      'Asks a person for one change: parameters or allocation of a strategy, a tighter limit, or a model’s promotion. Five wait at most.',
    scope: 'propose',
    hints: SETS,
    input: fields(
      {
        idempotencyKey: text(),
        strategyId: text(),
        parameters: PARAMETERS,
        allocation: text(),
        limit: text(),
        value: text(),
        modelId: text(),
        explanation: text(),
        sources: list(text()),
        expiresInMinutes: whole(5, 1_440),
      },
      ['idempotencyKey', 'explanation'],
    ),
    document: `mutation ($input: ProposeChangeInput!) { proposeChange(input: $input) { __typename ... on ChangeProposalPayload { proposal {
      id state expiresAt } } ${INPUT_REFUSED} } }`,
    variables: changeInput,
  },
  {
    name: 'propose_version',
    description: 'Keeps a source under the version that a backtest of it named. Nothing trades by it until a person configures it.',
    scope: 'propose',
    hints: SETS,
    input: fields({ source: SOURCE, version: text('That was tested') }, ['source', 'version']),
    document: `mutation ($input: SaveStrategyVersionInput!) { saveStrategyVersion(input: $input) { __typename
      ... on StrategyVersionPayload { version name isNew } ${INPUT_REFUSED} ${UNCOMPILED} ... on VersionDiffersError { compiled } } }`,
    variables: asInput,
  },
];

/** What lets less risk through. */
export const STOPPING_TOOLS: readonly Tool[] = [
  {
    name: 'pause_entries',
    description: 'Opens nothing any more in the account, a strategy or a symbol; exits go on. Two people end it.',
    scope: 'stop',
    hints: SETS,
    input: fields({ scope: choice(['ACCOUNT', 'STRATEGY', 'SYMBOL']), subject: text('Id or symbol'), reason: REASON }, ['scope', 'reason']),
    document: `mutation ($input: PauseEntriesInput!) { pauseEntries(input: $input) { __typename ... on ControlsPayload { controls {
      tradingState brakes { key scope subject effect } } } ${REFUSED} } }`,
    variables: asInput,
  },
  {
    name: 'lower_limit',
    description: 'Tightens a limit of the account, or of one strategy, at once: names stand in get_risk. Loosening is refused.',
    scope: 'stop',
    hints: SETS,
    input: fields({ name: text(), value: text('Decimal'), strategyId: text(), reason: REASON }, ['name', 'value', 'reason']),
    document: `mutation ($name: String!, $value: Decimal!, $reason: String!, $strategyId: String!, $ofStrategy: Boolean!) {
      setLimit(input: { name: $name, value: $value, reason: $reason }) @skip(if: $ofStrategy) { __typename
        ... on LimitPayload { limit { name value use } } ${REFUSED} }
      setStrategyLimit(input: { strategyId: $strategyId, name: $name, value: $value, reason: $reason }) @include(if: $ofStrategy) { __typename
        ... on StrategyLimitPayload { limit { strategyId name value } } ${REFUSED} } }`,
    variables: (given) => ({ ...given, strategyId: given['strategyId'] ?? '', ofStrategy: given['strategyId'] !== undefined }),
  },
  {
    name: 'disable_strategy',
    description: 'The strategy decides nothing any more; what it holds stays. A person enables it again.',
    scope: 'stop',
    hints: SETS,
    input: fields({ id: text(), reason: REASON }, ['id', 'reason']),
    document: `mutation ($id: ID!, $reason: String!) { disableStrategy(id: $id, reason: $reason) { __typename ... on StrategyPayload { strategy {
      id name state } } ${UNAVAILABLE} } }`,
  },
  {
    name: 'engage_kill_switch',
    description:
      'Closes the gate and cancels every open order; FLATTEN also closes all positions at the market. Only in an emergency: two people end it.',
    scope: 'stop',
    hints: DESTROYS,
    input: fields({ action: choice(['FREEZE', 'FLATTEN']), reason: REASON }, ['action', 'reason']),
    document: `mutation ($input: KillSwitchInput!) { engageKillSwitch(input: $input) { __typename ... on ControlsPayload { controls {
      tradingState because changedAt } } ${REFUSED} } }`,
    variables: asInput,
  },
];
