import { Ema } from './ema';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { percentChange, percentChange2 } from './percent-change';
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
  private readonly averages: Scratch = new Scratch(CHUNK);

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
    return this.change(twice);
  }

  private change(twice: f64): f64 {
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
    const averages = this.averages.start;
    for (; done < count; done += CHUNK) {
      const size = min(CHUNK, count - done);
      this.first.run(input + bytes(done), size, averages);
      this.second.run(averages, size, averages);
      this.runChanges(averages, size, output + bytes(done));
    }
  }

  /** The third average and its changes at once: quotients are worked out while the average waits for itself. */
  private runChanges(input: usize, count: i32, output: usize): void {
    const third = this.third;
    const end = input + bytes(count);
    for (; input < end && !third.atBlock; input += 8, output += 8) store<f64>(output, this.change(load<f64>(input)));
    const blocks = (end - input) & ~31;
    if (blocks > 0) {
      runChangeBlocks(third, input, input + blocks, output);
      this.previous = third.base;
    }
    input += blocks;
    output += blocks;
    for (; input < end; input += 8, output += 8) store<f64>(output, this.change(load<f64>(input)));
  }
}

/** Four bars a step, two and two; the average before a block is its base. */
function runChangeBlocks(average: Ema, input: usize, end: usize, output: usize): void {
  const gain = average.gain;
  const decay = average.decay;
  const decay2 = decay * decay;
  const decay3 = decay2 * decay;
  const near = f64x2.replace_lane(f64x2.splat(decay), 1, decay2);
  const far = f64x2.replace_lane(f64x2.splat(decay3), 1, decay3 * decay);
  let base = f64x2.splat(average.base);
  for (; input < end; input += 32, output += 32) {
    const inner1 = gain * load<f64>(input);
    const inner2 = inner1 * decay + gain * load<f64>(input, 8);
    const inner3 = inner2 * decay + gain * load<f64>(input, 16);
    const inner4 = inner3 * decay + gain * load<f64>(input, 24);
    const first = f64x2.add(f64x2.mul(near, base), f64x2.replace_lane(f64x2.splat(inner1), 1, inner2));
    const second = f64x2.add(f64x2.mul(far, base), f64x2.replace_lane(f64x2.splat(inner3), 1, inner4));
    v128.store(output, percentChange2(first, v128.shuffle<f64>(base, first, 0, 2)));
    v128.store(output, percentChange2(second, v128.shuffle<f64>(first, second, 1, 2)), 16);
    base = v128.shuffle<f64>(second, second, 1, 3);
  }
  average.base = f64x2.extract_lane(base, 0);
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
