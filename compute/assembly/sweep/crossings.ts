import { STRICT, WORD } from './job';

/** Events that are written without a look at how many there are: a branch that nobody can foresee costs more. */
const AT_ONCE: i32 = 4;

/**
 * Copies a row in single precision, padded to whole words with values that are not numbers; answers the index of the row's first value.
 * Rounding keeps order, so where two rounded values differ the exact ones differ likewise: four bars are compared at once, and only
 * where rounded values are equal the exact ones have to be looked at.
 */
export function narrowRow(row: usize, count: i32, output: usize): i32 {
  let first = 0;
  while (first < count && isNaN(load<f64>(row + (usize(first) << 3)))) first += 1;
  for (let i = 0; i < count; i++) store<f32>(output + (usize(i) << 2), f32(load<f64>(row + (usize(i) << 3))));
  for (let i = count; (i & (WORD - 1)) != 0; i++) store<f32>(output + (usize(i) << 2), NaN);
  return first;
}

/** Where one series crosses another: entries and exits in turns, an entry first. */
export class Crossings {
  /** Where the bars of the last pair stand, an i32 each. There is room for two more behind them. */
  bars: usize = 0;
  private readonly buffer: usize;
  /** What `resolve` finds out about a word, a bit a bar. */
  private above: u64 = 0;
  private below: u64 = 0;
  /** Bars after which a rise above is an entry, and a fall below an exit. */
  private armedBelow: u64 = 0;
  private armedAbove: u64 = 0;

  constructor(
    private readonly count: i32,
    private readonly arm: i32,
  ) {
    this.buffer = heap.alloc(usize(count + WORD + AT_ONCE) << 2);
  }

  /**
   * Finds the crossings of two rows, given exactly and in single precision, from the first bar where both have a value. Answers how many
   * there are.
   */
  find(fast: usize, slow: usize, fast32: usize, slow32: usize, from: i32): i32 {
    const count = this.count;
    let at = this.buffer;
    let wasAbove: u64 = 0;
    let wasBelow: u64 = 0;
    let repeats = false;
    for (let bar = from & ~(WORD - 1); bar < count; bar += WORD) {
      const a = fast32 + (usize(bar) << 2);
      const b = slow32 + (usize(bar) << 2);
      const first = compare(a, b);
      const second = compare(a + 64, b + 64);
      const third = compare(a + 128, b + 128);
      const fourth = compare(a + 192, b + 192);
      let valid: u64 = bar < from ? u64.MAX_VALUE << (from - bar) : u64.MAX_VALUE;
      if (count - bar < WORD) valid &= u64.MAX_VALUE >> (WORD - (count - bar));
      let above = valid & ((first & 0xffff) | ((second & 0xffff) << 16) | ((third & 0xffff) << 32) | (fourth << 48));
      let below = valid & ((first >> 16) | (second & 0xffff0000) | ((third & 0xffff0000) << 16) | ((fourth & 0xffff0000) << 32));
      let armedAbove = above;
      let armedBelow = below;
      const doubtful = valid & ~(above | below);
      if (doubtful != 0) {
        this.above = above;
        this.below = below;
        if (this.resolve(doubtful, fast + (usize(bar) << 3), slow + (usize(bar) << 3), wasAbove, wasBelow)) repeats = true;
        above = this.above;
        below = this.below;
        armedAbove = this.armedAbove;
        armedBelow = this.armedBelow;
      }
      at = writeBits((above & ((armedBelow << 1) | wasBelow)) | (below & ((armedAbove << 1) | wasAbove)), bar, at);
      wasAbove = armedAbove >> 63;
      wasBelow = armedBelow >> 63;
    }
    this.bars = this.buffer;
    const found = i32((at - this.buffer) >> 2);
    if (repeats) return this.inTurns(fast, slow, found);
    if (found == 0 || isAbove(fast, slow, load<i32>(this.buffer))) return found;
    // An exit without an entry before it.
    this.bars += 4;
    return found - 1;
  }

