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

/** The first values of `a` and of `b`, side by side. */
@inline
export function firstLanes(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

@inline
export function secondLanes(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** `storeLanes` of `value` at `first`, and of `next` at the place after it. */
@inline
export function storePairs(first: usize, distance: usize, value: v128, next: v128): void {
  v128.store(first, firstLanes(value, next));
  v128.store(first + distance, secondLanes(value, next));
}
