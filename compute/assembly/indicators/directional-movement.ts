import { trueRangeLanes } from './true-range';

/** Sums of true ranges, or percents of movement, below this count as nothing: TA-Lib's convention. */
export const NO_MOVEMENT: f64 = 1e-14;

/**
 * Directional movement of a bar (Wilder, 1978): how far it went `toward` one side beyond the bar before, if that is further than it went
 * `away` to the other; nothing otherwise. Not-a-number where `toward` is. In a lane, for there it takes no branches.
 */
@inline
export function movement(toward: f64, away: f64): f64 {
  return f64x2.extract_lane(movementLanes(f64x2.splat(toward), f64x2.splat(away)), 0);
}

/** As `movement` for two bars. */
@inline
export function movementLanes(toward: v128, away: v128): v128 {
  return v128.andnot(f64x2.pmax(toward, f64x2.splat(0)), f64x2.le(toward, away));
}

/** The rise of two highs above the highs before. For lows: how far they are above, which is how far they did not fall. */
@inline
export function riseLanes(column: usize): v128 {
  return f64x2.sub(v128.load(column), v128.load(column - 8));
}

/** The true ranges of two bars. The close before them must be at hand. */
@inline
export function rangeLanes(high: usize, low: usize, close: usize): v128 {
  return trueRangeLanes(v128.load(high), v128.load(low), v128.load(close - 8));
}
