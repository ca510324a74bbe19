import { NO_MOVEMENT, movement, movementLanes, rangeLanes, riseLanes } from './directional-movement';
import { bytes } from './indicator';
import { firsts, seconds } from './lanes';
import { trueRange } from './true-range';
import { WilderSums } from './wilder-sums';

/**
 * Directional indicator (Wilder, 1978): 100 × Wilder's sum of the directional movement to one side / Wilder's sum of the true range. A sum of
 * ranges below 1e-14 gives 0, as in TA-Lib. With a period of 1 it is 100 × movement / range, where TA-Lib leaves out the 100.
 */
export abstract class DirectionalIndicator {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** Of movements, and of true ranges. */
  private readonly sums: WilderSums;
  private started: bool = false;
  private high: f64 = NaN;
  private low: f64 = NaN;
  private close: f64 = NaN;

  constructor(
    period: i32,
    private readonly upward: bool,
  ) {
    this.warmUp = period;
    this.sums = new WilderSums(period);
  }

  /** From 0 to 100; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    const up = high - this.high;
    const down = this.low - low;
    const range = trueRange(high, low, this.close);
    this.high = high;
    this.low = low;
    this.close = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const moved = this.upward ? movement(up, down) : movement(down, up);
    const sums = this.sums.next(f64x2.replace_lane(f64x2.splat(moved), 1, range));
    const ranged = f64x2.extract_lane(sums, 1);
    return ranged < NO_MOVEMENT ? 0 : (100 * f64x2.extract_lane(sums, 0)) / ranged;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    const end = bytes(count);
    let i: usize = 0;
    for (; i < end && (i == 0 || !this.sums.atBlock); i += 8) this.runOne(high + i, low + i, close + i, output + i);
    const blocks = (end - i) & ~31;
    if (blocks > 0) {
      this.runBlocks(high + i, low + i, close + i, blocks, output + i);
      i += blocks;
      this.high = load<f64>(high + i - 8);
      this.low = load<f64>(low + i - 8);
      this.close = load<f64>(close + i - 8);
    }
    for (; i < end; i += 8) this.runOne(high + i, low + i, close + i, output + i);
  }

  @inline
  private runOne(high: usize, low: usize, close: usize, output: usize): void {
    store<f64>(output, this.next(load<f64>(high), load<f64>(low), load<f64>(close)));
  }

  /** Movements in one lane and ranges in the other, four bars a step. */
  private runBlocks(high: usize, low: usize, close: usize, end: usize, output: usize): void {
    const toward = this.upward ? high : low;
    const away = this.upward ? low : high;
    // What a low rises it does not fall.
    const sign = i64x2.splat(i64.MIN_VALUE);
    const towardSign = this.upward ? i64x2.splat(0) : sign;
    const awaySign = v128.xor(towardSign, sign);
    const decay = f64x2.splat(this.sums.decay);
    const decay2 = f64x2.mul(decay, decay);
    const decay3 = f64x2.mul(decay2, decay);
    const decay4 = f64x2.mul(decay3, decay);
    let base = this.sums.base;
    for (let i: usize = 0; i < end; i += 32) {
      const moved1 = movementLanes(v128.xor(riseLanes(toward + i), towardSign), v128.xor(riseLanes(away + i), awaySign));
      const moved3 = movementLanes(v128.xor(riseLanes(toward + i + 16), towardSign), v128.xor(riseLanes(away + i + 16), awaySign));
      const range1 = rangeLanes(high + i, low + i, close + i);
      const range3 = rangeLanes(high + i + 16, low + i + 16, close + i + 16);
      const inner1 = firsts(moved1, range1);
      const inner2 = f64x2.add(f64x2.mul(inner1, decay), seconds(moved1, range1));
      const inner3 = f64x2.add(f64x2.mul(inner2, decay), firsts(moved3, range3));
      const inner4 = f64x2.add(f64x2.mul(inner3, decay), seconds(moved3, range3));
      const y1 = f64x2.add(f64x2.mul(decay, base), inner1);
      const y2 = f64x2.add(f64x2.mul(decay2, base), inner2);
      const y3 = f64x2.add(f64x2.mul(decay3, base), inner3);
      base = f64x2.add(f64x2.mul(decay4, base), inner4);
      v128.store(output + i, percentLanes(y1, y2));
      v128.store(output + i, percentLanes(y3, base), 16);
    }
    this.sums.base = base;
  }
}

/** Movement in percent of range of two bars, each given as its two sums. */
@inline
function percentLanes(first: v128, second: v128): v128 {
  const moved = firsts(first, second);
  const ranged = seconds(first, second);
  const value = f64x2.div(f64x2.mul(f64x2.splat(100), moved), ranged);
  return v128.andnot(value, f64x2.lt(ranged, f64x2.splat(NO_MOVEMENT)));
}
