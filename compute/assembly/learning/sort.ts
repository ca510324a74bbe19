const DIGIT_BITS: u64 = 11;
const DIGITS: i32 = 1 << 11;
const PASSES: i32 = 6;
const SIGN: u64 = 1 << 63;

/** A word a digit; each pass counts anew. */
const COUNT_BYTES: usize = usize(DIGITS) * 4;

/**
 * Copies the values that are numbers to `sorted`, ascending, and answers how many they are. By digits from the last to the first: `spare` is
 * as large as `sorted`, and `counts` has {@link COUNT_BYTES}.
 */
export function sortValues(values: usize, count: i32, sorted: usize, spare: usize, counts: usize): i32 {
  let kept = 0;
  for (let row = 0; row < count; row++) {
    const value = load<f64>(values + (usize(row) << 3));
    if (value != value) continue;
    const bits = reinterpret<u64>(value);
    // In this form whole numbers without a sign have the order of the doubles.
    store<u64>(sorted + (usize(kept++) << 3), bits ^ (bits & SIGN ? u64.MAX_VALUE : SIGN));
  }
  let from = sorted;
  let to = spare;
  for (let pass = 0; pass < PASSES; pass++) {
    distribute(from, to, kept, u64(pass) * DIGIT_BITS, counts);
    const other = from;
    from = to;
    to = other;
  }
  for (let place = 0; place < kept; place++) {
    const key = load<u64>(sorted + (usize(place) << 3));
    store<u64>(sorted + (usize(place) << 3), key ^ (key & SIGN ? SIGN : u64.MAX_VALUE));
  }
  return kept;
}

/** Keeps the order of those that have the same digit. */
function distribute(from: usize, to: usize, count: i32, shift: u64, counts: usize): void {
  memory.fill(counts, 0, COUNT_BYTES);
  for (let place = 0; place < count; place++) {
    const counter = counts + digitOf(load<u64>(from + (usize(place) << 3)), shift);
    store<i32>(counter, load<i32>(counter) + 1);
  }
  let before = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const counter = counts + (usize(digit) << 2);
    const here = load<i32>(counter);
    store<i32>(counter, before);
    before += here;
  }
  for (let place = 0; place < count; place++) {
    const key = load<u64>(from + (usize(place) << 3));
    const counter = counts + digitOf(key, shift);
    const target = load<i32>(counter);
    store<i32>(counter, target + 1);
    store<u64>(to + (usize(target) << 3), key);
  }
}

@inline
function digitOf(key: u64, shift: u64): usize {
  return usize((key >> shift) & (DIGITS - 1)) << 2;
}
