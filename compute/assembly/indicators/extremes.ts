import { BlockFilter } from './block-filter';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';

/** The highest or, seen from below, the lowest value of a window. A value that is not a number is passed over; a window of nothing else gives an infinite value. */
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

  protected runBlocks(input: usize, output: usize, room: usize): void {
    const block = bytes(this.period);
    const sign = f64x2.splat(this.sign);
    highestTails(input, block, sign, room);
    let near = f64x2.splat(-Infinity);
    let far = near;
    for (let i: usize = 0; i < block; i += 8) {
      near = f64x2.pmax(near, f64x2.mul(sign, loadLanes(input + i, block)));
      far = f64x2.pmax(far, f64x2.mul(sign, loadLanes(input + i + 2 * block, block)));
      storeLanes(output + i, block, f64x2.mul(sign, f64x2.pmax(v128.load(room + (i << 2)), near)));
      storeLanes(output + i + 2 * block, block, f64x2.mul(sign, f64x2.pmax(v128.load(room + (i << 2), 16), far)));
    }
  }
}

/** What `endBlock` does, for the blocks before each of four, which go two and two: by place, the highest of what lies behind it. */
function highestTails(input: usize, block: usize, sign: v128, room: usize): void {
  let near = f64x2.splat(-Infinity);
  let far = near;
  for (let i: usize = block - 8; i > 0; i -= 8) {
    v128.store(room + (i << 2), near);
    v128.store(room + (i << 2), far, 16);
    near = f64x2.pmax(near, f64x2.mul(sign, loadLanes(input + i - block, block)));
    far = f64x2.pmax(far, f64x2.mul(sign, loadLanes(input + i + block, block)));
  }
  v128.store(room, near);
  v128.store(room, far, 16);
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
