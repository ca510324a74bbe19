import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Lag } from './lag';
import { BLOCK } from './recurrence';
import { Relay } from './scratch';
import { Sma } from './sma';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 1024;
/** What a new value weighs where prices only go to and fro, and what more where they go straight: EMAs of 30 bars and of 2. */
const SLOWEST: f64 = 2.0 / 31.0;
const FASTER: f64 = 2.0 / 3.0 - SLOWEST;

/**
 * Kaufman's adaptive moving average: y ← y + k · (x − y), which starts from the value before the first output. With the efficiency ratio
 * e = |x − x before n values| / Σ |changes| of those n values, k = (2/31 + e · (2/3 − 2/31))². Where nothing moved, e is 1, as it is in TA-Lib's KAMA.
 * Written in blocks of four values, as `Recurrence` is, so that a batch has to carry only the last of four. P. Kaufman, 1995.
 */
export class Kama {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly lag: Lag;
  private readonly changes: Sma;
  private readonly relay: Relay;
  private readonly chunk: i32;
  private previous: f64 = NaN;
  /** The output at the end of the last block. */
  private base: f64 = 0;
  /** As in `Recurrence`, −0 where a block begins. */
  private inner: f64 = -0.0;
  private power: f64 = 1;
  /** Below zero: values still missing. From zero: place in the block. */
  private place: i32;

  constructor(period: i32) {
    this.warmUp = period;
    this.place = -period;
    this.lag = new Lag(period);
    const changes = new Sma(period);
    const chunk = changes.strides(CHUNK);
    this.changes = changes;
    this.chunk = chunk;
    this.relay = new Relay(period, chunk + period);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const move = abs(x - this.lag.next(x));
    const change = abs(x - this.previous);
    this.previous = x;
    const first = this.place == -this.warmUp;
    const path = first ? NaN : this.changes.next(change) * f64(this.warmUp);
    if (this.place >= 0) return this.step(x, gain(move, path));
    this.place++;
    // Zero without a sign, so that it does not matter what an empty block adds.
    this.base = 0 + x;
    return NaN;
  }

  @inline
  private step(x: f64, gain: f64): f64 {
    const keep = 1 - gain;
    const power = this.power * keep;
    const inner = this.inner * keep + gain * x;
    const y = power * this.base + inner;
    this.place++;
    this.power = power;
    this.inner = inner;
    if (this.place == BLOCK) this.restart(y);
    return y;
  }

  private restart(y: f64): void {
    this.base = y;
    this.power = 1;
    this.inner = -0.0;
    this.place = 0;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    const period = this.warmUp;
    let done = 0;
    for (; done < count && (done < period || this.place < 0); done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    const changes = this.relay.start;
    this.relay.behind = 0;
    for (let size = 0; done < count; done += size) {
      const at = bytes(done);
      size = min(count - done, this.chunk + this.changes.untilBlock);
      absoluteChanges(input + at, size, changes);
      this.changes.runOn(changes, size, output + at, this.relay.behind);
      gains(input + at, input + at - bytes(period), size, f64(period), output + at);
      this.follow(input + at, size, output + at);
      this.relay.pass(size);
    }
    this.lag.adopt(input + bytes(count));
    this.previous = load<f64>(input + bytes(count - 1));
  }

  /** Puts an average in the place of each gain. */
  private follow(input: usize, count: i32, output: usize): void {
    const end = input + bytes(count);
    for (; input < end && this.place != 0; input += 8, output += 8) store<f64>(output, this.step(load<f64>(input), load<f64>(output)));
    let base = this.base;
    for (; input + 32 <= end; input += 32, output += 32) {
      const gain1 = load<f64>(output);
      const gain2 = load<f64>(output, 8);
      const gain3 = load<f64>(output, 16);
      const gain4 = load<f64>(output, 24);
      const power1 = 1 - gain1;
      const power2 = power1 * (1 - gain2);
      const power3 = power2 * (1 - gain3);
      const power4 = power3 * (1 - gain4);
      const inner1 = gain1 * load<f64>(input);
      const inner2 = inner1 * (1 - gain2) + gain2 * load<f64>(input, 8);
      const inner3 = inner2 * (1 - gain3) + gain3 * load<f64>(input, 16);
      const inner4 = inner3 * (1 - gain4) + gain4 * load<f64>(input, 24);
      store<f64>(output, power1 * base + inner1);
      store<f64>(output, power2 * base + inner2, 8);
      store<f64>(output, power3 * base + inner3, 16);
      base = power4 * base + inner4;
      store<f64>(output, base, 24);
    }
    this.base = base;
    for (; input < end; input += 8, output += 8) store<f64>(output, this.step(load<f64>(input), load<f64>(output)));
  }
}

/** `output ← |x − the value before it|`. */
function absoluteChanges(input: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.abs(f64x2.sub(v128.load(input + i), v128.load(input + i - 8))));
  if (i < end) store<f64>(output + i, abs(load<f64>(input + i) - load<f64>(input + i - 8)));
}

/** What a new value weighs after a `move` along a `path`, both without sign. */
@inline
function gain(move: f64, path: f64): f64 {
  const root = (move < path ? move / path : 1) * FASTER + SLOWEST;
  return root * root;
}

/** Puts a gain in the place of each mean of `period` changes. */
function gains(input: usize, before: usize, count: i32, period: f64, output: usize): void {
  const end = bytes(count);
  const one = f64x2.splat(1);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const move = f64x2.abs(f64x2.sub(v128.load(input + i), v128.load(before + i)));
    const path = f64x2.mul(v128.load(output + i), f64x2.splat(period));
    const ratio = v128.bitselect(f64x2.div(move, path), one, f64x2.lt(move, path));
    const root = f64x2.add(f64x2.mul(ratio, f64x2.splat(FASTER)), f64x2.splat(SLOWEST));
    v128.store(output + i, f64x2.mul(root, root));
  }
  if (i == end) return;
  const move = abs(load<f64>(input + i) - load<f64>(before + i));
  store<f64>(output + i, gain(move, load<f64>(output + i) * period));
}

export class KamaIndicator extends Indicator {
  private readonly kama: Kama;

  static describe(spec: Spec): void {
    spec.title('KAMA', 'Kaufman adaptive moving average', 'An average that is fast where the price goes straight and slow where it goes to and fro.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars over which straightness is measured.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.kama = new Kama(parameters.integer(0));
    this.warmUp = this.kama.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.kama.run(bars.close, count, bars.output(0));
  }
}
