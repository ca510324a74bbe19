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
    this.runPair(input, block, output, room);
    this.runPair(input + 2 * block, block, output + 2 * block, room);
  }

  /** Two blocks in two lanes: roots keep the processor busier than sums. */
  private runPair(input: usize, block: usize, output: usize, room: usize): void {
    const origin = loadLanes(input, block);
    sumTailLanes(input, block, origin, room);
    const perValue = f64x2.splat(this.perValue);
    const scale = f64x2.splat(this.scale);
    const root = this.root;
    let head = f64x2.splat(0);
    let squareHead = f64x2.splat(0);
    for (let i: usize = 0; i < block; i += 8) {
      const deviation = f64x2.sub(loadLanes(input + i, block), origin);
      head = f64x2.add(head, deviation);
      squareHead = f64x2.add(squareHead, f64x2.mul(deviation, deviation));
      const sum = f64x2.add(v128.load(room + (i << 2)), head);
      const squareSum = f64x2.add(v128.load(room + (i << 2), 16), squareHead);
      const square = f64x2.mul(f64x2.sub(squareSum, f64x2.mul(sum, f64x2.mul(sum, perValue))), perValue);
      const variance = f64x2.pmax(square, f64x2.splat(0));
      storeLanes(output + i, block, f64x2.mul(root ? f64x2.sqrt(variance) : variance, scale));
    }
  }
}

/** What `beginBlock` does, in two lanes: for each place the sum of the tail behind it, and the sum of squares beside it. */
function sumTailLanes(input: usize, block: usize, origin: v128, room: usize): void {
  let sum = f64x2.splat(0);
  let squareSum = f64x2.splat(0);
  for (let i: usize = block - 8; i > 0; i -= 8) {
    v128.store(room + (i << 2), sum);
    v128.store(room + (i << 2), squareSum, 16);
    const deviation = f64x2.sub(loadLanes(input + i - block, block), origin);
    sum = f64x2.add(sum, deviation);
    squareSum = f64x2.add(squareSum, f64x2.mul(deviation, deviation));
  }
  v128.store(room, sum);
  v128.store(room, squareSum, 16);
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
