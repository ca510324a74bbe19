import { bytes } from './indicator';

/** Bytes that a block keeps for each place: sums of x and y, of x² and y², of xy and nothing. */
const SUMS: usize = 48;
/** Bytes of a pair. */
const PAIR: usize = 16;

/** Pairs that are worked on at a time, so that what is made of them stays in the nearest cache. */
export const CHUNK: i32 = 512;

/**
 * Variances and covariance of the last `period` pairs, in constant time a pair. Blocks as in `Deviation`: sums are only ever added to, and are of
 * deviations from the first pair of the newest block, which is in the window. So nothing drifts and little cancels however far from zero the values
 * are, and what is not a number is forgotten with the windows that hold it.
 */
export class CoMoments {
  /** Sums of squared deviations from the mean, and of the products of deviations. */
  xx: f64 = NaN;
  yy: f64 = NaN;
  xy: f64 = NaN;
  private readonly perPair: f64;
  /** Before `at`: this block's pairs. From there on: the last block's. */
  private readonly pairs: StaticArray<f64>;
  /** For each place the sums of what stands from there on in the last block. */
  private readonly tails: StaticArray<f64>;
  /** A pair in and its moments out, so that one pair goes the way of many. */
  private readonly cells: StaticArray<f64> = new StaticArray<f64>(5);
  private at: i32 = 0;
  private originX: f64 = 0;
  private originY: f64 = 0;
  private headX: f64 = 0;
  private headY: f64 = 0;
  private headXX: f64 = 0;
  private headYY: f64 = 0;
  private headXY: f64 = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.perPair = 1 / f64(period);
    this.pairs = new StaticArray<f64>(2 * period).fill(NaN);
    this.tails = new StaticArray<f64>(6 * (period + 1)).fill(0);
  }

  /** Moves `xx`, `yy` and `xy` one pair on; not-a-number until there are `period` pairs. */
  next(x: f64, y: f64): void {
    const cells = changetype<usize>(this.cells);
    store<f64>(cells, x);
    store<f64>(cells, y, 8);
    this.run(cells, cells + 8, 1, cells + 16, cells + 24, cells + 32);
    this.xx = load<f64>(cells, 16);
    this.yy = load<f64>(cells, 24);
    this.xy = load<f64>(cells, 32);
  }

  /** As `next` for each of `count` pairs, to the bit, but for the fields. */
  run(x: usize, y: usize, count: i32, xx: usize, yy: usize, xy: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const from = bytes(done);
      if (this.at == 0) this.beginBlock(load<f64>(x + from), load<f64>(y + from));
      size = min(count - done, this.period - this.at);
      this.runInBlock(x + from, y + from, size, xx + from, yy + from, xy + from);
    }
  }

  private runInBlock(x: usize, y: usize, count: i32, xx: usize, yy: usize, xy: usize): void {
    const perPair = this.perPair;
    const origin = lanes(this.originX, this.originY);
    let head = lanes(this.headX, this.headY);
    let squareHead = lanes(this.headXX, this.headYY);
    let productHead = this.headXY;
    let pair = changetype<usize>(this.pairs) + usize(this.at) * PAIR;
    let tail = changetype<usize>(this.tails) + usize(this.at + 1) * SUMS;
    for (let i: usize = 0; i < bytes(count); i += 8) {
      const values = lanes(load<f64>(x + i), load<f64>(y + i));
      v128.store(pair, values);
      const deviation = f64x2.sub(values, origin);
      head = f64x2.add(head, deviation);
      squareHead = f64x2.add(squareHead, f64x2.mul(deviation, deviation));
      productHead += f64x2.extract_lane(deviation, 0) * f64x2.extract_lane(deviation, 1);
      const sum = f64x2.add(v128.load(tail), head);
      const mean = f64x2.mul(sum, f64x2.splat(perPair));
      const squares = f64x2.sub(f64x2.add(v128.load(tail, 16), squareHead), f64x2.mul(sum, mean));
      const products = load<f64>(tail, 32) + productHead - f64x2.extract_lane(sum, 0) * f64x2.extract_lane(sum, 1) * perPair;
      v128.store64_lane(xx + i, squares, 0);
      v128.store64_lane(yy + i, squares, 1);
      store<f64>(xy + i, products);
      pair += PAIR;
      tail += SUMS;
    }
    this.headX = f64x2.extract_lane(head, 0);
    this.headY = f64x2.extract_lane(head, 1);
    this.headXX = f64x2.extract_lane(squareHead, 0);
    this.headYY = f64x2.extract_lane(squareHead, 1);
    this.headXY = productHead;
    this.at = (this.at + count) % this.period;
  }

  /** Sums what is left of the block before, seen from the new block's first pair. */
  private beginBlock(x: f64, y: f64): void {
    this.originX = x;
    this.originY = y;
    this.headX = this.headY = this.headXX = this.headYY = this.headXY = 0;
    const origin = lanes(x, y);
    let sum = f64x2.splat(0);
    let squareSum = f64x2.splat(0);
    let productSum: f64 = 0;
    let pair = changetype<usize>(this.pairs) + usize(this.period) * PAIR;
    let tail = changetype<usize>(this.tails) + usize(this.period) * SUMS;
    for (let i = this.period - 1; i > 0; i--) {
      pair -= PAIR;
      tail -= SUMS;
      const deviation = f64x2.sub(v128.load(pair), origin);
      sum = f64x2.add(sum, deviation);
      squareSum = f64x2.add(squareSum, f64x2.mul(deviation, deviation));
      productSum += f64x2.extract_lane(deviation, 0) * f64x2.extract_lane(deviation, 1);
      v128.store(tail, sum);
      v128.store(tail, squareSum, 16);
      store<f64>(tail, productSum, 32);
    }
  }
}

@inline
function lanes(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}
