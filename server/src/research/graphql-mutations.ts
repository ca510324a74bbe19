import type { Run } from '../backtests/graphql.ts';
import { isAnswer } from '../backtests/graphql-input.ts';
import type { SearchFindings } from '../backtests/selection.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import { checkParameters, readParameters } from '../strategies/graphql-mutations.ts';
import type { ParameterPair } from '../strategies/graphql.ts';
import { findingsOf } from './findings.ts';
import type { Sweep } from './graphql.ts';
import type { Study } from './graphql-study.ts';
import type { WalkForward } from './graphql-walk-forward.ts';
import { readStudy, studyFields, windowFields } from './graphql-input.ts';
import type { StudyInput, WalkForwardInput } from './graphql-input.ts';

interface SweepPayload {
  readonly __typename: 'SweepPayload';
  readonly sweep: Sweep;
}

interface WalkForwardPayload {
  readonly __typename: 'WalkForwardPayload';
  readonly walkForward: WalkForward;
}

interface RunPayload {
  readonly __typename: 'RunPayload';
  readonly run: Run;
}

type Refused = InvalidInput | CompileFailed | NotFound | Unavailable;

async function startSweep(input: StudyInput, context: Context): Promise<SweepPayload | Refused> {
  const job = await readStudy(input, context);
  if (isAnswer(job)) return job;
  try {
    return { __typename: 'SweepPayload', sweep: await context.sweeps.start(job) };
  } catch (error) {
    context.report('a sweep could not be queued', error);
    return unavailable('The sweep could not be queued: the database does not answer.');
  }
}

async function startWalkForward(input: WalkForwardInput, context: Context): Promise<WalkForwardPayload | Refused> {
  const job = await readStudy(input, context);
  if (isAnswer(job)) return job;
  try {
    return { __typename: 'WalkForwardPayload', walkForward: await context.walkForwards.start(job) };
  } catch (error) {
    context.report('a walk-forward could not be queued', error);
    return unavailable('The walk-forward could not be queued: the database does not answer.');
  }
}

async function abortSweep(id: string, { sweeps }: Context): Promise<SweepPayload | NotFound | Conflict> {
  const sweep = await sweeps.byId(id);
  if (sweep === undefined) return notFound('sweep', id);
  if (!(await sweeps.abort(id))) return conflict(`This sweep is ${sweep.state} and cannot be aborted.`);
  return { __typename: 'SweepPayload', sweep: (await sweeps.byId(id)) ?? sweep };
}

async function abortWalkForward(id: string, { walkForwards }: Context): Promise<WalkForwardPayload | NotFound | Conflict> {
  const walk = await walkForwards.byId(id);
  if (walk === undefined) return notFound('walk-forward', id);
  if (!(await walkForwards.abort(id))) return conflict(`This walk-forward is ${walk.state} and cannot be aborted.`);
  return { __typename: 'WalkForwardPayload', walkForward: (await walkForwards.byId(id)) ?? walk };
}

interface FoundStudy {
  readonly study: Study;
  readonly search: SearchFindings;
}

/** A sweep or a walk-forward, with what is known of its search. */
async function foundStudy(id: string, { sweeps, walkForwards }: Context): Promise<FoundStudy | undefined> {
  const sweep = await sweeps.byId(id);
  if (sweep !== undefined) return { study: sweep, search: findingsOf(sweep, await sweeps.walkForwardOf(sweep)) };
  const walk = await walkForwards.byId(id);
  return walk === undefined ? undefined : { study: walk, search: findingsOf(await walkForwards.sweepOf(walk), walk) };
}

