/** What many Sharpe ratios have in common, of one bar each: not annualised. */
export interface TrialMoments {
  /** Sets of parameters that were tried. */
  readonly sets: number;
  /** Of these, how many have a ratio: the others never held anything. */
  readonly sharpes: number;
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly squares: number;
}

export const NO_TRIALS: TrialMoments = { sets: 0, sharpes: 0, mean: 0, squares: 0 };

/** Of sets one by one, `null` for one without a ratio. B. P. Welford, "Note on a method for calculating corrected sums of squares and products", 1962. */
export function momentsOf(ratios: Iterable<number | null>): TrialMoments {
  let [sets, sharpes, mean, squares] = [0, 0, 0, 0];
  for (const ratio of ratios) {
    sets += 1;
    if (ratio === null) continue;
    sharpes += 1;
    const off = ratio - mean;
    mean += off / sharpes;
    squares += off * (ratio - mean);
  }
  return { sets, sharpes, mean, squares };
}

/** Of both together. T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", 1983. */
export function mergeMoments(a: TrialMoments, b: TrialMoments): TrialMoments {
  const sets = a.sets + b.sets;
  const sharpes = a.sharpes + b.sharpes;
  if (sharpes === 0) return { sets, sharpes, mean: 0, squares: 0 };
  const off = b.mean - a.mean;
  return {
    sets,
    sharpes,
    mean: a.mean + (off * b.sharpes) / sharpes,
    squares: a.squares + b.squares + (off * off * a.sharpes * b.sharpes) / sharpes,
  };
}

/** Of the sample (ddof 1); 0 for fewer than two ratios. */
export const varianceOf = ({ sharpes, squares }: TrialMoments): number => (sharpes < 2 ? 0 : squares / (sharpes - 1));
