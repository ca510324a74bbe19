import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { typicalLanes, typicalPrice } from './typical-price';

/** Lambert's constant, which puts about three of four values between −100 and 100. */
const LAMBERT: f64 = 0.015;

/**
 * Commodity channel index (Lambert, 1980): (typical price − its mean) / (0.015 × its mean absolute deviation), both over `period` bars. A
 * window without any deviation, or a price at the mean, gives 0, as in TA-Lib; a price that is not finite leaves no value in the windows
 * that hold it.
 *
 * Prices are cut in blocks of `period` bars and seen from the first price of the block, which is in all windows that end in it: so little
 * cancels however far the prices are from zero, and equal prices deviate by nothing at all. The mean comes from sums by blocks; the
 * deviations must be added up for each bar anew.
 */
export class Cci {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** Typical prices of this block, as far as it goes, then those of the block before. */
  private readonly typical: StaticArray<f64>;
  /** All from the block before, then those of this block, seen from `origin`; so each window is in one piece. Two more may be read. */
  private readonly centred: StaticArray<f64>;
  /** Sums from each place of the block before to its end; zero at the very end. */
  private readonly tails: StaticArray<f64>;
  private readonly means: StaticArray<f64>;
  private readonly factor: f64;
  private readonly perValue: f64;
  /** Whether there is a block before this one. */
  private full: bool = false;
  private origin: f64 = 0;
  private head: f64 = 0;
  /** Place in this block. */
  private at: i32 = 0;

  constructor(readonly period: i32) {
    this.warmUp = period - 1;
    this.factor = f64(period) / LAMBERT;
    this.perValue = 1 / f64(period);
    this.typical = new StaticArray<f64>(period + 1).fill(NaN);
    this.centred = new StaticArray<f64>(2 * period + 4).fill(0);
    this.tails = new StaticArray<f64>(period + 1).fill(0);
    this.means = new StaticArray<f64>(period + 2).fill(0);
  }

  /** Not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    const typical = typicalPrice(high, low, close);
    const at = this.at;
    const period = this.period;
    if (at == 0) this.beginBlock(typical);
    const x = typical - this.origin;
    unchecked((this.typical[at] = typical));
    unchecked((this.centred[period + at] = x));
    const head = this.head + x;
    const mean = (unchecked(this.tails[at + 1]) + head) * this.perValue;
    this.head = head;
    this.at = at + 1;
    if (this.at == period) this.endBlock();
    if (!this.full) return NaN;
    return indexOf(x - mean, this.deviation(at, mean), this.factor);
  }

  /** Sees the block before from the new block's first price, and sums what is left of it. */
  private beginBlock(origin: f64): void {
    this.origin = origin;
    this.head = 0;
    let sum: f64 = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      const x = unchecked(this.typical[i]) - origin;
      sum += x;
      unchecked((this.centred[i] = x));
      unchecked((this.tails[i] = sum));
    }
  }

  private endBlock(): void {
    this.full = true;
    this.at = 0;
  }

  /** The sum of absolute deviations in the window that ends at place `at`: every other one in a lane. */
  private deviation(at: i32, mean: f64): f64 {
    const means = f64x2.splat(mean);
    let first = changetype<usize>(this.centred) + bytes(at + 1);
    const last = first + bytes(this.period - 1);
    let sums = f64x2.splat(0);
    for (; first < last; first += 16) sums = f64x2.add(sums, f64x2.abs(f64x2.sub(v128.load(first), means)));
    const even = f64x2.extract_lane(sums, 0);
    return (first == last ? even + abs(load<f64>(last) - mean) : even) + f64x2.extract_lane(sums, 1);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    const block = this.period;
    let done = 0;
    for (; done < count && (!this.full || this.at > 0); done++) this.runOne(high, low, close, output, bytes(done));
    for (; done + block <= count; done += block) {
      const at = bytes(done);
      this.takeBlock(high + at, low + at, close + at);
      this.indexBlock(output + at);
    }
    for (; done < count; done++) this.runOne(high, low, close, output, bytes(done));
  }

  @inline
  private runOne(high: usize, low: usize, close: usize, output: usize, at: usize): void {
    store<f64>(output + at, this.next(load<f64>(high + at), load<f64>(low + at), load<f64>(close + at)));
  }

  /** Typical prices of a whole block, as they are and centred, and the means of the windows that end at each. */
  private takeBlock(high: usize, low: usize, close: usize): void {
    const end = bytes(this.period);
    const typical = changetype<usize>(this.typical);
    this.beginBlock(typicalPrice(load<f64>(high), load<f64>(low), load<f64>(close)));
    let i: usize = 0;
    for (; i + 16 <= end; i += 16) {
      v128.store(typical + i, typicalLanes(v128.load(high + i), v128.load(low + i), v128.load(close + i)));
    }
    if (i < end) store<f64>(typical + i, typicalPrice(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i)));
    const centred = changetype<usize>(this.centred) + end;
    const tails = changetype<usize>(this.tails) + 8;
    const means = changetype<usize>(this.means);
    let head: f64 = 0;
    for (i = 0; i < end; i += 8) {
      const x = load<f64>(typical + i) - this.origin;
      head += x;
      store<f64>(centred + i, x);
      store<f64>(means + i, (load<f64>(tails + i) + head) * this.perValue);
    }
  }

  /** The index of each bar of the block that was taken, two at a time. */
  private indexBlock(output: usize): void {
    const end = bytes(this.period);
    const centred = changetype<usize>(this.centred) + end;
    const means = changetype<usize>(this.means);
    const factor = f64x2.splat(this.factor);
    for (let i: usize = 0; i < end; i += 16) {
      const mean = v128.load(means + i);
      const value = indexLanes(f64x2.sub(v128.load(centred + i), mean), this.deviations(i, mean), factor);
      if (i + 16 <= end) v128.store(output + i, value);
      else v128.store64_lane(output + i, value, 0);
    }
  }

  /** As `deviation` for the window that ends `at` bytes into the block and for the next, a lane each, added up in the same order. */
  @inline
  private deviations(at: usize, mean: v128): v128 {
    let first = changetype<usize>(this.centred) + at + 8;
    const last = first + bytes(this.period - 1);
    let even = f64x2.splat(0);
    let odd = even;
    for (; first < last; first += 16) {
      even = f64x2.add(even, f64x2.abs(f64x2.sub(v128.load(first), mean)));
      odd = f64x2.add(odd, f64x2.abs(f64x2.sub(v128.load(first, 8), mean)));
    }
    if (first == last) even = f64x2.add(even, f64x2.abs(f64x2.sub(v128.load(last), mean)));
    return f64x2.add(even, odd);
  }
}

/** Dividing the deviations first keeps the quotient within 1, so that nothing overflows. */
@inline
function indexOf(distance: f64, deviation: f64, factor: f64): f64 {
  return distance == 0 || deviation == 0 ? 0 : (distance / deviation) * factor;
}

@inline
function indexLanes(distance: v128, deviation: v128, factor: v128): v128 {
  const zero = f64x2.splat(0);
  const value = f64x2.mul(f64x2.div(distance, deviation), factor);
  return v128.and(value, v128.and(f64x2.ne(distance, zero), f64x2.ne(deviation, zero)));
}

export class CciIndicator extends Indicator {
  private readonly cci: Cci;

  static describe(spec: Spec): void {
    spec.title('CCI', 'Commodity channel index', 'How far the typical price is from its mean, in units of its usual distance.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars in the window.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.cci = new Cci(parameters.integer(0));
    this.warmUp = this.cci.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.cci.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
