import { ABREAST } from './block-filter';
import { bytes } from './indicator';
import { loadLanes, storeLanes } from './lanes';
import { SarTrend } from './sar-trend';

/** Bars of a stretch. No multiple of a page: the four would push each other out of the nearest cache. */
const STRETCH_MAX: i32 = 8232;
/** Trends that begin differently mostly agree after as many bars, and for a slow acceleration after some more. */
const LEAD_BARS: f64 = 128;
const LEAD_BY_ACCELERATION: f64 = 1.2;

/**
 * Follows four stretches of a series side by side, for each step waits for the one before. Where a stretch begins is not known, but a turn
 * forgets everything except how far the trend had come: one that is begun somewhat earlier almost always is the true one, to the bit, by
 * then. Where it is not, the stretch is done again.
 */
export class SarStretches {
  private readonly lead: i32;
  private readonly begins: StaticArray<SarTrend>;
  private readonly ends: StaticArray<SarTrend>;

  constructor(private readonly trend: SarTrend) {
    this.lead = i32(min<f64>(LEAD_BARS + LEAD_BY_ACCELERATION / trend.acceleration, STRETCH_MAX / 4));
    this.begins = makeTrends(trend);
    this.ends = makeTrends(trend);
  }

  /** Bars that each of four stretches takes of those that are `left`: 0 where they are too few for it to pay. */
  size(left: i32): i32 {
    const size = min(left / ABREAST, STRETCH_MAX);
    return size < 2 * this.lead ? 0 : size;
  }

  /** As `trend.next` for each bar of four stretches of `count`, to the bit. */
  run(high: usize, low: usize, count: i32, output: usize): void {
    const trend = this.trend;
    const stretch = bytes(count);
    unchecked(this.begins[0]).adopt(trend);
    for (let k = 1; k < ABREAST; k++) this.guess(unchecked(this.begins[k]), high + usize(k) * stretch, low + usize(k) * stretch);
    this.runAbreast(high, low, stretch, output);
    for (let k = 0; k < ABREAST; k++) {
      const at = usize(k) * stretch;
      if (trend.equals(unchecked(this.begins[k]))) trend.adopt(unchecked(this.ends[k]));
      else follow(trend, high + at, low + at, count, output + at);
    }
  }

  /** What the trend probably is at a bar, from the bars before. */
  private guess(trend: SarTrend, high: usize, low: usize): void {
    const lead = bytes(this.lead);
    const first = high - lead;
    trend.begin(load<f64>(first), load<f64>(low - lead), load<f64>(first, 8), load<f64>(low - lead, 8));
    for (let i = lead - 8; i > 0; i -= 8) trend.next(load<f64>(high - i), load<f64>(low - i));
  }

