import { bytes } from './indicator';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 120;

/**
 * How recent the highest high and the lowest low of the last `bars` bars are: `bars − 1` in the newest bar, 0 in the oldest. The most recent
 * of equal extremes counts. Both go side by side, one in each lane, the lows negated so that both look for the highest. Blocks as in
 * `BlockFilter`: extremes with their places, from each place of the last block to its end and from this block's begin.
 *
 * A high that is not a number counts as infinitely high, a low as infinitely low; while such an extreme is in the window, there is no value.
 */
export class LatestExtremes {
  /** From `at` on: extremes of the last block from each place to its end. Before it: this block's bars. */
  private tails: StaticArray<v128>;
  /** Where those are, counted from this block's begin: below zero. */
  private places: StaticArray<v128>;
  private head: v128 = f64x2.splat(-Infinity);
  private headPlace: v128 = f64x2.splat(0);
  private at: i32 = 0;
  private spareTails: StaticArray<v128> | null = null;
  private sparePlaces: StaticArray<v128> | null = null;
  private buffer: StaticArray<v128> | null = null;

  constructor(readonly bars: i32) {
    assert(bars >= 1, 'Invariant: a window needs at least one bar');
    this.tails = makeTails(bars);
    this.places = new StaticArray<v128>(bars + 1);
  }

  /** High in the first lane, low in the second; not-a-number for the first `bars − 1` bars. */
  next(high: f64, low: f64): v128 {
    const at = this.at + 1;
    const bar = extremeOf(f64x2.replace_lane(f64x2.splat(high), 1, -low));
    const place = f64x2.splat(f64(at - 1));
    this.headPlace = v128.bitselect(place, this.headPlace, f64x2.ge(bar, this.head));
    this.head = f64x2.pmax(this.head, bar);
    unchecked((this.tails[at - 1] = bar));
    const value = recency(this.head, this.headPlace, unchecked(this.tails[at]), unchecked(this.places[at]), f64x2.splat(f64(this.bars - at)));
    this.at = at;
    if (at == this.bars) this.endBlock();
    return value;
  }

  private endBlock(): void {
    let tail = f64x2.splat(-Infinity);
    let tailPlace = f64x2.splat(0);
    for (let i = this.bars - 1; i >= 0; i--) {
      const bar = unchecked(this.tails[i]);
      tailPlace = v128.bitselect(f64x2.splat(f64(i - this.bars)), tailPlace, f64x2.gt(bar, tail));
      tail = f64x2.pmax(tail, bar);
      unchecked((this.tails[i] = tail));
      unchecked((this.places[i] = tailPlace));
    }
    this.head = f64x2.splat(-Infinity);
    this.headPlace = f64x2.splat(0);
    this.at = 0;
  }

  /** How many of `count` bars to take next: to the end of some block, where that is not too far. */
  chunk(count: i32): i32 {
    return min(count, this.blocks + ((this.bars - this.at) % this.bars));
  }

  @inline
  private get blocks(): i32 {
    return max(1, CHUNK / this.bars) * this.bars;
  }

  /** Room for the pairs of a chunk. */
  pairs(): usize {
    let buffer = this.buffer;
    if (!buffer) this.buffer = buffer = new StaticArray<v128>(this.blocks + this.bars);
    return changetype<usize>(buffer);
  }

  /** As `next` for each of `count` bars, to the bit: pairs of 16 bytes at `output`. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    const block = this.bars;
    let done = 0;
    for (; done < count && this.at > 0; done++) this.runOne(high + bytes(done), low + bytes(done), output + 2 * bytes(done));
    for (; done + block <= count; done += block) this.runBlock(high + bytes(done), low + bytes(done), output + 2 * bytes(done));
    for (; done < count; done++) this.runOne(high + bytes(done), low + bytes(done), output + 2 * bytes(done));
  }

  @inline
  private runOne(high: usize, low: usize, output: usize): void {
    v128.store(output, this.next(load<f64>(high), load<f64>(low)));
  }

  /** A whole block. The extremes to its end come backward while those from its begin go forward: neither waits for the other. */
  private runBlock(high: usize, low: usize, output: usize): void {
    this.takeSpares();
    const tails = changetype<usize>(this.tails) + 16;
    const places = changetype<usize>(this.places) + 16;
    const newTails = changetype<usize>(this.spareTails);
    const newPlaces = changetype<usize>(this.sparePlaces);
    const one = f64x2.splat(1);
    let head = f64x2.splat(-Infinity);
    let tail = head;
    let headPlace = f64x2.splat(0);
    let tailPlace = headPlace;
    let place = headPlace;
    let back = f64x2.splat(-1);
    let left = f64x2.splat(f64(this.bars - 1));
    for (let i: usize = 0, k = bytes(this.bars); k > 0; i += 8) {
      k -= 8;
      const bar = loadBar(high + i, low + i);
      headPlace = v128.bitselect(place, headPlace, f64x2.ge(bar, head));
      head = f64x2.pmax(head, bar);
      v128.store(output + 2 * i, recency(head, headPlace, v128.load(tails + 2 * i), v128.load(places + 2 * i), left));
      const old = loadBar(high + k, low + k);
      tailPlace = v128.bitselect(back, tailPlace, f64x2.gt(old, tail));
      tail = f64x2.pmax(tail, old);
      v128.store(newTails + 2 * k, tail);
      v128.store(newPlaces + 2 * k, tailPlace);
      place = f64x2.add(place, one);
      back = f64x2.sub(back, one);
      left = f64x2.sub(left, one);
    }
    this.swapSpares();
  }

  private takeSpares(): void {
    if (this.spareTails) return;
    this.spareTails = makeTails(this.bars);
    this.sparePlaces = new StaticArray<v128>(this.bars + 1);
  }

  private swapSpares(): void {
    const tails = this.tails;
    const places = this.places;
    this.tails = assert(this.spareTails);
    this.places = assert(this.sparePlaces);
    this.spareTails = tails;
    this.sparePlaces = places;
  }
}

/** Not-a-number in the first block, so that there is no value in it; nothing higher than a bar at the end. */
function makeTails(bars: i32): StaticArray<v128> {
  const tails = new StaticArray<v128>(bars + 1);
  for (let i = 0; i < bars; i++) unchecked((tails[i] = f64x2.splat(NaN)));
  unchecked((tails[bars] = f64x2.splat(-Infinity)));
  return tails;
}

/** What is not a number becomes infinite. */
@inline
function extremeOf(bar: v128): v128 {
  return f64x2.pmin(f64x2.splat(Infinity), bar);
}

@inline
function loadBar(high: usize, low: usize): v128 {
  const bar = v128.load64_lane(low, v128.load64_zero(high), 1);
  return extremeOf(v128.xor(bar, i64x2(0, i64.MIN_VALUE)));
}

/** Place in the window: place in this block, of the newer of equal extremes, and the bars `left` in the block. Nothing if it is not finite. */
@inline
function recency(head: v128, headPlace: v128, tail: v128, tailPlace: v128, left: v128): v128 {
  const best = f64x2.pmax(tail, head);
  const place = v128.bitselect(headPlace, tailPlace, f64x2.ge(head, tail));
  return f64x2.add(f64x2.add(place, left), f64x2.sub(best, best));
}
