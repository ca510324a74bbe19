import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Scratch } from './scratch';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;

/** Double exponential moving average: 2 · EMA − EMA of the EMA, each seeded on the stage before it. P. Mulloy, 1994; as TA-Lib's DEMA. */
export class Dema {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly first: Ema;
  private readonly second: Ema;
  private readonly twice: Scratch = new Scratch(CHUNK);

  constructor(period: i32) {
    this.warmUp = 2 * (period - 1);
    this.first = new Ema(period);
    this.second = new Ema(period);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const once = this.first.next(x);
    if (!this.first.ready) return NaN;
    return 2 * once - this.second.next(once);
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && !this.second.ready; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    const twice = this.twice.start;
    for (; done < count; done += CHUNK) {
      const once = output + bytes(done);
      const size = min(CHUNK, count - done);
      this.first.run(input + bytes(done), size, once);
      this.second.run(once, size, twice);
      combine(once, twice, size);
    }
  }
}

/** `once ← 2 · once − twice`. */
function combine(once: usize, twice: usize, count: i32): void {
  const end = bytes(count);
  const two = f64x2.splat(2);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(once + i, f64x2.sub(f64x2.mul(two, v128.load(once + i)), v128.load(twice + i)));
  if (i < end) store<f64>(once + i, 2 * load<f64>(once + i) - load<f64>(twice + i));
}

export class DemaIndicator extends Indicator {
  private readonly dema: Dema;

  static describe(spec: Spec): void {
    spec.title('DEMA', 'Double exponential moving average', 'An exponential average with most of its lag taken out.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars of each of the two averages.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.dema = new Dema(parameters.integer(0));
    this.warmUp = this.dema.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.dema.run(bars.close, count, bars.output(0));
  }
}