  /** Looks at the exact values of the bars in doubt. Answers whether crossings may repeat: two entries without an exit in between. */
  private resolve(doubtful: u64, fast: usize, slow: usize, wasAbove: u64, wasBelow: u64): bool {
    let equal: u64 = 0;
    let neither: u64 = 0;
    for (let left = doubtful; left != 0; left &= left - 1) {
      const bit = left & (0 - left);
      const at = usize(ctz(left)) << 3;
      const x = load<f64>(fast + at);
      const y = load<f64>(slow + at);
      if (x > y) this.above |= bit;
      else if (x < y) this.below |= bit;
      else neither |= bit;
      if (x == y) equal |= bit;
    }
    this.armedAbove = this.above | equal;
    this.armedBelow = this.below | equal;
    if (this.arm == STRICT) this.carryOver(neither, wasAbove, wasBelow);
    return neither != 0 && this.arm != STRICT;
  }

  /** A bar on which the series do not differ leaves the side where it was. */
  private carryOver(neither: u64, wasAbove: u64, wasBelow: u64): void {
    this.armedAbove = this.above;
    this.armedBelow = this.below;
    for (let left = neither; left != 0; left &= left - 1) {
      const bit = left & (0 - left);
      this.armedAbove |= ((this.armedAbove << 1) | wasAbove) & bit;
      this.armedBelow |= ((this.armedBelow << 1) | wasBelow) & bit;
    }
  }

  /** Leaves out crossings that change nothing. */
  private inTurns(fast: usize, slow: usize, found: i32): i32 {
    let kept = 0;
    for (let i = 0; i < found; i++) {
      const bar = load<i32>(this.buffer + (usize(i) << 2));
      if (isAbove(fast, slow, bar) != ((kept & 1) == 0)) continue;
      store<i32>(this.buffer + (usize(kept) << 2), bar);
      kept += 1;
    }
    return kept;
  }
}

@inline
function isAbove(fast: usize, slow: usize, bar: i32): bool {
  return load<f64>(fast + (usize(bar) << 3)) > load<f64>(slow + (usize(bar) << 3));
}

/** Of sixteen bars, one bit each: where `a` is above `b` in the low half, where it is below in the high half. */
@inline
function compare(a: usize, b: usize): u64 {
  const a0 = v128.load(a);
  const b0 = v128.load(b);
  const a1 = v128.load(a, 16);
  const b1 = v128.load(b, 16);
  const a2 = v128.load(a, 32);
  const b2 = v128.load(b, 32);
  const a3 = v128.load(a, 48);
  const b3 = v128.load(b, 48);
  const above = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(f32x4.gt(a0, b0), f32x4.gt(a1, b1)),
    i16x8.narrow_i32x4_s(f32x4.gt(a2, b2), f32x4.gt(a3, b3)),
  );
  const below = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(f32x4.lt(a0, b0), f32x4.lt(a1, b1)),
    i16x8.narrow_i32x4_s(f32x4.lt(a2, b2), f32x4.lt(a3, b3)),
  );
  return u64(u32(i8x16.bitmask(above)) | (u32(i8x16.bitmask(below)) << 16));
}

/** Writes the bars of the bits that are set, and answers where the next one goes. */
@inline
function writeBits(bits: u64, bar: i32, at: usize): usize {
  const next = at + (usize(popcnt(bits)) << 2);
  do {
    store<i32>(at, bar + i32(ctz(bits)));
    bits &= bits - 1;
    store<i32>(at, bar + i32(ctz(bits)), 4);
    bits &= bits - 1;
    store<i32>(at, bar + i32(ctz(bits)), 8);
    bits &= bits - 1;
    store<i32>(at, bar + i32(ctz(bits)), 12);
    bits &= bits - 1;
    at += AT_ONCE << 2;
  } while (bits != 0);
  return next;
}
