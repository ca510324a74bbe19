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

/** Of sets one by one. B. P. Welford, "Note on a method for calculating corrected sums of squares and products", 1962. */
export class RunningMoments {
  private sets = 0;
  private sharpes = 0;
  private mean = 0;
  private squares = 0;

  /** `null` for a set without a ratio. */
  add(ratio: number | null): void {
    this.sets += 1;
    if (ratio === null) return;
    this.sharpes += 1;
    const off = ratio - this.mean;
    this.mean += off / this.sharpes;
    this.squares += off * (ratio - this.mean);
  }

  moments(): TrialMoments {
    const { sets, sharpes, mean, squares } = this;
    return { sets, sharpes, mean, squares };
  }
}

/** `null` for a set without a ratio. */
export function momentsOf(ratios: Iterable<number | null>): TrialMoments {
  const running = new RunningMoments();
  for (const ratio of ratios) running.add(ratio);
  return running.moments();
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
