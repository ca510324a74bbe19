import { BlockFilter } from './block-filter';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';

/**
 * Population variance of a window, or its root: the mean of squares − the square of the mean. Blocks hold sums of deviations from the first
 * value of the newest block, and of their squares: that value is in the window, so little cancels however far the values are from zero.
 */
export abstract class Spread extends BlockFilter {
  private readonly sumTails: StaticArray<f64>;
  private readonly squareTails: StaticArray<f64>;
  private readonly perValue: f64;
  private origin: f64 = 0;
  private squareHead: f64 = 0;

  constructor(
    period: i32,
    private readonly root: bool,
    /** What a result is multiplied with. */
    private readonly scale: f64,
  ) {
    super(period, 0, 2);
    this.perValue = 1 / f64(period);
    this.sumTails = new StaticArray<f64>(period + 1).fill(0);
    this.squareTails = new StaticArray<f64>(period + 1).fill(0);
  }

  next(x: f64): f64 {
    if (this.at == 0) this.beginBlock(x);
    unchecked((this.tails[this.at] = x));
    const at = this.at + 1;
    const deviation = x - this.origin;
    const head = this.head + deviation;
    const squareHead = this.squareHead + deviation * deviation;
    const sum = unchecked(this.sumTails[at]) + head;
    const square = (unchecked(this.squareTails[at]) + squareHead - sum * (sum * this.perValue)) * this.perValue;
    const variance = square < 0 ? 0 : square;
    this.head = head;
    this.squareHead = squareHead;
    this.at = at;
    if (at == this.period) this.endBlock();
    return (this.root ? sqrt(variance) : variance) * this.scale;
  }

  /** Sums what is left of the block before, seen from the new block's first value. */
  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.head = 0;
    this.squareHead = 0;
    let sum: f64 = 0;
    let squareSum: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      const deviation = unchecked(this.tails[i]) - origin;
      sum += deviation;
      squareSum += deviation * deviation;
      unchecked((this.sumTails[i] = sum));
      unchecked((this.squareTails[i] = squareSum));
    }
  }

  /** Keeps the values as they are: only the next block's first value tells from where to see them. */
  protected endBlock(): void {
    this.at = 0;
  }

  protected runBlocks(input: usize, output: usize, room: usize): void {
    const block = bytes(this.period);
    const perValue = f64x2.splat(this.perValue);
    const scale = f64x2.splat(this.scale);
    const root = this.root;
    const nearOrigin = loadLanes(input, block);
    const farOrigin = loadLanes(input + 2 * block, block);
    sumTails(input, block, nearOrigin, farOrigin, room);
    let near = f64x2.splat(0);
    let nearSquare = near;
    let far = near;
    let farSquare = near;
    for (let i: usize = 0; i < block; i += 8) {
      const nearDeviation = f64x2.sub(loadLanes(input + i, block), nearOrigin);
      const farDeviation = f64x2.sub(loadLanes(input + i + 2 * block, block), farOrigin);
      near = f64x2.add(near, nearDeviation);
      far = f64x2.add(far, farDeviation);
      nearSquare = f64x2.add(nearSquare, f64x2.mul(nearDeviation, nearDeviation));
      farSquare = f64x2.add(farSquare, f64x2.mul(farDeviation, farDeviation));
      const tails = room + (i << 3);
      const nearVariance = variances(f64x2.add(v128.load(tails), near), f64x2.add(v128.load(tails, 32), nearSquare), perValue);
      const farVariance = variances(f64x2.add(v128.load(tails, 16), far), f64x2.add(v128.load(tails, 48), farSquare), perValue);
      storeLanes(output + i, block, f64x2.mul(root ? f64x2.sqrt(nearVariance) : nearVariance, scale));
      storeLanes(output + i + 2 * block, block, f64x2.mul(root ? f64x2.sqrt(farVariance) : farVariance, scale));
    }
  }
}

/** Of two windows, each given as its sum and the sum of its squares, both seen from a value of the window. */
@inline
export function variances(sum: v128, squareSum: v128, perValue: v128): v128 {
  const square = f64x2.mul(f64x2.sub(squareSum, f64x2.mul(sum, f64x2.mul(sum, perValue))), perValue);
  return f64x2.pmax(square, f64x2.splat(0));
}

/** What `beginBlock` does, for four blocks, which go two and two: for each place the sums of the tail behind it, then the sums of squares. */
function sumTails(input: usize, block: usize, nearOrigin: v128, farOrigin: v128, room: usize): void {
  let near = f64x2.splat(0);
  let nearSquare = near;
  let far = near;
  let farSquare = near;
  for (let i: usize = block - 8; ; i -= 8) {
    const tails = room + (i << 3);
    v128.store(tails, near);
    v128.store(tails, far, 16);
    v128.store(tails, nearSquare, 32);
    v128.store(tails, farSquare, 48);
    if (i == 0) return;
    const nearDeviation = f64x2.sub(loadLanes(input + i - block, block), nearOrigin);
    const farDeviation = f64x2.sub(loadLanes(input + i + block, block), farOrigin);
    near = f64x2.add(near, nearDeviation);
    far = f64x2.add(far, farDeviation);
    nearSquare = f64x2.add(nearSquare, f64x2.mul(nearDeviation, nearDeviation));
    farSquare = f64x2.add(farSquare, f64x2.mul(farDeviation, farDeviation));
  }
}

/** Population standard deviation of a window, times `scale`. */
export class Deviation extends Spread {
  constructor(period: i32, scale: f64 = 1) {
    super(period, true, scale);
  }
}

/** Population variance of a window: the mean of the squared distances from the mean. */
export class Variance extends Spread {
  constructor(period: i32) {
    super(period, false, 1);
  }
}
