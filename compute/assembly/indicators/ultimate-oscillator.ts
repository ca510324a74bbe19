import { Bars, Indicator, Parameters, bytes } from './indicator';
import { firsts, seconds } from './lanes';
import { PairSums } from './pair-sums';
import { Spec } from './spec';
import { trueRangeLanes } from './true-range';

/** Bars of a batch that are worked on at a time, so that all that lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 120;
/** A sum of ranges below this leaves its window out: TA-Lib's convention. */
const NO_MOVEMENT: f64 = 1e-14;

/**
 * Ultimate oscillator (Williams, 1985): 100 × (4 a + 2 b + c) / 7, where a, b and c are buying pressure / true range, both summed over the
 * shortest, the middle and the longest of three windows, in whatever order they are given. Buying pressure is close − the lower of low
 * and close before. A window whose ranges sum to less than 1e-14 counts as 0, as in TA-Lib. A price that is not a number leaves no
 * value in the windows that hold it.
 */
export class UltimateOscillator {
  /** Index of the first value. */
  readonly warmUp: i32;
  /** Buying pressure and true range in the three windows, the shortest first. */
  private readonly short: PairSums;
  private readonly middle: PairSums;
  private readonly long: PairSums;
  private previousClose: f64 = NaN;
  private started: bool = false;
  private scratch: StaticArray<v128> | null = null;

  constructor(p1: i32 = 7, p2: i32 = 14, p3: i32 = 28) {
    const shortest = min(min(p1, p2), p3);
    const longest = max(max(p1, p2), p3);
    this.short = new PairSums(shortest);
    this.middle = new PairSums(max(min(p1, p2), min(max(p1, p2), p3)));
    this.long = new PairSums(longest);
    this.warmUp = longest;
  }

  /** From 0 to 100; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    const before = this.previousClose;
    this.previousClose = close;
    if (!this.started) {
      this.started = true;
      return NaN;
    }
    const pair = pressureAndRange(high, low, close, before);
    const short = this.short.next(pair);
    const middle = this.middle.next(pair);
    const long = this.long.next(pair);
    return f64x2.extract_lane(blendLanes(ratioLanes(short, short), ratioLanes(middle, middle), ratioLanes(long, long)), 0);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    if (count == 0) return;
    store<f64>(output, this.next(load<f64>(high), load<f64>(low), load<f64>(close)));
    for (let done = 1; done < count; done += CHUNK) {
      const at = bytes(done);
      this.runChunk(high + at, low + at, close + at, bytes(min(CHUNK, count - done)), output + at);
    }
  }

  private runChunk(high: usize, low: usize, close: usize, end: usize, output: usize): void {
    const pairs = this.buffer();
    const short = pairs + 2 * bytes(CHUNK);
    const middle = short + 2 * bytes(CHUNK);
    const long = middle + 2 * bytes(CHUNK);
    const whole = end & ~15;
    for (let i: usize = 0; i < whole; i += 16) storePressures(high + i, low + i, close + i, pairs + 2 * i);
    const count = i32(whole >> 3);
    this.short.run(pairs, count, short);
    this.middle.run(pairs, count, middle);
    this.long.run(pairs, count, long);
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(output + i, blendLanes(loadRatios(short + 2 * i), loadRatios(middle + 2 * i), loadRatios(long + 2 * i)));
    }
    this.previousClose = load<f64>(close + whole - 8);
    if (whole < end) store<f64>(output + whole, this.next(load<f64>(high + whole), load<f64>(low + whole), load<f64>(close + whole)));
  }

  private buffer(): usize {
    let scratch = this.scratch;
    if (!scratch) this.scratch = scratch = new StaticArray<v128>(4 * CHUNK);
    return changetype<usize>(scratch);
  }
}

/** Buying pressure and true range of a bar, side by side. */
@inline
function pressureAndRange(high: f64, low: f64, close: f64, before: f64): v128 {
  const l = f64x2.splat(low);
  const b = f64x2.splat(before);
  return firsts(f64x2.sub(f64x2.splat(close), f64x2.pmin(b, l)), trueRangeLanes(f64x2.splat(high), l, b));
}

/** Buying pressure and true range of two bars, side by side. The close before them must be at hand. */
@inline
function storePressures(high: usize, low: usize, close: usize, output: usize): void {
  const l = v128.load(low);
  const before = v128.load(close - 8);
  const pressure = f64x2.sub(v128.load(close), f64x2.pmin(before, l));
  const range = trueRangeLanes(v128.load(high), l, before);
  v128.store(output, firsts(pressure, range));
  v128.store(output, seconds(pressure, range), 16);
}

@inline
function loadRatios(sums: usize): v128 {
  return ratioLanes(v128.load(sums), v128.load(sums, 16));
}

/** Buying pressure / true range of two bars, each given as its two sums. */
@inline
function ratioLanes(first: v128, second: v128): v128 {
  const ranges = seconds(first, second);
  const value = f64x2.div(firsts(first, second), ranges);
  return v128.andnot(value, f64x2.lt(ranges, f64x2.splat(NO_MOVEMENT)));
}

@inline
function blendLanes(short: v128, middle: v128, long: v128): v128 {
  const weighted = f64x2.add(f64x2.add(f64x2.mul(f64x2.splat(4), short), f64x2.mul(f64x2.splat(2), middle)), long);
  return f64x2.mul(f64x2.splat(100 / 7.0), weighted);
}

export class UltimateOscillatorIndicator extends Indicator {
  private readonly oscillator: UltimateOscillator;

  static describe(spec: Spec): void {
    spec.title('ULTOSC', 'Ultimate oscillator', 'How far up bars close in their ranges, over three windows at once, from 0 to 100.');
    spec.integer('p1', 7, 1, 100000, 'Bars of the first window.');
    spec.integer('p2', 14, 1, 100000, 'Bars of the second window.');
    spec.integer('p3', 28, 1, 100000, 'Bars of the third window. The shortest of the three weighs most.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.oscillator = new UltimateOscillator(parameters.integer(0), parameters.integer(1), parameters.integer(2));
    this.warmUp = this.oscillator.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.oscillator.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
