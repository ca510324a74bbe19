import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { percentChange, percentChanges } from './percent-change';
import { Scratch } from './scratch';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * Change in percent, from bar to bar, of an EMA of an EMA of an EMA, each seeded on the stage before it; 0 after a zero. J. Hutson, 1983; as
 * TA-Lib's TRIX.
 */
export class Trix {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly first: Ema;
  private readonly second: Ema;
  private readonly third: Ema;
  private previous: f64 = NaN;
  /** The average before a chunk, then its own. */
  private readonly averages: Scratch = new Scratch(1 + CHUNK);

  constructor(period: i32) {
    this.warmUp = 3 * (period - 1) + 1;
    this.first = new Ema(period);
    this.second = new Ema(period);
    this.third = new Ema(period);
  }

  /** In percent; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const once = this.first.next(x);
    if (!this.first.ready) return NaN;
    const twice = this.second.next(once);
    if (!this.second.ready) return NaN;
    const average = this.third.next(twice);
    const before = this.previous;
    this.previous = average;
    return percentChange(average, before);
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && !this.third.ready; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    const averages = this.averages.start + 8;
    store<f64>(averages - 8, this.previous);
    for (; done < count; done += CHUNK) {
      const size = min(CHUNK, count - done);
      this.first.run(input + bytes(done), size, averages);
      this.second.run(averages, size, averages);
      this.third.run(averages, size, averages);
      percentChanges(averages, averages - 8, size, output + bytes(done));
      this.previous = load<f64>(averages + bytes(size - 1));
      store<f64>(averages - 8, this.previous);
    }
  }
}

export class TrixIndicator extends Indicator {
  private readonly trix: Trix;

  static describe(spec: Spec): void {
    spec.title('TRIX', 'Triple exponential rate of change', 'How fast an average of an average of an average climbs, in percent a bar.');
    spec.integer('timeperiod', 30, 1, 100000, 'Bars of each of the three averages.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.trix = new Trix(parameters.integer(0));
    this.warmUp = this.trix.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.trix.run(bars.close, count, bars.output(0));
  }
}
