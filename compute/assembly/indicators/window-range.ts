import { bytes } from './indicator';

/** Bars of a batch that are worked on at a time, so that all steps stay in the nearest cache. */
const CHUNK: i32 = 192;
/** Bars that the first step of a batch covers in registers. */
const FIRST_SPAN: i32 = 8;

/**
 * The highest high and the lowest low of the last `period` bars. Both are kept as highs: the lowest low is the highest negated low, negated.
 * A high that is not a number counts as infinitely high, a low as infinitely low, so that such a range is infinite and can be told.
 *
 * Bar by bar, windows are cut in blocks of `period` bars: each is the tail of one block and the head of the next. A batch doubles windows
 * instead: the extreme of eight bars is that of four and of the four before, and any window is two overlapping ones of the largest
 * power of two within it. Extremes are the same in any order, so both give the same bits.
 */
export class WindowRange {
  highest: f64 = NaN;
  lowest: f64 = NaN;
  /** High in one lane, negated low in the other: the extremes of this block from each place to its end, then those of the last block. */
  private readonly tails: StaticArray<v128>;
  private head: v128 = f64x2.splat(-Infinity);
  private at: i32 = 0;
  /** The largest power of two within `period`. */
  private readonly span: i32;
  /** Bars that `prepare` takes at most. */
  readonly chunk: i32;
  private scratch: StaticArray<f64> | null = null;
  private highs: usize = 0;
  private lows: usize = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.tails = new StaticArray<v128>(period + 1);
    for (let i = 0; i <= period; i++) unchecked((this.tails[i] = f64x2.splat(-Infinity)));
    this.span = 1 << (31 - clz(period));
    this.chunk = max(CHUNK, 2 * period);
  }

  /** Moves `highest` and `lowest` one bar on. They cover fewer bars while fewer than `period` were taken in. */
  next(high: f64, low: f64): void {
    const bar = extreme(f64x2.replace_lane(f64x2.splat(high), 1, -low));
    const head = f64x2.pmax(this.head, bar);
    unchecked((this.tails[this.at] = bar));
    const at = this.at + 1;
    const both = f64x2.pmax(head, unchecked(this.tails[at]));
    this.highest = f64x2.extract_lane(both, 0);
    this.lowest = -f64x2.extract_lane(both, 1);
    this.head = head;
    this.at = at;
    if (at == this.period) this.endBlock();
  }

  /** Turns the bars of the block that is full into extremes from each place to its end, and begins the next block. */
  private endBlock(): void {
    let tail = f64x2.splat(-Infinity);
    for (let i = this.period - 1; i >= 0; i--) {
      tail = f64x2.pmax(tail, unchecked(this.tails[i]));
      unchecked((this.tails[i] = tail));
    }
    this.head = f64x2.splat(-Infinity);
    this.at = 0;
  }

  /** Makes a batch's `count` bars known, the last `period` of which must be at hand before the ends given. */
  refill(highEnd: usize, lowEnd: usize): void {
    this.at = 0;
    this.head = f64x2.splat(-Infinity);
    for (let i = bytes(this.period); i > 0; i -= 8) this.next(load<f64>(highEnd - i), load<f64>(lowEnd - i));
  }

  /** Readies `highLanes` and `lowLanes` for `count` bars, at most `chunk`. The `period − 1` bars before them must be at hand. */
  prepare(high: usize, low: usize, count: i32): void {
    if (!this.scratch) this.allocate();
    const before = bytes(this.period - 1);
    const all = count + this.period - 1;
    this.widen(high - before, all, this.highs, i64x2.splat(0));
    this.widen(low - before, all, this.lows, i64x2.splat(i64.MIN_VALUE));
  }

  private allocate(): void {
    // Before each column: windows that reach back behind the first bar find nothing there.
    const padding = this.span + 2;
    const column = padding + this.period + this.chunk + 2;
    const scratch = new StaticArray<f64>(2 * column).fill(-Infinity);
    this.scratch = scratch;
    this.highs = changetype<usize>(scratch) + bytes(padding);
    this.lows = this.highs + bytes(column);
  }

  /** The extremes of the `span` bars up to each of `count` bars. */
  private widen(column: usize, count: i32, output: usize, sign: v128): void {
    let span = min(this.span, FIRST_SPAN);
    if (span == FIRST_SPAN) {
      takeEights(column, count, output, sign);
    } else {
      span = 1;
      takeOnes(column, count, output, sign);
    }
    for (; span < this.span; span *= 2) double(output, count, span);
  }

  /** The highest highs of two bars, the first of them `at` bytes into what was prepared. The second one means nothing behind the last bar. */
  @inline
  highLanes(at: usize): v128 {
    return this.lanes(this.highs + at);
  }

  /** As `highLanes`: the lowest lows, negated. */
  @inline
  negatedLowLanes(at: usize): v128 {
    return this.lanes(this.lows + at);
  }

  @inline
  private lanes(first: usize): v128 {
    return f64x2.pmax(v128.load(first + bytes(this.period - 1)), v128.load(first + bytes(this.span - 1)));
  }
}

/** What is not a number becomes infinite. */
@inline
function extreme(x: v128): v128 {
  return f64x2.pmin(f64x2.splat(Infinity), x);
}

@inline
function loadTwo(column: usize, at: usize, end: usize, sign: v128): v128 {
  const x = at + 16 <= end ? v128.load(column + at) : v128.load64_zero(column + at);
  return extreme(v128.xor(x, sign));
}

/** The bars as they are. */
function takeOnes(column: usize, count: i32, output: usize, sign: v128): void {
  const end = bytes(count);
  for (let i: usize = 0; i < end; i += 16) v128.store(output + i, loadTwo(column, i, end, sign));
}

/** The extremes of the eight bars up to each: of two, of two pairs, of two fours. */
function takeEights(column: usize, count: i32, output: usize, sign: v128): void {
  const end = bytes(count);
  let bars = f64x2.splat(-Infinity);
  let pairs = bars;
  let fours = bars;
  let foursBefore = bars;
  for (let i: usize = 0; i < end; i += 16) {
    const newBars = loadTwo(column, i, end, sign);
    const newPairs = f64x2.pmax(newBars, v128.shuffle<f64>(bars, newBars, 1, 2));
    const newFours = f64x2.pmax(newPairs, pairs);
    v128.store(output + i, f64x2.pmax(newFours, foursBefore));
    bars = newBars;
    pairs = newPairs;
    foursBefore = fours;
    fours = newFours;
  }
}

/** From the extremes of `span` bars to those of twice as many; backward, so that it can be done in place. */
function double(column: usize, count: i32, span: i32): void {
  const back = bytes(span);
  let i = column + bytes(count);
  while (i > column) {
    i -= 16;
    v128.store(i, f64x2.pmax(v128.load(i), v128.load(i - back)));
  }
}