/** The whole backtest of one set: the same module, bars, costs and limits as the study's. */
async function backtestSet(
  id: string,
  pairs: readonly ParameterPair[],
  context: Context,
): Promise<RunPayload | InvalidInput | NotFound | Unavailable> {
  const found = await foundStudy(id, context);
  const kept = found === undefined ? undefined : await context.strategies.byVersion(found.study.version);
  if (found === undefined || kept === undefined) return notFound('sweep', id);
  const { study, search } = found;
  const { parameters: fixed, symbols, options, strategyFlag, from, to } = study.request;
  const stays = Object.entries(fixed).map(([name, value]) => ({ name, value: String(value) }));
  const parameters = readParameters(kept.module, [...stays, ...pairs]);
  if (!parameters.ok) return invalidInput(parameters.problem.field, parameters.problem.message, parameters.problem.hint);
  const wrong = await checkParameters(kept.module, parameters.value, symbols, context);
  if (wrong !== undefined) return wrong;
  const job = { module: kept.module, strategyName: study.strategyName, strategyFlag, parameters: parameters.value, options, search };
  const [symbol = ''] = symbols;
  try {
    const run = await context.runs.start({ ...job, symbol, from: study.from ?? from, to: study.to ?? to });
    return { __typename: 'RunPayload', run };
  } catch (error) {
    context.report('a backtest could not be queued', error);
    return unavailable('The backtest could not be queued: the database does not answer.');
  }
}

function addPayloads(builder: Builder) {
  builder.objectType('SweepPayload', { fields: (t) => ({ sweep: t.expose('sweep', { type: 'Sweep' }) }) });
  builder.objectType('WalkForwardPayload', { fields: (t) => ({ walkForward: t.expose('walkForward', { type: 'WalkForward' }) }) });
  const refused = ['InvalidInputError', 'CompileFailedError', 'NotFoundError', 'UnavailableError'] as const;
  const ended = ['NotFoundError', 'ConflictError'] as const;
  const resolveType = typeOfMember;
  return {
    startSweep: builder.unionType('StartSweepResult', { types: ['SweepPayload', ...refused], resolveType }),
    abortSweep: builder.unionType('AbortSweepResult', { types: ['SweepPayload', ...ended], resolveType }),
    startWalkForward: builder.unionType('StartWalkForwardResult', { types: ['WalkForwardPayload', ...refused], resolveType }),
    abortWalkForward: builder.unionType('AbortWalkForwardResult', { types: ['WalkForwardPayload', ...ended], resolveType }),
    backtestSet: builder.unionType('BacktestSetResult', {
      types: ['RunPayload', 'InvalidInputError', 'NotFoundError', 'UnavailableError'],
      resolveType,
    }),
  };
}

/** Start and abort. */
export function addResearchMutations(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>): void {
  const results = addPayloads(builder);
  const sweepInput = builder.inputType('StartSweepInput', {
    description: 'What to test, as for a backtest, and which sets of parameters.',
    fields: (t) => studyFields(t, parameterInput),
  });
  const walkInput = builder.inputType('StartWalkForwardInput', {
    description: 'The same as for a sweep, and the windows.',
    fields: (t) => ({ ...studyFields(t, parameterInput), ...windowFields(t) }),
  });
  builder.mutationFields((t) => ({
    backtestSet: t.field({
      type: results.backtestSet,
      description: 'The whole backtest of one set of a sweep or a walk-forward: the same module, bars, costs and limits.',
      args: { id: t.arg.id({ required: true }), parameters: t.arg({ type: [parameterInput], required: true }) },
      resolve: (_root, { id, parameters }, context) => backtestSet(id, parameters, context),
    }),
    startSweep: t.field({
      type: results.startSweep,
      description: 'Queues it; `sweepProgress` follows it. Every set that is tried is counted.',
      args: { input: t.arg({ type: sweepInput, required: true }) },
      resolve: (_root, args, context) => startSweep(args.input, context),
    }),
    abortSweep: t.field({
      type: results.abortSweep,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => abortSweep(id, context),
    }),
    startWalkForward: t.field({
      type: results.startWalkForward,
      description: 'Queues it; `walkForwardProgress` follows it. Every set that a window tries is counted.',
      args: { input: t.arg({ type: walkInput, required: true }) },
      resolve: (_root, args, context) => startWalkForward(args.input, context),
    }),
    abortWalkForward: t.field({
      type: results.abortWalkForward,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => abortWalkForward(id, context),
    }),
  }));
}
