import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';
import { Wilder } from './wilder';

/** Sums of gains and losses below this count as no movement, and give 0: TA-Lib's convention. */
const NO_MOVEMENT: f64 = 1e-14;

/** Relative strength index: 100 × mean gain / (mean gain + mean loss), both by Wilder's smoothing, seeded with simple means. */
export class Rsi {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly gains: Wilder;
  private readonly losses: Wilder;
  private previous: f64 = NaN;
  private started: bool = false;

  constructor(period: i32) {
    this.warmUp = period;
    this.gains = new Wilder(period);
    this.losses = new Wilder(period);
  }

  /** Between 0 and 100; 0 when nothing moved; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    const change = x - this.previous;
    this.previous = x;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const gain = this.gains.next(change < 0 ? 0 : change);
    const loss = this.losses.next(-change < 0 ? 0 : -change);
    const movement = gain + loss;
    return movement < NO_MOVEMENT ? 0 : (100 * gain) / movement;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    const end = input + (usize(count) << 3);
    const first = input;
    for (; input < end && (input == first || !this.gains.atBlock); input += 8, output += 8) {
      store<f64>(output, this.next(load<f64>(input)));
    }
    const blocks = (end - input) & ~31;
    if (blocks > 0) {
      this.runBlocks(input, input + blocks, output);
      input += blocks;
      output += blocks;
      this.previous = load<f64>(input - 8);
    }
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }

  /** Gains in one lane and losses in the other, four bars a step. */
  private runBlocks(input: usize, end: usize, output: usize): void {
    const gain = f64x2.splat(this.gains.gain);
    const decay = f64x2.splat(this.gains.decay);
    const decay2 = f64x2.mul(decay, decay);
    const decay3 = f64x2.mul(decay2, decay);
    const decay4 = f64x2.mul(decay3, decay);
    const zero = f64x2.splat(0);
    let base = f64x2.replace_lane(f64x2.splat(this.gains.base), 1, this.losses.base);
    for (; input < end; input += 32, output += 32) {
      const change1 = f64x2.sub(v128.load(input), v128.load(input - 8));
      const change3 = f64x2.sub(v128.load(input, 16), v128.load(input - 8, 16));
      const up1 = f64x2.mul(gain, f64x2.pmax(change1, zero));
      const down1 = f64x2.mul(gain, f64x2.pmax(f64x2.neg(change1), zero));
      const up3 = f64x2.mul(gain, f64x2.pmax(change3, zero));
      const down3 = f64x2.mul(gain, f64x2.pmax(f64x2.neg(change3), zero));
      const inner1 = v128.shuffle<f64>(up1, down1, 0, 2);
      const inner2 = f64x2.add(f64x2.mul(inner1, decay), v128.shuffle<f64>(up1, down1, 1, 3));
      const inner3 = f64x2.add(f64x2.mul(inner2, decay), v128.shuffle<f64>(up3, down3, 0, 2));
      const inner4 = f64x2.add(f64x2.mul(inner3, decay), v128.shuffle<f64>(up3, down3, 1, 3));
      const y1 = f64x2.add(f64x2.mul(decay, base), inner1);
      const y2 = f64x2.add(f64x2.mul(decay2, base), inner2);
      const y3 = f64x2.add(f64x2.mul(decay3, base), inner3);
      base = f64x2.add(f64x2.mul(decay4, base), inner4);
      v128.store(output, strength(y1, y2));
      v128.store(output, strength(y3, base), 16);
    }
    this.gains.base = f64x2.extract_lane(base, 0);
    this.losses.base = f64x2.extract_lane(base, 1);
  }
}

/** The index of two bars, each given as its mean gain and mean loss. */
@inline
function strength(first: v128, second: v128): v128 {
  const gains = v128.shuffle<f64>(first, second, 0, 2);
  const losses = v128.shuffle<f64>(first, second, 1, 3);
  const movement = f64x2.add(gains, losses);
  const value = f64x2.div(f64x2.mul(f64x2.splat(100), gains), movement);
  return v128.andnot(value, f64x2.lt(movement, f64x2.splat(NO_MOVEMENT)));
}

export class RsiIndicator extends Indicator {
  private readonly rsi: Rsi;

  static describe(spec: Spec): void {
    spec.title('RSI', 'Relative strength index', 'How much of the recent movement was upward, from 0 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of the smoothing.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.rsi = new Rsi(parameters.integer(0));
    this.warmUp = this.rsi.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.rsi.run(bars.close, count, bars.output(0));
  }
}
