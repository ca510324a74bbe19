import { setRowAt, SweepChunk } from '@tidemark/compute';
import type { GridSet, ParameterAxis } from '@tidemark/compute';
import { Selector } from '@tidemark/compute/optimisation';

/** So many trials can be drawn and sent. */
export const TRIALS_MAX = 10_000;
/** Neighbours that are looked at in all: the median around each of the sets. */
const NEIGHBOURS_MAX = 1_000_000;

/** Values of one parameter, one a trial. */
export interface TrialColumn {
  readonly name: string;
  readonly values: readonly string[];
}

/** The sets of a sweep with what came of each, in columns, in the order of the grid. */
export interface TrialTable {
  /** How many there are; where that is too many, each of so many is in the table, and the best. */
  readonly all: number;
  readonly step: number;
  readonly parameters: readonly TrialColumn[];
  /** A year; `null` where nothing was ever held. */
  readonly sharpe: readonly (number | null)[];
  readonly totalReturn: readonly number[];
  readonly maxDrawdown: readonly number[];
  readonly trades: readonly number[];
  /** Row of the set with the highest Sharpe ratio, the first of equals; `undefined` where none has one. */
  readonly best: number | undefined;
  /** Row of the set in the middle of the best plateau; or why there is none. */
  readonly plateau: number | { readonly reason: string };
}

interface Trial extends NonNullable<ReturnType<typeof setRowAt>> {
  readonly place: number;
  readonly set: GridSet;
}

export interface TrialTableOptions {
  readonly axes: readonly ParameterAxis[];
  /** How many sets have a result. */
  readonly all: number;
  readonly method: string;
  readonly isDone: boolean;
}

const sharpeOf = (trial: Trial | undefined): number => trial?.sharpe ?? Number.NEGATIVE_INFINITY;

/** Why no plateau is looked for; `undefined` where one is. */
function whyNoPlateau({ axes, all, method, isDone }: TrialTableOptions): string | undefined {
  if (!isDone) return 'the sweep is not done';
  if (method !== 'grid') return 'sets that are drawn have no neighbours';
  if (all > TRIALS_MAX) return `it is looked for among up to ${TRIALS_MAX} sets`;
  const around = axes.reduce((product, { kind, count }) => product * (kind === 'number' ? Math.min(3, count) : 1), 1);
  return around * all > NEIGHBOURS_MAX ? 'there are too many neighbours to look at' : undefined;
}

/** Collects the trials of a sweep from its parts, which come in their order. */
export function openTrialTable(options: TrialTableOptions) {
  const { axes, all } = options;
  const step = Math.max(1, Math.ceil(all / TRIALS_MAX));
  const reason = whyNoPlateau(options);
  // Which bars and how many a year makes no difference to the Sharpe ratio, by which the neighbourhoods are compared.
  const selector = reason === undefined ? new Selector({ choose: 'plateau' }, axes, { bars: 1, periodsPerYear: 1 }, true) : undefined;
  const kept: Trial[] = [];
  let best: Trial | undefined;
  let place = 0;
  const add = (sets: Iterable<GridSet>, figures: Float64Array): void => {
    const part = [...sets];
    for (const [index, set] of part.entries()) {
      const row = setRowAt(figures, index);
      if (row === undefined) continue;
      const trial = { ...row, set, place };
      if (place % step === 0) kept.push(trial);
      if (sharpeOf(trial) > sharpeOf(best)) best = trial;
      place += 1;
    }
    selector?.take(new SweepChunk(part, figures));
  };
  const plateauOf = (rows: readonly Trial[]): TrialTable['plateau'] => {
    if (selector === undefined) return { reason: reason ?? 'it was not looked for' };
    const { chosen } = selector.result();
    if (chosen === null) return { reason: 'no set has a Sharpe ratio with enough of its neighbours' };
    const row = rows.findIndex(({ set }) => axes.every(({ name }, axis) => chosen.parameters[name] === set[axis]));
    if (row < 0) throw new Error('Invariant: the set in the middle of the plateau is one of the sets');
    return row;
  };
  return {
    add,
    table: (): TrialTable => {
      const leading = best;
      const isKept = leading === undefined || leading.place % step === 0;
      const rows = isKept ? kept : [...kept, leading].toSorted((a, b) => a.place - b.place);
      return {
        all: place,
        step,
        parameters: axes.map(({ name }, axis) => ({ name, values: rows.map(({ set }) => String(set[axis] ?? '')) })),
        sharpe: rows.map(({ sharpe }) => sharpe),
        totalReturn: rows.map(({ totalReturn }) => totalReturn),
        maxDrawdown: rows.map(({ maxDrawdown }) => maxDrawdown),
        trades: rows.map(({ trades }) => trades),
        best: leading === undefined ? undefined : rows.indexOf(leading),
        plateau: plateauOf(rows),
      };
    },
  };
}
