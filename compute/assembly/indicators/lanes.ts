/** The value at `first` and the one `distance` bytes on, side by side. */
@inline
export function loadLanes(first: usize, distance: usize): v128 {
  return v128.load64_lane(first + distance, v128.load64_zero(first), 1);
}

@inline
export function storeLanes(first: usize, distance: usize, value: v128): void {
  v128.store64_lane(first, value, 0);
  v128.store64_lane(first + distance, value, 1);
}

/** The first lanes of two. */
@inline
export function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

/** The second lanes of two. */
@inline
export function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}
