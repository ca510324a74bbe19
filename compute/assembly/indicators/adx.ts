import { NO_MOVEMENT, movement, movementLanes, rangeLanes, riseLanes } from './directional-movement';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { firsts, seconds } from './lanes';
import { Spec } from './spec';
import { trueRange } from './true-range';
import { Wilder } from './wilder';
import { WilderSums } from './wilder-sums';

/** Bars of a batch that are worked on at a time, so that each DX stays in the nearest cache. */
const CHUNK: i32 = 512;

/**
 * Average directional index (Wilder, 1978): Wilder's smoothing of DX = 100 × |+DI − −DI| / (+DI + −DI), seeded with the mean of the first
 * `period` of them. The true ranges of both indicators cancel, so that DX comes from the two sums of movement alone. Where there is no DX,
 * because the sum of ranges or +DI + −DI is below 1e-14, it counts as 0 in the seed and leaves the average as it was later: as in TA-Lib.
 */
export class Adx {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** Of movement up, and of movement down. */
  private readonly movements: WilderSums;
  /** Of true ranges, in both lanes. */
  private readonly ranges: WilderSums;
  private readonly average: Wilder;
  private started: bool = false;
  private high: f64 = NaN;
  private low: f64 = NaN;
  private close: f64 = NaN;

  constructor(period: i32) {
    this.warmUp = 2 * period - 1;
    this.movements = new WilderSums(period);
    this.ranges = new WilderSums(period);
    this.average = new Wilder(period);
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
    return this.smooth(movement(up, down), movement(down, up), range);
  }

  private smooth(up: f64, down: f64, range: f64): f64 {
    const ready = this.ranges.ready;
    const movements = this.movements.next(f64x2.replace_lane(f64x2.splat(up), 1, down));
    const ranges = f64x2.extract_lane(this.ranges.next(f64x2.splat(range)), 0);
    if (!ready) return NaN;
    const ups = f64x2.extract_lane(movements, 0);
    const downs = f64x2.extract_lane(movements, 1);
    const seeded = this.average.ready;
    const moved = ups + downs;
    const none = ranges < NO_MOVEMENT || moved < leastMovement(ranges);
    const average = none ? this.average.hold() : this.average.next((100 * abs(ups - downs)) / moved);
    if (!seeded && this.average.ready) this.alignBlocks();
    return average;
  }

  /** From the seed on, sums and average begin their blocks at the same bar. */
  private alignBlocks(): void {
    this.movements.beginBlock();
    this.ranges.beginBlock();
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    const end = bytes(count);
    let i: usize = 0;
    while (i < end) {
      if (i > 0 && this.average.atBlock) {
        const from = i;
        i = this.runBlocks(high, low, close, from, from + min((end - from) & ~31, bytes(CHUNK)), output);
        this.average.run(output + from, i32((i - from) >> 3), output + from);
        if (i - from == bytes(CHUNK)) continue;
      }
      // To the next block: after the seed, at the end, or because a bar of this one may have no DX.
      for (let more = i < end; more; more = i < end && !this.average.atBlock) {
        store<f64>(output + i, this.next(load<f64>(high + i), load<f64>(low + i), load<f64>(close + i)));
        i += 8;
      }
    }
  }

  /** DX, four bars a step, as far as every bar surely has one. Answers how far that is. */
  private runBlocks(high: usize, low: usize, close: usize, from: usize, end: usize, output: usize): usize {
    const rangeDecay = this.ranges.decay;
    const rangeDecay4 = rangeDecay * rangeDecay * rangeDecay * rangeDecay;
    const decay = f64x2.splat(rangeDecay);
    const decay2 = f64x2.mul(decay, decay);
    const decay3 = f64x2.mul(decay2, decay);
    const decay4 = f64x2.mul(decay3, decay);
    let sums = this.movements.base;
    let ranges = f64x2.extract_lane(this.ranges.base, 0);
    let i = from;
    for (; i < end; i += 32) {
      const rise1 = riseLanes(high + i);
      const rise3 = riseLanes(high + i + 16);
      const fall1 = f64x2.neg(riseLanes(low + i));
      const fall3 = f64x2.neg(riseLanes(low + i + 16));
      const up1 = movementLanes(rise1, fall1);
      const up3 = movementLanes(rise3, fall3);
      const down1 = movementLanes(fall1, rise1);
      const down3 = movementLanes(fall3, rise3);
      const inner1 = firsts(up1, down1);
      const inner2 = f64x2.add(f64x2.mul(inner1, decay), seconds(up1, down1));
      const inner3 = f64x2.add(f64x2.mul(inner2, decay), firsts(up3, down3));
      const inner4 = f64x2.add(f64x2.mul(inner3, decay), seconds(up3, down3));
      const sums1 = f64x2.add(f64x2.mul(decay, sums), inner1);
      const sums2 = f64x2.add(f64x2.mul(decay2, sums), inner2);
      const sums3 = f64x2.add(f64x2.mul(decay3, sums), inner3);
      const sums4 = f64x2.add(f64x2.mul(decay4, sums), inner4);
      const moved1 = f64x2.add(firsts(sums1, sums2), seconds(sums1, sums2));
      const moved3 = f64x2.add(firsts(sums3, sums4), seconds(sums3, sums4));

      const range1 = rangeLanes(high + i, low + i, close + i);
      const range3 = rangeLanes(high + i + 16, low + i + 16, close + i + 16);
      const added = f64x2.add(range1, range3);
      const most = 2 * (ranges + (f64x2.extract_lane(added, 0) + f64x2.extract_lane(added, 1)));
      const enough = f64x2.gt(f64x2.pmin(moved1, moved3), f64x2.splat(leastMovement(most)));
      if (!i64x2.all_true(enough) || !(rangeDecay4 * ranges >= NO_MOVEMENT)) break;

      sums = sums4;
      ranges = rangeDecay4 * ranges + innerRange(range1, range3, rangeDecay);
      v128.store(output + i, dxLanes(sums1, sums2, moved1));
      v128.store(output + i, dxLanes(sums3, sums4, moved3), 16);
    }
    this.movements.base = sums;
    this.ranges.base = f64x2.splat(ranges);
    this.high = load<f64>(high + i - 8);
    this.low = load<f64>(low + i - 8);
    this.close = load<f64>(close + i - 8);
    return i;
  }
}

/** Less movement than this gives no DX. */
@inline
function leastMovement(ranges: f64): f64 {
  return ranges * (NO_MOVEMENT / 100);
}

/** What a block adds to the sum of ranges. */
@inline
function innerRange(first: v128, second: v128, decay: f64): f64 {
  const inner2 = f64x2.extract_lane(first, 0) * decay + f64x2.extract_lane(first, 1);
  const inner3 = inner2 * decay + f64x2.extract_lane(second, 0);
  return inner3 * decay + f64x2.extract_lane(second, 1);
}

/** DX of two bars, each given as its sums of movement up and down; `moved` are the sums of both. */
@inline
function dxLanes(first: v128, second: v128, moved: v128): v128 {
  const balance = f64x2.abs(f64x2.sub(firsts(first, second), seconds(first, second)));
  return f64x2.div(f64x2.mul(f64x2.splat(100), balance), moved);
}

export class AdxIndicator extends Indicator {
  private readonly adx: Adx;

  static describe(spec: Spec): void {
    spec.title('ADX', 'Average directional index', 'How one-sided the recent movement was, whichever way it went, from 0 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of each smoothing.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.adx = new Adx(parameters.integer(0));
    this.warmUp = this.adx.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.adx.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
