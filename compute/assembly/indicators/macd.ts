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
      this.fastEma.run(input + at, size, macd + at);
      this.slowEma.run(input + at, size, signal + at);
      subtract(macd + at, signal + at, size, macd + at);
      this.signalEma.run(macd + at, size, signal + at);
      subtract(macd + at, signal + at, size, hist + at);
    }
    const last = bytes(count - 1);
    this.macd = load<f64>(macd + last);
    this.signal = load<f64>(signal + last);
    this.hist = load<f64>(hist + last);
  }
}

/** `output ← a − b`; `output` may be `a` or `b`. */
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
