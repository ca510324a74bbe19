import { BlockFilter } from './block-filter';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';

/**
 * A sum over a window in which the weights lie on a straight line: `oldest` for the oldest value and `slope` more for each after it.
 * With i counted from the oldest value, Σ (oldest + slope · i) · xᵢ needs only Σ xᵢ and Σ i · xᵢ, and both grow value by value: in front of a tail
 * Σ i · xᵢ gains the Σ xᵢ behind, and so does its mirror image at the end of a head. All values are seen from the first value of the newest
 * block, which is in the window, so little cancels however far they are from zero.
 */
export abstract class StraightWeights extends BlockFilter {
  /** By place: the weighted sum of what is left of the block before, where `at` values of this one are in. */
  private readonly sums: StaticArray<f64>;
  private readonly newest: f64;
  private origin: f64 = 0;
  private base: f64 = 0;
  /** Σ of the head's values, each times the number of values after it. */
  private back: f64 = 0;

  constructor(
    period: i32,
    private readonly oldest: f64,
    private readonly slope: f64,
    /** Sum of all weights, as it ought to be: 1 for averages, 0 for slopes. */
    private readonly total: f64,
  ) {
    super(period, 0);
    this.newest = oldest + slope * f64(period - 1);
    this.sums = new StaticArray<f64>(period + 1).fill(0);
  }

  next(x: f64): f64 {
    if (this.at == 0) this.beginBlock(x);
    unchecked((this.tails[this.at] = x));
    const at = this.at + 1;
    const back = this.back + this.head;
    const head = this.head + (x - this.origin);
    this.back = back;
    this.head = head;
    this.at = at;
    const sum = unchecked(this.sums[at]) + (this.newest * head - this.slope * back);
    if (at == this.period) this.endBlock();
    return this.base + sum;
  }

  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.base = origin * this.total;
    this.head = 0;
    this.back = 0;
    let sum: f64 = 0;
    let steps: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      steps += sum;
      sum += unchecked(this.tails[i]) - origin;
      unchecked((this.sums[i] = this.oldest * sum + this.slope * steps));
    }
  }

  /** Keeps the values as they are: only the next block's first value tells from where to see them. */
  protected endBlock(): void {
    this.at = 0;
  }

  protected runBlocks(input: usize, output: usize, room: usize): void {
    const block = bytes(this.period);
    this.weighTails(input, block, room);
    const newest = f64x2.splat(this.newest);
    const slope = f64x2.splat(this.slope);
    const total = f64x2.splat(this.total);
    const nearOrigin = loadLanes(input, block);
    const farOrigin = loadLanes(input + 2 * block, block);
    const nearBase = f64x2.mul(nearOrigin, total);
    const farBase = f64x2.mul(farOrigin, total);
    let near = f64x2.splat(0);
    let nearBack = near;
    let far = near;
    let farBack = near;
    for (let i: usize = 0; i < block; i += 8) {
      nearBack = f64x2.add(nearBack, near);
      near = f64x2.add(near, f64x2.sub(loadLanes(input + i, block), nearOrigin));
      farBack = f64x2.add(farBack, far);
      far = f64x2.add(far, f64x2.sub(loadLanes(input + i + 2 * block, block), farOrigin));
      const nearHead = f64x2.sub(f64x2.mul(newest, near), f64x2.mul(slope, nearBack));
      const farHead = f64x2.sub(f64x2.mul(newest, far), f64x2.mul(slope, farBack));
      storeLanes(output + i, block, f64x2.add(nearBase, f64x2.add(v128.load(room + (i << 2)), nearHead)));
      storeLanes(output + i + 2 * block, block, f64x2.add(farBase, f64x2.add(v128.load(room + (i << 2), 16), farHead)));
    }
  }

  /** What `beginBlock` does, for four blocks, which go two and two. */
  private weighTails(input: usize, block: usize, room: usize): void {
    const oldest = f64x2.splat(this.oldest);
    const slope = f64x2.splat(this.slope);
    const nearOrigin = loadLanes(input, block);
    const farOrigin = loadLanes(input + 2 * block, block);
    let near = f64x2.splat(0);
    let nearSteps = near;
    let far = near;
    let farSteps = near;
    v128.store(room + ((block - 8) << 2), near);
    v128.store(room + ((block - 8) << 2), far, 16);
    for (let i: usize = block - 8; i > 0; i -= 8) {
      nearSteps = f64x2.add(nearSteps, near);
      near = f64x2.add(near, f64x2.sub(loadLanes(input + i - block, block), nearOrigin));
      farSteps = f64x2.add(farSteps, far);
      far = f64x2.add(far, f64x2.sub(loadLanes(input + i + block, block), farOrigin));
      v128.store(room + ((i - 8) << 2), f64x2.add(f64x2.mul(oldest, near), f64x2.mul(slope, nearSteps)));
      v128.store(room + ((i - 8) << 2), f64x2.add(f64x2.mul(oldest, far), f64x2.mul(slope, farSteps)), 16);
    }
  }
}
