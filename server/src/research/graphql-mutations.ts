import { UsageError } from '@tidemark/compute';
import type { ParameterValues } from '@tidemark/compute/types';
import { backtestFields, isAnswer, readBacktestInput } from '../backtests/graphql-input.ts';
import type { AskedBacktest, BacktestInput } from '../backtests/graphql-input.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import type { Run } from '../backtests/graphql.ts';
import { checkParameters, readParameters } from '../strategies/graphql-mutations.ts';
import type { ParameterPair } from '../strategies/graphql.ts';
import type { Sweep } from './graphql.ts';
import { setsOf } from './sweep.ts';
import type { SweepSets, SweepSpace } from './sweep.ts';

interface SweepPayload {
  readonly __typename: 'SweepPayload';
  readonly sweep: Sweep;
}

interface RunPayload {
  readonly __typename: 'RunPayload';
  readonly run: Run;
}

interface StartSweepInput extends BacktestInput {
  readonly grid: readonly string[];
  readonly where?: string | null | undefined;
  readonly method: string;
  readonly samples?: number | null | undefined;
}

/** Results are kept: so many take half a gigabyte. */
const SIZE_MAX = 10_000_000;
const METHODS = ['grid', 'random', 'sobol'] as const;

function spaceOf({ grid, where, method, samples }: StartSweepInput): SweepSpace | InvalidInput {
  const known = METHODS.find((each) => each === method);
  if (known === undefined) return invalidInput('method', `There is no method ${method}`, `It must be ${METHODS.join(', ')}.`);
  const hasSamples = typeof samples === 'number';
  if (known === 'grid' && hasSamples) return invalidInput('samples', 'A grid is not sampled', 'Leave it out, or choose random or sobol.');
  if (known !== 'grid' && !(hasSamples && samples >= 1))
    return invalidInput('samples', 'How many sets to draw is not said', 'It must be a whole number from 1.');
  return {
    grid: [...grid],
    method: known,
    ...(typeof where === 'string' && where.trim() !== '' ? { where } : {}),
    ...(hasSamples ? { samples } : {}),
  };
}

interface Space {
  readonly space: SweepSpace;
  /** Parameters that no axis varies. */
  readonly fixed: ParameterValues;
}

