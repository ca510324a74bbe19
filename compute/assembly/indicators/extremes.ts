import { BlockFilter } from './block-filter';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';

/** The highest or, seen from below, the lowest value of a window. A value that is not a number may or may not be passed over. */
abstract class Extreme extends BlockFilter {
  constructor(
    period: i32,
    /** 1 for the highest, −1 for the lowest: which is the highest of the negated values. */
    private readonly sign: f64,
  ) {
    super(period, -Infinity);
  }

  next(x: f64): f64 {
    const sign = this.sign;
    const tails = this.tails;
    const head = higher(this.head, sign * x);
    unchecked((tails[this.at] = x));
    const at = this.at + 1;
    if (at < this.period) {
      this.head = head;
      this.at = at;
      return sign * higher(unchecked(tails[at]), head);
    }
    this.endBlock();
    return sign * head;
  }

  protected endBlock(): void {
    const tails = this.tails;
    let tail = -Infinity;
    for (let i = this.period - 1; i >= 0; i--) {
      tail = higher(tail, this.sign * unchecked(tails[i]));
      unchecked((tails[i] = tail));
    }
    this.head = -Infinity;
    this.at = 0;
  }

  protected runPair(input: usize, output: usize, pairs: usize): void {
    const block = bytes(this.period);
    const sign = f64x2.splat(this.sign);
    let tail = f64x2.splat(-Infinity);
    for (let i: usize = block - 8; i > 0; i -= 8) {
      tail = f64x2.pmax(tail, f64x2.mul(sign, loadLanes(input + i - block, block)));
      v128.store(pairs + (i << 1), tail);
    }
    const last = block - 8;
    let head = f64x2.splat(-Infinity);
    for (let i: usize = 0; i < last; i += 8) {
      head = f64x2.pmax(head, f64x2.mul(sign, loadLanes(input + i, block)));
      storeLanes(output + i, block, f64x2.mul(sign, f64x2.pmax(v128.load(pairs + (i << 1), 16), head)));
    }
    const best = f64x2.pmax(head, f64x2.mul(sign, loadLanes(input + last, block)));
    storeLanes(output + last, block, f64x2.mul(sign, best));
  }
}

/** The highest of the last `period` values. */
export class Highest extends Extreme {
  constructor(period: i32) {
    super(period, 1);
  }
}

/** The lowest of the last `period` values. */
export class Lowest extends Extreme {
  constructor(period: i32) {
    super(period, -1);
  }
}

@inline
function higher(a: f64, b: f64): f64 {
  return a < b ? b : a;
}
