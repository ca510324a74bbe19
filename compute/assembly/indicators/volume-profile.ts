import { Highest, Lowest } from './extremes';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { typicalPrice } from './typical-price';

/** The part of the wanted volume that will do: sums of the same volumes in another order may differ in their last digits. */
const ENOUGH: f64 = 1 - 1e-12;

/**
 * Where the volume of the last `period` bars was traded. The range from their lowest low to their highest high is cut in `bins` of one width, and each
 * bar's volume is counted whole in the bin of its typical price. `poc`, the point of control, is the middle of the bin with the most volume (the
 * lowest of equals). The value area begins with that bin and takes in the larger of the bins next to it (the upper of equals) until it holds `share` of
 * the volume: `areaHigh` and `areaLow` are its edges. Steidlmayer's market profile, with volume in place of time.
 *
 * A window without any volume counts each bar once; one without a range gives its price three times.
 */
export class VolumeProfile {
  /** Index of the first value. */
  readonly warmUp: i32;
  poc: f64 = NaN;
  areaHigh: f64 = NaN;
  areaLow: f64 = NaN;
  private readonly highest: Highest;
  private readonly lowest: Lowest;
  /** Typical prices, volumes and numbers of bins of the last `period` bars twice over, so that each window stands in one piece. */
  private readonly prices: StaticArray<f64>;
  private readonly volumes: StaticArray<f64>;
  private readonly places: StaticArray<i32>;
  /** The range that `places` are of. */
  private placesLowest: f64 = NaN;
  private placesRange: f64 = NaN;
  /** Two sums a bin, for every other bar: bars that follow each other are often in one bin, and need not wait for each other. */
  private readonly halves: StaticArray<f64>;
  /** The volume of each bin, with less than any volume below and above, so that an area that grows beyond an end finds nothing. */
  private readonly profile: StaticArray<f64>;
  private at: i32 = 0;
  private wait: i32;

  constructor(
    readonly period: i32,
    readonly bins: i32 = 24,
    readonly share: f64 = 0.7,
  ) {
    assert(bins >= 1, 'Invariant: a profile needs a bin');
    this.warmUp = period - 1;
    this.wait = period - 1;
    this.highest = new Highest(period);
    this.lowest = new Lowest(period);
    this.prices = new StaticArray<f64>(2 * period);
    this.volumes = new StaticArray<f64>(2 * period);
    this.places = new StaticArray<i32>(2 * period);
    this.halves = new StaticArray<f64>(2 * bins);
    this.profile = new StaticArray<f64>(3 * bins).fill(-Infinity);
  }

