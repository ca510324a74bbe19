import { UsageError } from '../backtest-flags.ts';

export const WINDOW_MODES = ['rolling', 'anchored'] as const;

export interface WindowOptions {
  /** Bars in which a set is chosen; with `anchored`, those of the first window. */
  readonly train: number;
  /** Bars in which it then trades. */
  readonly test: number;
  /** `rolling` forgets what is older than `train`; `anchored` begins each window at the first bar. */
  readonly mode: (typeof WINDOW_MODES)[number];
}

/** Bars by number, from `first` to before `end`. */
export interface BarSpan {
  readonly first: number;
  readonly end: number;
}

export interface Fold {
  readonly index: number;
  readonly train: BarSpan;
  /** Begins where `train` ends. */
  readonly test: BarSpan;
}

/** Windows in the order of time: every bar after the first `train` is tested once, and the last test may be shorter. Throws {@link UsageError}. */
export function foldsOf(bars: number, { train, test, mode }: WindowOptions): readonly Fold[] {
  for (const [name, value, least] of [
    ['train', train, 2],
    ['test', test, 1],
  ] as const) {
    if (!(Number.isSafeInteger(value) && value >= least)) {
      throw new UsageError(`${name} is ${value} bars; it must be a whole number from ${least}`);
    }
  }
  if (bars <= train)
    throw new UsageError(`there are ${bars} bars; after ${train} to choose in, none is left to test: give a smaller train`);
  return Array.from({ length: Math.ceil((bars - train) / test) }, (_, index) => {
    const first = train + index * test;
    return {
      index,
      train: { first: mode === 'anchored' ? 0 : first - train, end: first },
      test: { first, end: Math.min(bars, first + test) },
    };
  });
}
