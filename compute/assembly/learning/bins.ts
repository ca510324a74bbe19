import { MISSING_BIN } from './job';

/** Bins of values: how many of the cuts, which ascend, are below each. A value that is not a number is missing. */
export function writeBins(values: usize, count: i32, cuts: usize, cutCount: i32, bins: usize): void {
  for (let row = 0; row < count; row++) {
    const value = load<f64>(values + (usize(row) << 3));
    store<u8>(bins + usize(row), value == value ? u8(cutsBelow(cuts, cutCount, value)) : u8(MISSING_BIN));
  }
}

/** By halves, each a choice of two addresses and no branch. */
@inline
function cutsBelow(cuts: usize, count: i32, value: f64): u32 {
  let base = cuts;
  let length = count;
  while (length > 1) {
    const half = length >> 1;
    base = select<usize>(base + (usize(half) << 3), base, load<f64>(base + (usize(half - 1) << 3)) < value);
    length -= half;
  }
  return u32((base - cuts) >> 3) + u32(length == 1 && load<f64>(base) < value);
}
