import { Wilder } from './wilder';

/** Sums of gains and losses below this count as no movement, and give 0: TA-Lib's convention. */
const NO_MOVEMENT: f64 = 1e-14;

/**
 * How much of the movement from value to value is upward, in percent of all movement: 100 × gain / (gain + loss), or, net of what is downward,
 * 100 × (gain − loss) / (gain + loss). Gain and loss are means by Wilder's smoothing, seeded with simple means of the first `period` changes.
 */
export abstract class Movement {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly gains: Wilder;
  private readonly losses: Wilder;
  private previous: f64 = NaN;
  private started: bool = false;

  constructor(
    period: i32,
    private readonly net: bool,
  ) {
    this.warmUp = period;
    this.gains = new Wilder(period);
    this.losses = new Wilder(period);
  }

  /** 0 when nothing moved; not-a-number before `warmUp`. */
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
    return movement < NO_MOVEMENT ? 0 : 100 * ((this.net ? gain - loss : gain) / movement);
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
      if (this.net) this.runBlocks(input, input + blocks, output, true);
      else this.runBlocks(input, input + blocks, output, false);
      input += blocks;
      output += blocks;
      this.previous = load<f64>(input - 8);
    }
    for (; input < end; input += 8, output += 8) store<f64>(output, this.next(load<f64>(input)));
  }

  /** Gains in one lane and losses in the other, four bars a step. */
  @inline
  private runBlocks(input: usize, end: usize, output: usize, net: bool): void {
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
      v128.store(output, share(y1, y2, net));
      v128.store(output, share(y3, base, net), 16);
    }
    this.gains.base = f64x2.extract_lane(base, 0);
    this.losses.base = f64x2.extract_lane(base, 1);
  }
}

/** Of two bars, each given as its mean gain and mean loss. */
@inline
function share(first: v128, second: v128, net: bool): v128 {
  const gains = v128.shuffle<f64>(first, second, 0, 2);
  const losses = v128.shuffle<f64>(first, second, 1, 3);
  const movement = f64x2.add(gains, losses);
  const value = f64x2.mul(f64x2.splat(100), f64x2.div(net ? f64x2.sub(gains, losses) : gains, movement));
  return v128.andnot(value, f64x2.lt(movement, f64x2.splat(NO_MOVEMENT)));
}
