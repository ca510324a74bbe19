import { decisionsOf, informationCoefficient } from '@tidemark/compute/research';
import type { Instant } from '../money/instant.ts';
import { OUTCOMES_MIN } from './outcome-figures.ts';
import type { ScoredOutcome } from './prediction.ts';

/** What predictions were worth over a window of outcomes that moves on with time. */
export interface RollingOutcome {
  /** Start of the last bar that the window's newest outcomes look at. */
  readonly at: Instant;
  /** Outcomes in the window. */
  readonly n: number;
  /** Share of labels that lie on the prediction's side of one half; `null` of a model of values. */
  readonly accuracy: number | null;
  /** What always saying the window's more frequent label would have come to; `null` of a model of values. */
  readonly baseRate: number | null;
  /** Of predictions and the returns that came; `null` where one of them does not move. */
  readonly ic: number | null;
}

export const ROLLING_WINDOW_MIN = OUTCOMES_MIN;

type Known = ScoredOutcome & { readonly label: number };

const isKnown = (outcome: ScoredOutcome): outcome is Known => outcome.label !== undefined;

/**
 * One point for each bar at which labels ended, oldest first, from the first that has `window` outcomes with a label behind it. Bars stay whole: a window may
 * hold more than it asks for, and the order of outcomes of one bar does not matter.
 */
export function rollingOutcomes(task: 'classes' | 'values', outcomes: readonly ScoredOutcome[], window: number): readonly RollingOutcome[] {
  const known = outcomes.filter(isKnown).toSorted((left, right) => left.endsAt - right.endsAt);
  const points: RollingOutcome[] = [];
  for (const [place, { endsAt }] of known.entries()) {
    const end = place + 1;
    const isLastOfBar = known[end]?.endsAt !== endsAt;
    if (isLastOfBar && end >= window) points.push({ at: endsAt, ...figuresOf(task, known.slice(startOf(known, end - window), end)) });
  }
  return points;
}

/** The first outcome of the bar that this one belongs to. */
function startOf(known: readonly Known[], place: number): number {
  let start = place;
  while (start > 0 && known[start - 1]?.endsAt === known[start]?.endsAt) start -= 1;
  return start;
}

function figuresOf(task: 'classes' | 'values', rows: readonly Known[]): Omit<RollingOutcome, 'at'> {
  const n = rows.length;
  const scores = Float64Array.from(rows, ({ score }) => score);
  const gained = Float64Array.from(rows, (row) => row.gained);
  const ic = informationCoefficient(scores, gained);
  if (task === 'values') return { n, accuracy: null, baseRate: null, ic };
  const labels = Float64Array.from(rows, ({ label }) => label);
  const { accuracy, truePositives, falseNegatives } = decisionsOf(labels, scores);
  const ones = truePositives + falseNegatives;
  return { n, accuracy, baseRate: Math.max(ones, n - ones) / n, ic };
}
