import { BlockFilter } from './block-filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';
import { Spec } from './spec';

/**
 * Simple moving average. Sums are built by blocks and only ever added to: nothing drifts, nothing cancels, and a value that is not a
 * number is forgotten with the windows that hold it.
 */
export class Sma extends BlockFilter {
  constructor(period: i32) {
    super(period, 0);
  }

  next(x: f64): f64 {
    const period = this.period;
    const tails = this.tails;
    const head = this.head + x;
    unchecked((tails[this.at] = x));
    const at = this.at + 1;
    if (at < period) {
      this.head = head;
      this.at = at;
      return (unchecked(tails[at]) + head) / f64(period);
    }
    this.endBlock();
    return head / f64(period);
  }

  protected endBlock(): void {
    const tails = this.tails;
    let tail: f64 = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      tail += unchecked(tails[i]);
      unchecked((tails[i] = tail));
    }
    this.head = 0;
    this.at = 0;
  }

  protected runBlocks(input: usize, output: usize, room: usize): void {
    const block = bytes(this.period);
    sumTails(input, block, room);
    const divisor = f64x2.splat(f64(this.period));
    let near = f64x2.splat(0);
    let far = near;
    for (let i: usize = 0; i < block; i += 8) {
      near = f64x2.add(near, loadLanes(input + i, block));
      far = f64x2.add(far, loadLanes(input + i + 2 * block, block));
      storeLanes(output + i, block, f64x2.div(f64x2.add(v128.load(room + (i << 2)), near), divisor));
      storeLanes(output + i + 2 * block, block, f64x2.div(f64x2.add(v128.load(room + (i << 2), 16), far), divisor));
    }
  }
}

/** What `endBlock` does, for the blocks before each of four, which go two and two: by place, the sum of what lies behind it. */
function sumTails(input: usize, block: usize, room: usize): void {
  let near = f64x2.splat(0);
  let far = near;
  for (let i: usize = block - 8; i > 0; i -= 8) {
    v128.store(room + (i << 2), near);
    v128.store(room + (i << 2), far, 16);
    near = f64x2.add(near, loadLanes(input + i - block, block));
    far = f64x2.add(far, loadLanes(input + i + block, block));
  }
  v128.store(room, near);
  v128.store(room, far, 16);
}

export class SmaIndicator extends Indicator {
  private readonly sma: Sma;

  static describe(spec: Spec): void {
    spec.title('SMA', 'Simple moving average', 'The mean of the last closes.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.sma = new Sma(parameters.integer(0));
    this.warmUp = this.sma.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.sma.run(bars.close, count, bars.output(0));
  }
}
