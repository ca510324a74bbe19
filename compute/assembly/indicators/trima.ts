import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Relay } from './scratch';
import { Sma } from './sma';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, and how many strides of the second average at least. */
const CHUNK: i32 = 4096;
const STRIDES: i32 = 16;

/**
 * Triangular moving average: weights that rise by one to the middle of the window and fall again, which is an SMA of an SMA. For odd n both take
 * (n + 1) / 2 values; for even n the first takes n / 2 and the second n / 2 + 1. As TA-Lib's TRIMA.
 */
export class Trima {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly first: Sma;
  private readonly second: Sma;
  private readonly chunk: i32;
  private readonly relay: Relay;
  /** Values that the second average still waits for the first. */
  private wait: i32;

  constructor(period: i32) {
    this.warmUp = period - 1;
    const first = new Sma((period + 1) >> 1);
    const second = new Sma((period >> 1) + 1);
    const chunk = second.strides(max(CHUNK, STRIDES * second.stride));
    this.first = first;
    this.second = second;
    this.wait = first.warmUp;
    this.chunk = chunk;
    this.relay = new Relay(second.period, chunk + second.period);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const once = this.first.next(x);
    if (this.wait == 0) return this.second.next(once);
    this.wait--;
    return NaN;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && this.wait > 0; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    const between = this.relay.start;
    this.relay.behind = 0;
    for (let size = 0; done < count; done += size) {
      size = min(count - done, this.chunk + this.second.untilBlock);
      this.first.runOn(input + bytes(done), size, between, done);
      this.second.runOn(between, size, output + bytes(done), this.relay.behind);
      this.relay.pass(size);
    }
  }
}

export class TrimaIndicator extends Indicator {
  private readonly trima: Trima;

  static describe(spec: Spec): void {
    spec.title('TRIMA', 'Triangular moving average', 'A mean of the last closes in which those in the middle weigh most.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.trima = new Trima(parameters.integer(0));
    this.warmUp = this.trima.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.trima.run(bars.close, count, bars.output(0));
  }
}
