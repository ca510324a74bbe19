import { at, put } from './series';

const SMALL: i32 = 24;

/** Puts the values into ascending order, in place. */
export function sortSeries(series: usize, count: i32): void {
  sortRange(series, 0, count - 1);
}

function sortRange(series: usize, from: i32, to: i32): void {
  let low = from;
  let high = to;
  while (high - low > SMALL) {
    const split = partition(series, low, high);
    // The shorter side by recursion: the stack stays as deep as the logarithm of the length.
    if (split - low < high - split) {
      sortRange(series, low, split);
      low = split + 1;
    } else {
      sortRange(series, split + 1, high);
      high = split;
    }
  }
  insertRange(series, low, high);
}

function insertRange(series: usize, low: i32, high: i32): void {
  for (let i = low + 1; i <= high; i++) {
    const value = at(series, i);
    let j = i - 1;
    for (; j >= low && at(series, j) > value; j--) put(series, j + 1, at(series, j));
    put(series, j + 1, value);
  }
}

/** Everything up to the answer is at most everything behind it; both sides have values. */
function partition(series: usize, low: i32, high: i32): i32 {
  const pivot = at(series, pivotOf(series, low, high));
  let left = low - 1;
  let right = high + 1;
  while (true) {
    do left++;
    while (at(series, left) < pivot);
    do right--;
    while (at(series, right) > pivot);
    if (left >= right) return right;
    const value = at(series, left);
    put(series, left, at(series, right));
    put(series, right, value);
  }
}

/**
 * The middle one of three places that follow from the range alone: the same input takes the same path, and no natural order is a bad one.
 * Never the last place, or a partition could end where it began.
 */
function pivotOf(series: usize, low: i32, high: i32): i32 {
  const length = u32(high - low);
  const mixed = (u32(low) * 0x9e3779b1) ^ (u32(high) * 0x85ebca6b);
  const a = low + i32(mixed % length);
  const b = low + i32(((mixed >>> 11) | (mixed << 21)) % length);
  const c = low + i32(length >> 1);
  const x = at(series, a);
  const y = at(series, b);
  const z = at(series, c);
  if (x < y) return y < z ? b : x < z ? c : a;
  return x < z ? a : y < z ? c : b;
}

/** Moves the value of the given rank to its place, smaller ones before it and larger ones behind it; `from` and before are settled. */
export function settle(series: usize, from: i32, count: i32, rank: i32): void {
  let low = from;
  let high = count - 1;
  while (high - low > SMALL) {
    const split = partition(series, low, high);
    if (rank <= split) high = split;
    else low = split + 1;
  }
  insertRange(series, low, high);
}

/** Quantile by linear interpolation between order statistics, of values in ascending order. */
export function quantileOfSorted(series: usize, count: i32, share: f64): f64 {
  if (count == 0) return NaN;
  const place = f64(count - 1) * share;
  const below = min(i32(place), count - 1);
  return interpolate(at(series, below), at(series, min(below + 1, count - 1)), place - f64(below));
}

/** The same of values in no order, which it moves: ranks below those of `share` come to stand before them. */
export function settleQuantile(series: usize, from: i32, count: i32, share: f64): f64 {
  if (count == 0) return NaN;
  const place = f64(count - 1) * share;
  const below = min(i32(place), count - 1);
  settle(series, from, count, below);
  const low = at(series, below);
  return below + 1 < count ? interpolate(low, leastFrom(series, below + 1, count), place - f64(below)) : low;
}

/** The least of the values from a place on. */
function leastFrom(series: usize, from: i32, count: i32): f64 {
  let least = Infinity;
  for (let i = from; i < count; i++) least = min(least, at(series, i));
  return least;
}

@inline
function interpolate(low: f64, high: f64, part: f64): f64 {
  return low == high ? low : low + (high - low) * part;
}
