import { equalBlocks } from '@tidemark/compute/optimisation';

/** Parts of the bars: 924 ways to choose half of them. */
const BLOCKS = 12;
const BARS_A_BLOCK_MIN = 10;
/** Two numbers a set and block are kept: 192 bytes a set, at most 3.8 MB a sweep. */
const SETS_MAX = 20_000;
/** Each set is run once more, bar by bar: some tens of seconds of one core. */
const BAR_SETS_MAX = 250_000_000;

/** Blocks in which the returns of each set are kept, or why they are not. */
export type BlocksOrReason = { readonly bounds: readonly number[] } | { readonly reason: string };

const whole = (value: number): string => value.toLocaleString('en');

/** Of a sweep of `size` sets over `bars` instants of `symbols` symbols. */
export function crossValidationBlocks(size: number, bars: number, symbols: number): BlocksOrReason {
  if (size > SETS_MAX) return { reason: `sweeps of more than ${whole(SETS_MAX)} sets are not cross-validated` };
  if (size * bars * symbols > BAR_SETS_MAX)
    return { reason: `${whole(size)} sets on ${whole(bars * symbols)} bars are too many to be run once more, bar by bar` };
  if (bars < BLOCKS * BARS_A_BLOCK_MIN) return { reason: `fewer than ${BLOCKS * BARS_A_BLOCK_MIN} bars cannot be cut in ${BLOCKS} blocks` };
  return { bounds: equalBlocks(bars, BLOCKS) };
}