/** Whether the space is one: its axes are parameters of the strategy, its condition can be read, and it is not too large. */
function readSpace(input: StartSweepInput, { module, parameters, options }: AskedBacktest): Space | InvalidInput {
  const space = spaceOf(input);
  if ('__typename' in space) return space;
  if (space.grid.length === 0) return invalidInput('grid', 'No parameter is varied', 'Give at least one, like fast=2..101.');
  try {
    const fixedOf = ({ axes }: SweepSets): ParameterValues =>
      Object.fromEntries(Object.entries(parameters).filter(([name]) => !axes.some((axis) => axis.name === name)));
    const sets = setsOf(space, parameters, options.seed);
    const unknown = sets.axes.find(({ name }) => !module.description.parameters.some((spec) => spec.name === name));
    if (unknown !== undefined)
      return invalidInput(
        'grid',
        `${unknown.name} is no parameter of this strategy`,
        `It has ${module.description.parameters.map(({ name }) => name).join(', ')}.`,
      );
    if (sets.size > SIZE_MAX)
      return invalidInput(
        'grid',
        `That is ${sets.size.toLocaleString('en')} sets`,
        `At most ${SIZE_MAX.toLocaleString('en')}: widen the steps, or sample.`,
      );
    return { space, fixed: fixedOf(sets) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return invalidInput('grid', error.message, 'The description of the field lists its forms.');
  }
}

async function startSweep(
  input: StartSweepInput,
  context: Context,
): Promise<SweepPayload | InvalidInput | CompileFailed | NotFound | Unavailable> {
  const asked = await readBacktestInput(input, context);
  if (isAnswer(asked)) return asked;
  const read = readSpace(input, asked);
  if (isAnswer(read)) return read;
  const { symbol, ...rest } = asked;
  try {
    const job = { ...rest, parameters: read.fixed, space: read.space, symbols: [symbol], timeframe: '1Day' } as const;
    return { __typename: 'SweepPayload', sweep: await context.sweeps.start(job) };
  } catch (error) {
    context.report('a sweep could not be queued', error);
    return unavailable('The sweep could not be queued: the database does not answer.');
  }
}

async function abortSweep(id: string, { sweeps }: Context): Promise<SweepPayload | NotFound | Conflict> {
  const sweep = await sweeps.byId(id);
  if (sweep === undefined) return notFound('sweep', id);
  if (!(await sweeps.abort(id))) return conflict(`This sweep is ${sweep.state} and cannot be aborted.`);
  return { __typename: 'SweepPayload', sweep: (await sweeps.byId(id)) ?? sweep };
}

/** The whole backtest of one set: the same module, bars, costs and limits as the sweep's. */
async function backtestSet(
  id: string,
  pairs: readonly ParameterPair[],
  context: Context,
): Promise<RunPayload | InvalidInput | NotFound | Unavailable> {
  const sweep = await context.sweeps.byId(id);
  const kept = sweep === undefined ? undefined : await context.strategies.byVersion(sweep.version);
  if (sweep === undefined || kept === undefined) return notFound('sweep', id);
  const { parameters: fixed, symbols, options, strategyFlag, from, to } = sweep.request;
  const stays = Object.entries(fixed).map(([name, value]) => ({ name, value: String(value) }));
  const parameters = readParameters(kept.module, [...stays, ...pairs]);
  if (!parameters.ok) return invalidInput(parameters.problem.field, parameters.problem.message, parameters.problem.hint);
  const wrong = await checkParameters(kept.module, parameters.value, symbols, context);
  if (wrong !== undefined) return wrong;
  const job = { module: kept.module, strategyName: sweep.strategyName, strategyFlag, parameters: parameters.value, options };
  const [symbol = ''] = symbols;
  try {
    const run = await context.runs.start({ ...job, symbol, from: sweep.from ?? from, to: sweep.to ?? to });
    return { __typename: 'RunPayload', run };
  } catch (error) {
    context.report('a backtest could not be queued', error);
    return unavailable('The backtest could not be queued: the database does not answer.');
  }
}

/** Start and abort. */
export function addResearchMutations(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>): void {
  builder.objectType('SweepPayload', { fields: (t) => ({ sweep: t.expose('sweep', { type: 'Sweep' }) }) });
  const input = builder.inputType('StartSweepInput', {
    description: 'What to test, as for a backtest, and which sets of parameters.',
    fields: (t) => ({
      ...backtestFields(t, parameterInput),
      grid: t.stringList({
        required: true,
        description: 'Values of parameters: fast=2..101, fast=2..101:3, low=20,25,30 or direction=long,longshort; the last varies fastest.',
      }),
      where: t.string({ description: "Sets to run, like 'fast<slow' or 'slow-fast>=5 && fast!=7'." }),
      method: t.string({ required: true, defaultValue: 'grid', description: 'grid, random or sobol.' }),
      samples: t.int({ description: 'Sets to draw; not of a grid.' }),
    }),
  });
  const startResult = builder.unionType('StartSweepResult', {
    types: ['SweepPayload', 'InvalidInputError', 'CompileFailedError', 'NotFoundError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const abortResult = builder.unionType('AbortSweepResult', {
    types: ['SweepPayload', 'NotFoundError', 'ConflictError'],
    resolveType: typeOfMember,
  });
  const setResult = builder.unionType('BacktestSetResult', {
    types: ['RunPayload', 'InvalidInputError', 'NotFoundError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    backtestSet: t.field({
      type: setResult,
      description: 'The whole backtest of one set of a sweep: the same module, bars, costs and limits.',
      args: { id: t.arg.id({ required: true }), parameters: t.arg({ type: [parameterInput], required: true }) },
      resolve: (_root, { id, parameters }, context) => backtestSet(id, parameters, context),
    }),
    startSweep: t.field({
      type: startResult,
      description: 'Queues it; `sweepProgress` follows it. Every set that is tried is counted.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, args, context) => startSweep(args.input, context),
    }),
    abortSweep: t.field({
      type: abortResult,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => abortSweep(id, context),
    }),
  }));
}
