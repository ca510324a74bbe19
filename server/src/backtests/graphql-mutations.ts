import { ParameterError, checkBacktestOptions, DEFAULT_BACKTEST_OPTIONS, parseSizing } from '@tidemark/compute';
import type { BacktestOptions, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import { money, toNumber } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { checkParameters, findModule, readParameters } from '../strategies/graphql-mutations.ts';
import type { ParameterPair } from '../strategies/graphql.ts';
import type { Run } from './graphql.ts';

interface RunPayload {
  readonly __typename: 'RunPayload';
  readonly run: Run;
}

interface RunBacktestInput {
  readonly template?: string | null | undefined;
  readonly strategyId?: string | null | undefined;
  readonly source?: string | null | undefined;
  readonly parameters: readonly ParameterPair[];
  readonly symbol: string;
  readonly from?: Instant | null | undefined;
  readonly to?: Instant | null | undefined;
  readonly cash: string;
  readonly commissionRate: number;
  readonly commissionFixed: number;
  readonly commissionPerUnit: number;
  readonly slippageBps: number;
  readonly fill: string;
  readonly size: string;
  readonly wholeUnits: boolean;
}

interface Chosen {
  readonly module: StrategyModule;
  readonly strategyName: string;
  readonly strategyFlag: string;
  /** What the parameters start from: a strategy's own, or the module's defaults. */
  readonly base: ParameterValues;
}

const isAnswer = (value: object): value is InvalidInput | CompileFailed | NotFound => '__typename' in value;

async function chosen(input: RunBacktestInput, context: Context): Promise<Chosen | InvalidInput | CompileFailed | NotFound> {
  const { strategyId } = input;
  if (typeof strategyId !== 'string') {
    const found = await findModule({ ...input, name: 'strategy.ts' }, context);
    if (isAnswer(found)) return found;
    const flag = typeof input.template === 'string' ? found.name : 'strategy.ts';
    return { module: found.module, strategyName: found.name, strategyFlag: flag, base: {} };
  }
  if (typeof input.template === 'string' || typeof input.source === 'string') {
    return invalidInput('strategyId', 'More than one of template, strategyId and source is given', 'Give one of them.');
  }
  const slot = context.session.state().strategies.get(strategyId);
  const kept = slot === undefined ? undefined : await context.strategies.byVersion(slot.config.version);
  if (slot === undefined || kept === undefined) return notFound('strategy', strategyId);
  return { module: kept.module, strategyName: slot.config.name, strategyFlag: slot.config.source, base: slot.config.parameters };
}

function optionsOf(input: RunBacktestInput): BacktestOptions | InvalidInput {
  const { fill } = input;
  if (fill !== 'next-open' && fill !== 'same-close')
    return invalidInput('fill', 'fill is next-open or same-close', 'next-open fills at the open after the signal.');
  try {
    const options: BacktestOptions = {
      ...DEFAULT_BACKTEST_OPTIONS,
      cash: toNumber(money(input.cash)),
      commissionRate: input.commissionRate,
      commissionFixed: input.commissionFixed,
      commissionPerUnit: input.commissionPerUnit,
      slippageBps: input.slippageBps,
      fill,
      size: parseSizing(input.size),
      wholeUnits: input.wholeUnits,
    };
    checkBacktestOptions(options);
    return options;
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return invalidInput(error.parameter, error.message, `It must be ${error.allowed}.`);
  }
}

async function runBacktest(
  input: RunBacktestInput,
  context: Context,
): Promise<RunPayload | InvalidInput | CompileFailed | NotFound | Unavailable> {
  const options = optionsOf(input);
  if ('__typename' in options) return options;
  const { from, to } = input;
  if (from && to && from >= to) return invalidInput('from', 'from is not before to', 'Give an earlier start or a later end.');
  const instruments = await context.marketData.instruments();
  if (!instruments.some(({ symbol, bars }) => symbol === input.symbol && bars > 0)) {
    return invalidInput(
      'symbol',
      'There are no bars of this symbol',
      'The query `instruments` lists the symbols with their number of bars.',
    );
  }
  const found = await chosen(input, context);
  if (isAnswer(found)) return found;
  const base = Object.entries(found.base).map(([name, value]) => ({ name, value: String(value) }));
  const given = new Set(input.parameters.map(({ name }) => name));
  const parameters = readParameters(found.module, [...base.filter(({ name }) => !given.has(name)), ...input.parameters]);
  if (!parameters.ok) return invalidInput(parameters.problem.field, parameters.problem.message, parameters.problem.hint);
  const wrong = await checkParameters(found.module, parameters.value, [input.symbol], context);
  if (wrong !== undefined) return wrong;
  const { module, strategyName, strategyFlag } = found;
  try {
    const run = await context.runs.start({
      module,
      strategyName,
      strategyFlag,
      parameters: parameters.value,
      symbol: input.symbol,
      from: from ?? undefined,
      to: to ?? undefined,
      options,
    });
    return { __typename: 'RunPayload', run };
  } catch (error) {
    context.report('a backtest could not be queued', error);
    return unavailable('The backtest could not be queued: the database does not answer.');
  }
}

async function abortRun(id: string, { runs }: Context): Promise<RunPayload | NotFound | Conflict> {
  const run = await runs.byId(id);
  if (run === undefined) return notFound('run', id);
  if (!(await runs.abort(id))) return conflict(`This run is ${run.state} and cannot be aborted.`);
  return { __typename: 'RunPayload', run: (await runs.byId(id)) ?? run };
}

function addInput(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>) {
  return builder.inputType('RunBacktestInput', {
    description: 'What to test: a template, a strategy or a source, exactly one of them.',
    fields: (t) => ({
      template: t.string(),
      strategyId: t.id(),
      source: t.string(),
      parameters: t.field({ type: [parameterInput], required: true, defaultValue: [] }),
      symbol: t.string({ required: true }),
      from: t.field({ type: 'DateTime' }),
      to: t.field({ type: 'DateTime' }),
      cash: t.field({ type: 'Decimal', required: true, defaultValue: '100000' }),
      commissionRate: t.float({ required: true, defaultValue: 0, description: 'Of notional, per side.' }),
      commissionFixed: t.float({ required: true, defaultValue: 0 }),
      commissionPerUnit: t.float({ required: true, defaultValue: 0 }),
      slippageBps: t.float({ required: true, defaultValue: 0 }),
      fill: t.string({ required: true, defaultValue: 'next-open', description: 'next-open or same-close.' }),
      size: t.string({
        required: true,
        defaultValue: 'equity:0.95@signal',
        description: 'units:100, equity:0.95@signal, equity:0.95@fill or all.',
      }),
      wholeUnits: t.boolean({ required: true, defaultValue: true }),
    }),
  });
}

/** Start and abort. */
export function addBacktestMutations(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>): void {
  builder.objectType('RunPayload', { fields: (t) => ({ run: t.expose('run', { type: 'Run' }) }) });
  const input = addInput(builder, parameterInput);
  const runResult = builder.unionType('RunBacktestResult', {
    types: ['RunPayload', 'InvalidInputError', 'CompileFailedError', 'NotFoundError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const abortResult = builder.unionType('AbortRunResult', {
    types: ['RunPayload', 'NotFoundError', 'ConflictError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    runBacktest: t.field({
      type: runResult,
      description: 'Queues it; `runProgress` follows it.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, args, context) => runBacktest(args.input, context),
    }),
    abortRun: t.field({
      type: abortResult,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => abortRun(id, context),
    }),
  }));
}
