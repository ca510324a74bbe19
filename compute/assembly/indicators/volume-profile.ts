import { Highest, Lowest } from './extremes';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';
import { typicalPrice } from './vwap';

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
  /** Typical prices and volumes of the last `period` bars twice over, so that each window stands in one piece. */
  private readonly prices: StaticArray<f64>;
  private readonly volumes: StaticArray<f64>;
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
    this.profile = new StaticArray<f64>(bins);
  }

  /** Moves `poc`, `areaHigh` and `areaLow` one bar on; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64, volume: f64): void {
    const highest = this.highest.next(high);
    const lowest = this.lowest.next(low);
    this.remember(typicalPrice(high, low, close), volume);
    if (this.wait > 0) {
      this.wait--;
      return;
    }
    const range = highest - lowest;
    if (range <= 0) {
      this.poc = this.areaHigh = this.areaLow = lowest;
      return;
    }
    let total = this.fill(lowest, range, false);
    if (total == 0) total = this.fill(lowest, range, true);
    this.measure(lowest, range / f64(this.bins), total);
  }

  private remember(price: f64, volume: f64): void {
    const at = this.at;
    const again = at + this.period;
    unchecked((this.prices[at] = price));
    unchecked((this.prices[again] = price));
    unchecked((this.volumes[at] = volume));
    unchecked((this.volumes[again] = volume));
    this.at = at + 1 < this.period ? at + 1 : 0;
  }

  /** Counts the window, oldest bar first, and answers how much there is; with `alike`, each bar counts 1. */
  private fill(lowest: f64, range: f64, alike: bool): f64 {
    const profile = changetype<usize>(this.profile);
    memory.fill(profile, 0, bytes(this.bins));
    const prices = changetype<usize>(this.prices) + bytes(this.at);
    const volumes = changetype<usize>(this.volumes) + bytes(this.at);
    const origin = f64x2.splat(lowest);
    const bins = f64x2.splat(f64(this.bins));
    const ranges = f64x2.splat(range);
    const last = i32x4.splat(this.bins - 1);
    const end = bytes(this.period);
    let total: f64 = 0;
    for (let i: usize = 0; i < end; i += 16) {
      // In this order, a price on the edge of a bin is in that bin wherever the numbers are exact.
      const heights = f64x2.div(f64x2.mul(f64x2.sub(v128.load(prices + i), origin), bins), ranges);
      const places = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f64x2_s_zero(heights), last), i32x4.splat(0));
      const first = alike ? 1 : load<f64>(volumes + i);
      total += first;
      add(profile + bytes(i32x4.extract_lane(places, 0)), first);
      if (i + 8 == end) break;
      const second = alike ? 1 : load<f64>(volumes + i, 8);
      total += second;
      add(profile + bytes(i32x4.extract_lane(places, 1)), second);
    }
    return total;
  }

  private measure(lowest: f64, width: f64, total: f64): void {
    const profile = this.profile;
    let top = 0;
    for (let bin = 1; bin < this.bins; bin++) if (unchecked(profile[bin]) > unchecked(profile[top])) top = bin;
    this.poc = lowest + (f64(top) + 0.5) * width;
    const wanted = this.share * total * ENOUGH;
    let held = unchecked(profile[top]);
    let bottom = top;
    while (held < wanted) {
      const above = top + 1 < this.bins ? unchecked(profile[top + 1]) : -1;
      const below = bottom > 0 ? unchecked(profile[bottom - 1]) : -1;
      if (above < 0 && below < 0) break;
      if (above >= below) top++;
      else bottom--;
      held += max(above, below);
    }
    this.areaHigh = lowest + f64(top + 1) * width;
    this.areaLow = lowest + f64(bottom) * width;
  }

  /** As `next` for each bar at the columns `inputs`, to the bit. */
  run(inputs: Bars, count: i32, poc: usize, areaHigh: usize, areaLow: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) {
      this.next(load<f64>(inputs.high + i), load<f64>(inputs.low + i), load<f64>(inputs.close + i), load<f64>(inputs.volume + i));
      store<f64>(poc + i, this.poc);
      store<f64>(areaHigh + i, this.areaHigh);
      store<f64>(areaLow + i, this.areaLow);
    }
  }
}

@inline
function add(place: usize, volume: f64): void {
  store<f64>(place, load<f64>(place) + volume);
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