  /** What `SarTrend.next` does, without branches, for the first and the second stretch in a pair of lanes, and for the others. */
  private runAbreast(high: usize, low: usize, stretch: usize, output: usize): void {
    const begins = this.begins;
    const acceleration = f64x2.splat(this.trend.acceleration);
    const maximum = f64x2.splat(this.trend.maximum);
    const far: usize = 2 * stretch;
    let falling1 = fallings(begins, 0);
    let falling2 = fallings(begins, 2);
    let stop1 = pair(begins[0].stop, begins[1].stop);
    let stop2 = pair(begins[2].stop, begins[3].stop);
    let reach1 = pair(begins[0].reach, begins[1].reach);
    let reach2 = pair(begins[2].reach, begins[3].reach);
    let af1 = pair(begins[0].af, begins[1].af);
    let af2 = pair(begins[2].af, begins[3].af);
    let up1 = pair(begins[0].up, begins[1].up);
    let up2 = pair(begins[2].up, begins[3].up);
    let down1 = pair(begins[0].down, begins[1].down);
    let down2 = pair(begins[2].down, begins[3].down);
    for (let i: usize = 0; i < stretch; i += 8) {
      const newUp1 = known(loadLanes(high + i, stretch));
      const newDown1 = known(f64x2.neg(loadLanes(low + i, stretch)));
      const newUp2 = known(loadLanes(high + i + far, stretch));
      const newDown2 = known(f64x2.neg(loadLanes(low + i + far, stretch)));
      const swap1 = v128.and(v128.xor(newUp1, newDown1), falling1);
      const swap2 = v128.and(v128.xor(newUp2, newDown2), falling2);
      const ahead1 = v128.xor(newUp1, swap1);
      const ahead2 = v128.xor(newUp2, swap2);
      const behind1 = v128.xor(newDown1, swap1);
      const behind2 = v128.xor(newDown2, swap2);
      const turn1 = f64x2.ge(behind1, stop1);
      const turn2 = f64x2.ge(behind2, stop2);
      af1 = accelerate(af1, f64x2.lt(reach1, ahead1), turn1, acceleration, maximum);
      af2 = accelerate(af2, f64x2.lt(reach2, ahead2), turn2, acceleration, maximum);
      reach1 = f64x2.pmax(reach1, ahead1);
      reach2 = f64x2.pmax(reach2, ahead2);
      stop1 = v128.bitselect(reach1, stop1, turn1);
      stop2 = v128.bitselect(reach2, stop2, turn2);
      reach1 = v128.bitselect(behind1, reach1, turn1);
      reach2 = v128.bitselect(behind2, reach2, turn2);
      falling1 = v128.xor(falling1, turn1);
      falling2 = v128.xor(falling2, turn2);
      storeLanes(output + i, stretch, signed(stop1, falling1));
      storeLanes(output + i + far, stretch, signed(stop2, falling2));
      const guard1 = v128.bitselect(f64x2.pmax(up1, newUp1), f64x2.pmax(down1, newDown1), falling1);
      const guard2 = v128.bitselect(f64x2.pmax(up2, newUp2), f64x2.pmax(down2, newDown2), falling2);
      stop1 = f64x2.pmax(f64x2.sub(stop1, f64x2.mul(af1, f64x2.add(reach1, stop1))), guard1);
      stop2 = f64x2.pmax(f64x2.sub(stop2, f64x2.mul(af2, f64x2.add(reach2, stop2))), guard2);
      up1 = newUp1;
      up2 = newUp2;
      down1 = newDown1;
      down2 = newDown2;
    }
    keep(this.ends, 0, falling1, stop1, reach1, af1, up1, down1);
    keep(this.ends, 2, falling2, stop2, reach2, af2, up2, down2);
  }
}

function makeTrends(like: SarTrend): StaticArray<SarTrend> {
  const trends = new StaticArray<SarTrend>(ABREAST);
  for (let k = 0; k < ABREAST; k++) trends[k] = new SarTrend(like.acceleration, like.maximum);
  return trends;
}

function follow(trend: SarTrend, high: usize, low: usize, count: i32, output: usize): void {
  const end = bytes(count);
  for (let i: usize = 0; i < end; i += 8) store<f64>(output + i, trend.next(load<f64>(high + i), load<f64>(low + i)));
}

@inline
function known(x: v128): v128 {
  return f64x2.pmax(f64x2.splat(-Infinity), x);
}

/** The factor after a bar: faster where it gained ground, and from the start again where it turned. */
@inline
function accelerate(af: v128, gained: v128, turned: v128, acceleration: v128, maximum: v128): v128 {
  const faster = f64x2.pmin(f64x2.add(af, v128.and(gained, acceleration)), maximum);
  return f64x2.pmax(v128.andnot(faster, turned), acceleration);
}

/** The stop as it is kept, as a price. */
@inline
function signed(stop: v128, falling: v128): v128 {
  return v128.xor(stop, v128.andnot(f64x2.splat(-0.0), falling));
}

@inline
function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** All bits of a lane where the trend falls. */
@inline
function fallings(trends: StaticArray<SarTrend>, k: i32): v128 {
  return i64x2.replace_lane(i64x2.splat(-i64(trends[k].falling)), 1, -i64(trends[k + 1].falling));
}

function keep(trends: StaticArray<SarTrend>, k: i32, falling: v128, stop: v128, reach: v128, af: v128, up: v128, down: v128): void {
  const first = trends[k];
  first.falling = i64x2.extract_lane(falling, 0) != 0;
  first.stop = f64x2.extract_lane(stop, 0);
  first.reach = f64x2.extract_lane(reach, 0);
  first.af = f64x2.extract_lane(af, 0);
  first.up = f64x2.extract_lane(up, 0);
  first.down = f64x2.extract_lane(down, 0);
  const second = trends[k + 1];
  second.falling = i64x2.extract_lane(falling, 1) != 0;
  second.stop = f64x2.extract_lane(stop, 1);
  second.reach = f64x2.extract_lane(reach, 1);
  second.af = f64x2.extract_lane(af, 1);
  second.up = f64x2.extract_lane(up, 1);
  second.down = f64x2.extract_lane(down, 1);
}
