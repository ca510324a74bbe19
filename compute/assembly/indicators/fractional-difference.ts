import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/**
 * Fractional differentiation with a window of fixed width: y(t) = Σ w(k) · x(t − k) for k from 0 to `period` − 1, where w(0) = 1 and
 * w(k) = −w(k − 1) · (order − k + 1) / k, the binomial series of (1 − lag)^order. Order 0 leaves the series as it is, order 1 gives its differences, and
 * orders between keep some memory of the level. López de Prado, Advances in Financial Machine Learning (2018), chapter 5.
 */
export class FractionalDifference {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** From w(0) on. */
  private readonly weights: StaticArray<f64>;
  /** The last `period` values twice over, so that each window stands in one piece. */
  private readonly values: StaticArray<f64>;
  private at: i32 = 0;

  constructor(
    order: f64,
    readonly period: i32,
  ) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.warmUp = period - 1;
    this.values = new StaticArray<f64>(2 * period).fill(NaN);
    this.weights = new StaticArray<f64>(period);
    let weight: f64 = 1;
    for (let k = 0; k < period; k++) {
      if (k > 0) weight *= (f64(k - 1) - order) / f64(k);
      unchecked((this.weights[k] = weight));
    }
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const newest = changetype<usize>(this.values) + bytes(this.at + this.period);
    this.remember(x);
    const weights = changetype<usize>(this.weights);
    let sum: f64 = 0;
    for (let k: usize = 0; k < bytes(this.period); k += 8) sum += load<f64>(weights + k) * load<f64>(newest - k);
    return sum;
  }

  /** As `next` for each of `count` values, to the bit. `output` must not overlap `input`. */
  run(input: usize, count: i32, output: usize): void {
    const period = this.period;
    const slow = min(count, period - 1);
    for (let i: usize = 0; i < bytes(slow); i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
    let done = slow;
    for (; count - done >= 8; done += 8) this.runEight(input + bytes(done), output + bytes(done));
    if (done - slow >= period) this.keep(input + bytes(done - period));
    else for (let i = slow; i < done; i++) this.remember(load<f64>(input + bytes(i)));
    for (; done < count; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
  }

  /** Eight windows at a time; the values before them stand before `input`. */
  private runEight(input: usize, output: usize): void {
    const weights = changetype<usize>(this.weights);
    const size = bytes(this.period);
    let sum0 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let sum4 = f64x2.splat(0);
    let sum6 = f64x2.splat(0);
    for (let k: usize = 0; k < size; k += 8) {
      const weight = v128.load64_splat(weights + k);
      const from = input - k;
      sum0 = f64x2.add(sum0, f64x2.mul(weight, v128.load(from)));
      sum2 = f64x2.add(sum2, f64x2.mul(weight, v128.load(from, 16)));
      sum4 = f64x2.add(sum4, f64x2.mul(weight, v128.load(from, 32)));
      sum6 = f64x2.add(sum6, f64x2.mul(weight, v128.load(from, 48)));
    }
    v128.store(output, sum0);
    v128.store(output, sum2, 16);
    v128.store(output, sum4, 32);
    v128.store(output, sum6, 48);
  }

  /** Takes the `period` values at `input` for the last ones. */
  private keep(input: usize): void {
    const values = changetype<usize>(this.values);
    memory.copy(values, input, bytes(this.period));
    memory.copy(values + bytes(this.period), input, bytes(this.period));
    this.at = 0;
  }

  private remember(x: f64): void {
    const at = this.at;
    unchecked((this.values[at] = x));
    unchecked((this.values[at + this.period] = x));
    this.at = at + 1 < this.period ? at + 1 : 0;
  }
}

export class FractionalDifferenceIndicator extends Indicator {
  private readonly difference: FractionalDifference;

  static describe(spec: Spec): void {
    spec.title('FRACDIFF', 'Fractional differentiation', 'Closes differentiated by a fraction, so that they lose their trend but not their memory.');
    spec.number('order', 0.4, 0, 2, 'How often closes are differentiated: 0 leaves them as they are, 1 gives their differences.');
    spec.integer('timeperiod', 100, 2, 10000, 'Bars in the window.');
    spec.series('close', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.difference = new FractionalDifference(p.number(0), p.integer(1));
    this.warmUp = this.difference.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.difference.run(bars.close, count, bars.output(0));
  }
}
