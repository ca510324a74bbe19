import { Highest, Lowest } from './extremes';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 1024;

/** Donchian channel: the highest high and the lowest low of the last `period` bars, this one included, and the mean of the two. */
export class Donchian {
  /** Index of the first value. */
  readonly warmUp: i32;
  upper: f64 = NaN;
  middle: f64 = NaN;
  lower: f64 = NaN;
  private readonly highest: Highest;
  private readonly lowest: Lowest;

  constructor(period: i32) {
    this.warmUp = period - 1;
    this.highest = new Highest(period);
    this.lowest = new Lowest(period);
  }

  /** Moves `upper`, `middle` and `lower` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64): void {
    this.upper = this.highest.next(high);
    this.lower = this.lowest.next(low);
    this.middle = (this.upper + this.lower) * 0.5;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, upper: usize, middle: usize, lower: usize): void {
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.size(count - done);
      this.highest.runOn(high + at, size, upper + at, done);
      this.lowest.runOn(low + at, size, lower + at, done);
      means(upper + at, lower + at, size, middle + at);
    }
    if (count == 0) return;
    const last = bytes(count - 1);
    this.upper = load<f64>(upper + last);
    this.middle = load<f64>(middle + last);
    this.lower = load<f64>(lower + last);
  }

  /** As `run`, for the middle alone. The fields `upper` and `lower` are not moved. */
  runMiddle(high: usize, low: usize, count: i32, middle: usize): void {
    const lower = heap.alloc(bytes(min(count, this.chunk + this.highest.period)));
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.size(count - done);
      this.highest.runOn(high + at, size, middle + at, done);
      this.lowest.runOn(low + at, size, lower, done);
      means(middle + at, lower, size, middle + at);
    }
    heap.free(lower);
    if (count > 0) this.middle = load<f64>(middle + bytes(count - 1));
  }

  private size(left: i32): i32 {
    return min(left, this.chunk + this.highest.untilBlock);
  }

  private get chunk(): i32 {
    return this.highest.strides(CHUNK);
  }
}

/** The mean of `a` and `b`; `output` may be one of them. */
export function means(a: usize, b: usize, count: i32, output: usize): void {
  const end = bytes(count);
  const half = f64x2.splat(0.5);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.mul(f64x2.add(v128.load(a + i), v128.load(b + i)), half));
  if (i < end) store<f64>(output + i, (load<f64>(a + i) + load<f64>(b + i)) * 0.5);
}

export class DonchianIndicator extends Indicator {
  private readonly channel: Donchian;

  static describe(spec: Spec): void {
    spec.title('DONCHIAN', 'Donchian channel', 'The highest high and the lowest low of the last bars, and the middle between them.');
    spec.integer('timeperiod', 20, 1, 100000, 'Bars in the window.');
    spec.series('high,low', 'upper,middle,lower', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.channel = new Donchian(parameters.integer(0));
    this.warmUp = this.channel.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.channel.run(bars.high, bars.low, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
