import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * Moving average convergence divergence: fast EMA − slow EMA, a signal that is the EMA of that, and their difference. Both averages
 * are seeded with the means of windows that end at bar `slow − 1`, as TA-Lib does, so that they start at the same bar. All three
 * outputs are hidden until the signal exists.
 */
export class Macd {
  /** Index of the first value. */
  readonly warmUp: i32;
  macd: f64 = NaN;
  signal: f64 = NaN;
  hist: f64 = NaN;
  private readonly fastEma: Ema;
  private readonly slowEma: Ema;
  private readonly signalEma: Ema;
  /** Bars until the fast average begins to gather its seed. */
  private fastWait: i32;

  constructor(fast: i32, slow: i32, signal: i32) {
    assert(fast <= slow, 'Invariant: the fast period of a MACD must not be above the slow one');
    this.warmUp = slow - 1 + signal - 1;
    this.fastEma = new Ema(fast);
    this.slowEma = new Ema(slow);
    this.signalEma = new Ema(signal);
    this.fastWait = slow - fast;
  }

  /** Moves `macd`, `signal` and `hist` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    const slow = this.slowEma.next(x);
    if (this.fastWait > 0) {
      this.fastWait--;
      return;
    }
    const macd = this.fastEma.next(x) - slow;
    if (!this.slowEma.ready) return;
    const signal = this.signalEma.next(macd);
    if (!this.signalEma.ready) return;
    this.macd = macd;
    this.signal = signal;
    this.hist = macd - signal;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, macd: usize, signal: usize, hist: usize): void {
    let done = 0;
    for (; done < count && !this.signalEma.ready; done++) {
      const at = bytes(done);
      this.next(load<f64>(input + at));
      store<f64>(macd + at, this.macd);
      store<f64>(signal + at, this.signal);
      store<f64>(hist + at, this.hist);
    }
    if (done == count) return;
    for (; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      this.runDistance(input + at, size, macd + at);
      this.signalEma.run(macd + at, size, signal + at);
      subtract(macd + at, signal + at, size, hist + at);
    }
    const last = bytes(count - 1);
    this.macd = load<f64>(macd + last);
    this.signal = load<f64>(signal + last);
    this.hist = load<f64>(hist + last);
  }

  /** Fast average − slow average. Both were seeded at the same bar, so that their blocks of four bars are the same. */
  private runDistance(input: usize, count: i32, output: usize): void {
    const end = input + bytes(count);
    for (; input < end && !this.slowEma.atBlock; input += 8, output += 8) store<f64>(output, this.distance(load<f64>(input)));
    const blocks = (end - input) & ~31;
    runDistanceBlocks(this.fastEma, this.slowEma, input, input + blocks, output);
    input += blocks;
    output += blocks;
    for (; input < end; input += 8, output += 8) store<f64>(output, this.distance(load<f64>(input)));
  }

  private distance(x: f64): f64 {
    const slow = this.slowEma.next(x);
    return this.fastEma.next(x) - slow;
  }
}

/** The fast average in one lane and the slow one in the other, four bars a step. */
function runDistanceBlocks(fast: Ema, slow: Ema, input: usize, end: usize, output: usize): void {
  const gain = f64x2.replace_lane(f64x2.splat(fast.gain), 1, slow.gain);
  const decay = f64x2.replace_lane(f64x2.splat(fast.decay), 1, slow.decay);
  const decay2 = f64x2.mul(decay, decay);
  const decay3 = f64x2.mul(decay2, decay);
  const decay4 = f64x2.mul(decay3, decay);
  let base = f64x2.replace_lane(f64x2.splat(fast.base), 1, slow.base);
  for (; input < end; input += 32, output += 32) {
    const inner1 = f64x2.mul(gain, v128.load64_splat(input));
    const inner2 = f64x2.add(f64x2.mul(inner1, decay), f64x2.mul(gain, v128.load64_splat(input, 8)));
    const inner3 = f64x2.add(f64x2.mul(inner2, decay), f64x2.mul(gain, v128.load64_splat(input, 16)));
    const inner4 = f64x2.add(f64x2.mul(inner3, decay), f64x2.mul(gain, v128.load64_splat(input, 24)));
    const y1 = f64x2.add(f64x2.mul(decay, base), inner1);
    const y2 = f64x2.add(f64x2.mul(decay2, base), inner2);
    const y3 = f64x2.add(f64x2.mul(decay3, base), inner3);
    base = f64x2.add(f64x2.mul(decay4, base), inner4);
    v128.store(output, f64x2.sub(v128.shuffle<f64>(y1, y2, 0, 2), v128.shuffle<f64>(y1, y2, 1, 3)));
    v128.store(output, f64x2.sub(v128.shuffle<f64>(y3, base, 0, 2), v128.shuffle<f64>(y3, base, 1, 3)), 16);
  }
  fast.base = f64x2.extract_lane(base, 0);
  slow.base = f64x2.extract_lane(base, 1);
}

/** `output ← a − b`. */
function subtract(a: usize, b: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.sub(v128.load(a + i), v128.load(b + i)));
  if (i < end) store<f64>(output + i, load<f64>(a + i) - load<f64>(b + i));
}

export class MacdIndicator extends Indicator {
  private readonly macd: Macd;

  static describe(spec: Spec): void {
    spec.title(
      'MACD',
      'Moving average convergence divergence',
      'The distance of two exponential averages, its own average, and their difference.',
    );
    spec.integer('fast', 12, 2, 100000, 'Bars of the fast average.');
    spec.integer('slow', 26, 2, 100000, 'Bars of the slow average.');
    spec.integer('signal', 9, 1, 100000, 'Bars of the average of the distance.');
    spec.atMost('fast', 'slow');
    spec.series('close', 'macd,signal,hist', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.macd = new Macd(parameters.integer(0), parameters.integer(1), parameters.integer(2));
    this.warmUp = this.macd.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.macd.run(bars.close, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
