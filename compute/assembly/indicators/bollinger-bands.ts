import { Ema } from './ema';
import { EXPONENTIAL, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * Bollinger bands: an average, and bands some population standard deviations above and below it. Blocks as in the simple moving average,
 * but of deviations from the first value of the newest block, and of their squares: that value is in the window, so little cancels
 * however far the prices are from zero.
 */
export class BollingerBands {
  /** Index of the first value. */
  readonly warmUp: i32;
  upper: f64 = NaN;
  middle: f64 = NaN;
  lower: f64 = NaN;
  private readonly values: StaticArray<f64>;
  private readonly tails: StaticArray<f64>;
  private readonly squareTails: StaticArray<f64>;
  private readonly perBar: f64;
  private readonly ema: Ema | null;
  private origin: f64 = 0;
  private head: f64 = 0;
  private squareHead: f64 = 0;
  private at: i32 = 0;

  /** `up` and `down` in standard deviations; `average` is `SIMPLE` or `EXPONENTIAL`, for the middle only. */
  constructor(
    readonly period: i32,
    readonly up: f64 = 2,
    readonly down: f64 = 2,
    average: i32 = SIMPLE,
  ) {
    assert(period >= 1, 'Invariant: Bollinger bands need a period of at least 1');
    this.warmUp = period - 1;
    this.perBar = 1 / f64(period);
    this.ema = average == EXPONENTIAL ? new Ema(period) : null;
    this.values = new StaticArray<f64>(period).fill(NaN);
    this.tails = new StaticArray<f64>(period + 1).fill(0);
    this.squareTails = new StaticArray<f64>(period + 1).fill(0);
  }

  /** Moves `upper`, `middle` and `lower` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    if (this.at == 0) this.beginBlock(x);
    const at = this.at + 1;
    const deviation = x - this.origin;
    const head = this.head + deviation;
    const squareHead = this.squareHead + deviation * deviation;
    unchecked((this.values[at - 1] = x));
    const sum = unchecked(this.tails[at]) + head;
    const squareSum = unchecked(this.squareTails[at]) + squareHead;
    this.head = head;
    this.squareHead = squareHead;
    this.at = at < this.period ? at : 0;
    this.answer(x, sum, squareSum);
  }

  private answer(x: f64, sum: f64, squareSum: f64): void {
    const mean = sum * this.perBar;
    const variance = (squareSum - sum * mean) * this.perBar;
    const deviation = sqrt(variance < 0 ? 0 : variance);
    const ema = this.ema;
    const middle = ema ? ema.next(x) : this.origin + mean;
    this.middle = middle;
    this.upper = middle + deviation * this.up;
    this.lower = middle - deviation * this.down;
  }

  /** Sums what is left of the block before, seen from the new block's first value. */
  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.head = 0;
    this.squareHead = 0;
    let tail: f64 = 0;
    let squareTail: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      const deviation = unchecked(this.values[i]) - origin;
      tail += deviation;
      squareTail += deviation * deviation;
      unchecked((this.tails[i] = tail));
      unchecked((this.squareTails[i] = squareTail));
    }
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    const period = this.period;
    const pair = 2 * period;
    // Two blocks at a time need the block before them, and a middle that comes from the same window.
    let done = 0;
    const fast = !this.ema && count >= 5 * period;
    const slow = fast ? period + ((period - this.at) % period) : count;
    for (; done < slow; done++) this.runOne(input + bytes(done), upper + bytes(done), middle + bytes(done), lower + bytes(done));
    if (!fast) return;
    const tails = heap.alloc(2 * bytes(pair));
    for (; count - done >= pair; done += pair) {
      this.sumTails(input + bytes(done), tails);
      this.runPair(input + bytes(done), tails, upper + bytes(done), middle + bytes(done), lower + bytes(done));
    }
    heap.free(tails);
    memory.copy(changetype<usize>(this.values), input + bytes(done - period), bytes(period));
    this.upper = load<f64>(upper + bytes(done - 1));
    this.middle = load<f64>(middle + bytes(done - 1));
    this.lower = load<f64>(lower + bytes(done - 1));
    for (; done < count; done++) this.runOne(input + bytes(done), upper + bytes(done), middle + bytes(done), lower + bytes(done));
  }

  private runOne(input: usize, upper: usize, middle: usize, lower: usize): void {
    this.next(load<f64>(input));
    store<f64>(upper, this.upper);
    store<f64>(middle, this.middle);
    store<f64>(lower, this.lower);
  }

  /** What `beginBlock` does, for the two blocks at `input`, each in a lane: sums and sums of squares, side by side for each place. */
  private sumTails(input: usize, tails: usize): void {
    const block = bytes(this.period);
    const origin = twoLanes(input, block);
    let tail = f64x2.splat(0);
    let squareTail = f64x2.splat(0);
    v128.store(tails + ((block - 8) << 2), tail);
    v128.store(tails + ((block - 8) << 2), squareTail, 16);
    for (let i: usize = block - 8; i > 0; i -= 8) {
      const deviation = f64x2.sub(twoLanes(input + i - block, block), origin);
      tail = f64x2.add(tail, deviation);
      squareTail = f64x2.add(squareTail, f64x2.mul(deviation, deviation));
      v128.store(tails + ((i - 8) << 2), tail);
      v128.store(tails + ((i - 8) << 2), squareTail, 16);
    }
  }

  private runPair(input: usize, tails: usize, upper: usize, middle: usize, lower: usize): void {
    const block = bytes(this.period);
    const origin = twoLanes(input, block);
    const perBar = f64x2.splat(this.perBar);
    const up = f64x2.splat(this.up);
    const down = f64x2.splat(this.down);
    let head = f64x2.splat(0);
    let squareHead = f64x2.splat(0);
    for (let i: usize = 0; i < block; i += 8) {
      const deviation = f64x2.sub(twoLanes(input + i, block), origin);
      head = f64x2.add(head, deviation);
      squareHead = f64x2.add(squareHead, f64x2.mul(deviation, deviation));
      const sum = f64x2.add(v128.load(tails + (i << 2)), head);
      const squareSum = f64x2.add(v128.load(tails + (i << 2), 16), squareHead);
      const mean = f64x2.mul(sum, perBar);
      const variance = f64x2.mul(f64x2.sub(squareSum, f64x2.mul(sum, mean)), perBar);
      const spread = f64x2.sqrt(f64x2.pmax(variance, f64x2.splat(0)));
      const center = f64x2.add(origin, mean);
      storeLanes(upper + i, block, f64x2.add(center, f64x2.mul(spread, up)));
      storeLanes(middle + i, block, center);
      storeLanes(lower + i, block, f64x2.sub(center, f64x2.mul(spread, down)));
    }
  }
}

@inline
function twoLanes(first: usize, distance: usize): v128 {
  return v128.load64_lane(first + distance, v128.load64_zero(first), 1);
}

@inline
function storeLanes(first: usize, distance: usize, value: v128): void {
  v128.store64_lane(first, value, 0);
  v128.store64_lane(first + distance, value, 1);
}

export class BollingerBandsIndicator extends Indicator {
  private readonly bands: BollingerBands;

  static describe(spec: Spec): void {
    spec.title('BBANDS', 'Bollinger bands', 'An average, and bands some standard deviations above and below it.');
    spec.integer('timeperiod', 5, 2, 100000, 'Bars in the window.');
    spec.number('nbdevup', 2, -3e37, 3e37, 'Standard deviations to the upper band.');
    spec.number('nbdevdn', 2, -3e37, 3e37, 'Standard deviations to the lower band.');
    spec.choice('matype', 0, 'SMA,EMA', 'Average in the middle.');
    spec.series('close', 'upper,middle,lower', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.bands = new BollingerBands(p.integer(0), p.number(1), p.number(2), p.integer(3));
    this.warmUp = this.bands.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.bands.run(bars.close, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
