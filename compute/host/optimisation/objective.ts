import { UsageError } from '../backtest-flags.ts';
import type { AxisValue, ParameterAxis } from '../parameter-axis.ts';
import { parseExpression, parsePredicate, type ConditionName } from '../parameter-condition.ts';
import type { SweepRow } from '../sweep.ts';
import { FIGURE_NAMES, figureValues, type FigureBasis } from './set-figures.ts';

/** What makes one set better than another, as text. */
export interface Criterion {
  /** Arithmetic over figures and parameters; the largest is the best. `sharpe` when absent. */
  readonly objective?: string | undefined;
  /** What a set must fulfil to be chosen, like `trades>=30 && max_drawdown>-0.2`. */
  readonly constraint?: string | undefined;
}

/** A set under a criterion. */
export interface Judged {
  /** Figures in the order of `FIGURE_NAMES`. */
  readonly figures: readonly number[];
  /** Not-a-number where the objective has no value. */
  readonly score: number;
  /** Whether the set may be chosen: it has a score and fulfils the constraint. */
  readonly isEligible: boolean;
}

export type Judge = (row: SweepRow, basis: FigureBasis) => Judged;

export const DEFAULT_OBJECTIVE = 'sharpe';
const NAME = 'figure or parameter';

function namesOf(axes: readonly ParameterAxis[]): readonly ConditionName[] {
  const clash = axes.find(({ name }) => FIGURE_NAMES.some((figure) => figure === name));
  if (clash !== undefined)
    throw new UsageError(`the parameter ${clash.name} has the name of a figure: an objective could not tell them apart`);
  return [...FIGURE_NAMES.map((name) => ({ name, kind: 'number' as const })), ...axes];
}

/**
 * Reads a criterion. A constraint that names a figure without a value is not fulfilled, however it is put. Throws {@link UsageError} with the
 * place of what is wrong.
 */
export function parseCriterion({ objective = DEFAULT_OBJECTIVE, constraint }: Criterion, axes: readonly ParameterAxis[]): Judge {
  const names = namesOf(axes);
  const { value: scoreOf } = parseExpression(objective, names, { what: 'objective', name: NAME });
  const { holds, used } =
    constraint === undefined
      ? { holds: () => true, used: new Set<number>() }
      : parsePredicate(constraint, names, { what: 'constraint', name: NAME });
  const needed = [...used].filter((index) => index < FIGURE_NAMES.length);
  return (row, basis) => {
    const figures = figureValues(row, basis);
    const values: readonly AxisValue[] = [...figures, ...row.set];
    const score = scoreOf(values);
    const isKnown = Number.isFinite(score) && needed.every((index) => Number.isFinite(figures[index]));
    return { figures, score: Number.isFinite(score) ? score : Number.NaN, isEligible: isKnown && holds(values) };
  };
}
