import { UsageError } from '@tidemark/compute';
import { checkSpace, WINDOW_MODES, CHOICES } from '@tidemark/compute/optimisation';
import type { ParameterValues } from '@tidemark/compute/types';
import { backtestFields, isAnswer, readBacktestInput } from '../backtests/graphql-input.ts';
import type { AskedBacktest, BacktestInput, InputFields } from '../backtests/graphql-input.ts';
import type { Context } from '../graphql/context.ts';
import { invalidInput } from '../graphql/errors.ts';
import type { CompileFailed, InvalidInput, NotFound } from '../graphql/errors.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import type { StudyJob, SweepSpace, WalkSpec } from './study.ts';
import { setsOf } from './sweep.ts';
import type { SweepSets } from './sweep.ts';

/** What to test, as for a backtest, and which sets of parameters. */
export interface StudyInput extends BacktestInput {
  readonly grid: readonly string[];
  readonly where?: string | null | undefined;
  readonly method: string;
  readonly samples?: number | null | undefined;
}

/** The same in windows. */
export interface WalkForwardInput extends StudyInput {
  readonly train: number;
  readonly test: number;
  readonly mode: string;
  readonly objective?: string | null | undefined;
  readonly constraint?: string | null | undefined;
  readonly choose: string;
  readonly plateauSteps?: number | null | undefined;
}

/** Results are kept: so many take half a gigabyte. */
const SIZE_MAX = 10_000_000;
const METHODS = ['grid', 'random', 'sobol'] as const;

function spaceOf({ grid, where, method, samples }: StudyInput): SweepSpace | InvalidInput {
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
  readonly sets: SweepSets;
  /** Parameters that no axis varies. */
  readonly fixed: ParameterValues;
}

/** Whether the space is one: its axes are parameters of the strategy, its condition can be read, and it is not too large. */
function readSpace(input: StudyInput, { module, parameters, options }: AskedBacktest): Space | InvalidInput {
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
    return { space, sets, fixed: fixedOf(sets) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return invalidInput('grid', error.message, 'The description of the field lists its forms.');
  }
}

/** Fields of {@link StudyInput}. */
export const studyFields = (t: InputFields, parameterInput: ReturnType<typeof addParameterInput>) => ({
  ...backtestFields(t, parameterInput),
  grid: t.stringList({
    required: true,
    description: 'Values of parameters: fast=2..101, fast=2..101:3, low=20,25,30 or direction=long,longshort; the last varies fastest.',
  }),
  where: t.string({ description: "Sets to run, like 'fast<slow' or 'slow-fast>=5 && fast!=7'." }),
  method: t.string({ required: true, defaultValue: 'grid', description: 'grid, random or sobol.' }),
  samples: t.int({ description: 'Sets to draw; not of a grid.' }),
});

/** What {@link WalkForwardInput} has beside. */
export const windowFields = (t: InputFields) => ({
  train: t.int({ required: true, description: 'Bars to choose a set in; from 2.' }),
  test: t.int({ required: true, description: 'Bars to trade it in; from 1.' }),
  mode: t.string({
    required: true,
    defaultValue: 'rolling',
    description: 'rolling windows forget old bars; anchored ones begin at the first.',
  }),
  objective: t.string({ description: "What the best set has most of: sharpe (when absent), total_return, calmar, '-trades', …" }),
  constraint: t.string({ description: "What a set must fulfil to be chosen, like 'trades>=30 && max_drawdown>-0.2'." }),
  choose: t.string({ required: true, defaultValue: 'peak', description: 'The peak, or the set with the best plateau around it.' }),
  plateauSteps: t.int({ description: 'How far a plateau reaches, in steps of the grid; 1 when absent.' }),
});

const said = (text: string | null | undefined): string | undefined =>
  typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;

function criterionOf({ objective, constraint, plateauSteps }: WalkForwardInput): Omit<WalkSpec['selection'], 'choose'> {
  const [most, must] = [said(objective), said(constraint)];
  return {
    ...(most === undefined ? {} : { objective: most }),
    ...(must === undefined ? {} : { constraint: must }),
    ...(typeof plateauSteps === 'number' ? { plateauSteps } : {}),
  };
}

const FIELD_OF_PROBLEM = [
  [/constraint/, 'constraint'],
  [/plateau reaches/, 'plateauSteps'],
  [/plateau/, 'choose'],
] as const;

/** Whether windows and criterion can be; whether the bars reach is known when they are read. */
function readWalk(input: WalkForwardInput, { sets, space }: Space): WalkSpec | InvalidInput {
  const { train, test } = input;
  const mode = WINDOW_MODES.find((each) => each === input.mode);
  const choose = CHOICES.find((each) => each === input.choose);
  if (mode === undefined) return invalidInput('mode', `There is no mode ${input.mode}`, `It must be ${WINDOW_MODES.join(' or ')}.`);
  if (choose === undefined) return invalidInput('choose', `There is no choice ${input.choose}`, `It must be ${CHOICES.join(' or ')}.`);
  if (train < 2) return invalidInput('train', 'A set cannot be chosen in so few bars', 'It must be at least 2.');
  if (test < 1) return invalidInput('test', 'Nothing would be traded', 'It must be at least 1.');
  const selection = { ...criterionOf(input), choose };
  try {
    checkSpace({ axes: sets.axes, sets: () => [], isGrid: space.method === 'grid', selection });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [, field = 'objective'] = FIELD_OF_PROBLEM.find(([words]) => words.test(error.message)) ?? [];
    return invalidInput(field, error.message, 'The description of the field lists its forms.');
  }
  return { windows: { train, test, mode }, selection };
}

/** A study that can be run, as far as it can be known without its bars; or what is wrong. */
export async function readStudy(
  input: StudyInput | WalkForwardInput,
  context: Context,
): Promise<StudyJob | InvalidInput | CompileFailed | NotFound> {
  const asked = await readBacktestInput(input, context);
  if (isAnswer(asked)) return asked;
  const read = readSpace(input, asked);
  if (isAnswer(read)) return read;
  const { symbol, ...rest } = asked;
  const job: StudyJob = { ...rest, parameters: read.fixed, space: read.space, symbols: [symbol], timeframe: '1Day' };
  if (!('train' in input)) return job;
  const walk = readWalk(input, read);
  return isAnswer(walk) ? walk : { ...job, walk };
}
