import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { conflict, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { CompileFailed, Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import { checkParameters } from '../strategies/graphql-mutations.ts';
import { backtestFields, isAnswer, readBacktestInput } from './graphql-input.ts';
import type { BacktestInput } from './graphql-input.ts';
import type { Run } from './graphql.ts';

interface RunPayload {
  readonly __typename: 'RunPayload';
  readonly run: Run;
}

async function runBacktest(
  input: BacktestInput,
  context: Context,
): Promise<RunPayload | InvalidInput | CompileFailed | NotFound | Unavailable> {
  const asked = await readBacktestInput(input, context);
  if (isAnswer(asked)) return asked;
  const wrong = await checkParameters(asked.module, asked.parameters, [asked.symbol], context);
  if (wrong !== undefined) return wrong;
  try {
    const run = await context.runs.start(asked);
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

/** Start and abort. */
export function addBacktestMutations(builder: Builder, parameterInput: ReturnType<typeof addParameterInput>): void {
  builder.objectType('RunPayload', { fields: (t) => ({ run: t.expose('run', { type: 'Run' }) }) });
  const input = builder.inputType('RunBacktestInput', {
    description: 'What to test: a template, a strategy or a source, exactly one of them.',
    fields: (t) => backtestFields(t, parameterInput),
  });
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