  /** Moves `poc`, `areaHigh` and `areaLow` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64, volume: f64): void {
    this.advance(this.highest.next(high), this.lowest.next(low), typicalPrice(high, low, close), volume);
  }

  private advance(highest: f64, lowest: f64, price: f64, volume: f64): void {
    const at = this.at;
    this.remember(at, price, volume);
    this.at = at + 1 < this.period ? at + 1 : 0;
    if (this.wait > 0) {
      this.wait--;
      return;
    }
    const range = highest - lowest;
    if (range <= 0) {
      this.poc = this.areaHigh = this.areaLow = lowest;
      return;
    }
    this.place(at, lowest, range);
    let total = this.count(false);
    if (total == 0) total = this.count(true);
    this.measure(lowest, range / f64(this.bins), total);
  }

  private remember(at: i32, price: f64, volume: f64): void {
    const again = at + this.period;
    unchecked((this.prices[at] = price));
    unchecked((this.prices[again] = price));
    unchecked((this.volumes[at] = volume));
    unchecked((this.volumes[again] = volume));
  }

  /** Finds the bin of the newest bar, at `at`; of all bars where the range is another one. */
  private place(at: i32, lowest: f64, range: f64): void {
    const same = lowest == this.placesLowest && range == this.placesRange;
    this.placesLowest = lowest;
    this.placesRange = range;
    const end = same ? at + 1 : this.period;
    for (let i = same ? at : 0; i < end; i++) {
      // In this order, a price on the edge of a bin is in that bin wherever the numbers are exact.
      const height = ((unchecked(this.prices[i]) - lowest) * f64(this.bins)) / range;
      const bin = i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(f64x2.splat(height)), 0);
      const place = max(0, min(this.bins - 1, bin));
      unchecked((this.places[i] = place));
      unchecked((this.places[i + this.period] = place));
    }
  }

  /** Counts the window, oldest bar first, and answers how much there is; with `alike`, each bar counts 1. */
  private count(alike: bool): f64 {
    const halves = changetype<usize>(this.halves);
    const profile = changetype<usize>(this.profile) + bytes(this.bins);
    const size = bytes(this.bins);
    for (let i: usize = 0; i < size; i += 8) v128.store(halves + (i << 1), f64x2.splat(0));
    const volumes = changetype<usize>(this.volumes) + bytes(this.at);
    const places = changetype<usize>(this.places) + (usize(this.at) << 2);
    const end = bytes(this.period);
    for (let i: usize = 0; i < end; i += 8) {
      const sum = halves + (usize(load<u32>(places + (i >> 1))) << 4) + (i & 8);
      store<f64>(sum, load<f64>(sum) + (alike ? 1 : load<f64>(volumes + i)));
    }
    let total: f64 = 0;
    for (let i: usize = 0; i < size; i += 8) {
      const sum = load<f64>(halves + (i << 1)) + load<f64>(halves + (i << 1), 8);
      store<f64>(profile + i, sum);
      total += sum;
    }
    return total;
  }

  private measure(lowest: f64, width: f64, total: f64): void {
    const profile = changetype<usize>(this.profile) + bytes(this.bins);
    const top = this.fullest(profile);
    const wanted = this.share * total * ENOUGH;
    let above = top + 1;
    let below = top - 1;
    let held = load<f64>(profile + bytes(top));
    for (let left = this.bins - 1; left > 0 && held < wanted; left--) {
      const upper = load<f64>(profile + bytes(above));
      const lower = load<f64>(profile + bytes(below));
      const upward = i32(upper >= lower);
      above += upward;
      below -= 1 - upward;
      held += larger(upper, lower);
    }
    this.poc = lowest + (f64(top) + 0.5) * width;
    this.areaHigh = lowest + f64(above) * width;
    this.areaLow = lowest + f64(below + 1) * width;
  }

  /** The lowest of the bins with the most volume; the lowest of all where volumes are no numbers. */
  private fullest(profile: usize): i32 {
    let pair = f64x2.splat(-Infinity);
    // Beyond the last bin there is less than any volume.
    for (let i = 0; i < this.bins; i += 2) pair = f64x2.pmax(pair, v128.load(profile + bytes(i)));
    const most = larger(f64x2.extract_lane(pair, 0), f64x2.extract_lane(pair, 1));
    for (let i = 0; i < this.bins; i++) if (load<f64>(profile + bytes(i)) == most) return i;
    return 0;
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, poc: usize, areaHigh: usize, areaLow: usize): void {
    this.highest.run(inputs.high, count, areaHigh);
    this.lowest.run(inputs.low, count, areaLow);
    for (let i: usize = 0; i < bytes(count); i += 8) {
      const price = typicalPrice(load<f64>(inputs.high + i), load<f64>(inputs.low + i), load<f64>(inputs.close + i));
      this.advance(load<f64>(areaHigh + i), load<f64>(areaLow + i), price, load<f64>(inputs.volume + i));
      store<f64>(poc + i, this.poc);
      store<f64>(areaHigh + i, this.areaHigh);
      store<f64>(areaLow + i, this.areaLow);
    }
  }
}

/** In lanes, because the scalar instruction branches. */
@inline
function larger(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmax(f64x2.splat(a), f64x2.splat(b)), 0);
}

export class VolumeProfileIndicator extends Indicator {
  private readonly profile: VolumeProfile;

  static describe(spec: Spec): void {
    spec.title('VOLUME_PROFILE', 'Volume profile', 'The price with the most volume in a window, and the edges of the area that holds most of it.');
    spec.integer('timeperiod', 50, 1, 10000, 'Bars in the window.');
    spec.integer('bins', 24, 2, 1000, 'Prices that the range of the window is cut in.');
    spec.number('share', 0.7, 0, 1, 'Part of the volume that the value area holds.');
    spec.series('high,low,close,volume', 'poc,area_high,area_low', 'price');
  }

  constructor(p: Parameters) {
    super();
    this.profile = new VolumeProfile(p.integer(0), p.integer(1), p.number(2));
    this.warmUp = this.profile.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.profile.run(bars, count, bars.output(0), bars.output(1), bars.output(2));
  }
}
