import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { percentChange, percentChanges } from './percent-change';
import { Scratch } from './scratch';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 2048;

/**
 * Percentage price oscillator: 100 · (fast average − slow average) / slow average; 0 where the slow one is zero. As TA-Lib's PPO: unlike in the MACD,
 * each average is seeded with the first values of all.
 */
export class Ppo {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly fast: Filter;
  private readonly slow: Filter;
  private readonly slows: Scratch;
  private readonly chunk: i32;

  /** `average` is `SIMPLE` or `EXPONENTIAL`. */
  constructor(fast: i32, slow: i32, average: i32 = SIMPLE) {
    assert(fast <= slow, 'Invariant: the fast period of an oscillator must not be above the slow one');
    this.warmUp = slow - 1;
    this.fast = movingAverage(average, fast);
    const slowest = movingAverage(average, slow);
    const chunk = slowest.strides(CHUNK);
    this.slow = slowest;
    this.chunk = chunk;
    this.slows = new Scratch(chunk + slow);
  }

  /** In percent; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const fast = this.fast.next(x);
    return percentChange(fast, this.slow.next(x));
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    const slows = this.slows.start;
    for (let done = 0, size = 0; done < count; done += size) {
      size = min(count - done, this.chunk + this.slow.untilBlock);
      const at = bytes(done);
      this.fast.runOn(input + at, size, output + at, done);
      this.slow.runOn(input + at, size, slows, done);
      percentChanges(output + at, slows, size, output + at);
    }
  }
}

export class PpoIndicator extends Indicator {
  private readonly ppo: Ppo;

  static describe(spec: Spec): void {
    spec.title('PPO', 'Percentage price oscillator', 'The distance of a fast average from a slow one, in percent of the slow one.');
    spec.integer('fast', 12, 2, 100000, 'Bars of the fast average.');
    spec.integer('slow', 26, 2, 100000, 'Bars of the slow average.');
    spec.choice('matype', 0, 'SMA,EMA', 'Kind of both averages.');
    spec.atMost('fast', 'slow');
    spec.series('close', 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.ppo = new Ppo(p.integer(0), p.integer(1), p.integer(2));
    this.warmUp = this.ppo.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.ppo.run(bars.close, count, bars.output(0));
  }
}
