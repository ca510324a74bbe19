import { NOISE, quiet } from '../indicators/noise';
import { at, bytesOf } from './series';

export function sumOf(series: usize, count: i32): f64 {
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const end = series + bytesOf(count);
  let place = series;
  for (; place + 32 <= end; place += 32) {
    first = f64x2.add(first, v128.load(place));
    second = f64x2.add(second, v128.load(place, 16));
  }
  const lanes = f64x2.add(first, second);
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  for (; place < end; place += 8) sum += load<f64>(place);
  return sum;
}

/** Not-a-number for none. */
export function meanOf(series: usize, count: i32): f64 {
  return sumOf(series, count) / f64(count);
}

/** Sums of the powers of the distances from the mean. */
export class Moments {
  mean: f64 = 0;
  second: f64 = 0;
  third: f64 = 0;
  fourth: f64 = 0;

  constructor(
    series: usize,
    private readonly count: i32,
  ) {
    this.mean = meanOf(series, count);
    const mean = f64x2.splat(this.mean);
    let second = f64x2.splat(0);
    let third = f64x2.splat(0);
    let fourth = f64x2.splat(0);
    const end = series + bytesOf(count);
    let place = series;
    for (; place + 16 <= end; place += 16) {
      const distance = f64x2.sub(v128.load(place), mean);
      const square = f64x2.mul(distance, distance);
      second = f64x2.add(second, square);
      third = f64x2.add(third, f64x2.mul(square, distance));
      fourth = f64x2.add(fourth, f64x2.mul(square, square));
    }
    this.second = f64x2.extract_lane(second, 0) + f64x2.extract_lane(second, 1);
    this.third = f64x2.extract_lane(third, 0) + f64x2.extract_lane(third, 1);
    this.fourth = f64x2.extract_lane(fourth, 0) + f64x2.extract_lane(fourth, 1);
    if (place < end) this.addLast(load<f64>(place) - this.mean);
  }

  private addLast(distance: f64): void {
    const square = distance * distance;
    this.second += square;
    this.third += square * distance;
    this.fourth += square * square;
  }

  /** Root of the mean square distance, over `count - less`; not-a-number for too few values. */
  deviation(less: i32): f64 {
    const over = this.count - less;
    return over > 0 ? quiet(sqrt(this.second / f64(over))) : NaN;
  }

  /** g1, of the population; not-a-number where nothing moves. */
  skewBiased(): f64 {
    const deviation = this.deviation(0);
    return deviation > 0 ? this.third / f64(this.count) / (deviation * deviation * deviation) : NaN;
  }

  /** G1: corrected for the size of the sample. */
  skew(): f64 {
    const n = f64(this.count);
    return n > 2 ? (this.skewBiased() * sqrt(n * (n - 1))) / (n - 2) : NaN;
  }

  /** g2 + 3, of the population: 3 for a normal distribution. */
  kurtosisBiased(): f64 {
    const deviation = this.deviation(0);
    const variance = deviation * deviation;
    return deviation > 0 ? this.fourth / f64(this.count) / (variance * variance) : NaN;
  }

  /** G2: excess over the normal distribution, corrected for the size of the sample. */
  excessKurtosis(): f64 {
    const n = f64(this.count);
    return n > 3 ? ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (this.kurtosisBiased() - 3) + 6) : NaN;
  }
}

/** Not-a-number instead of a division by zero. */
@inline
export function ratio(value: f64, over: f64): f64 {
  return over == 0 ? NaN : value / over;
}

/** Sums of squares and products of two series about their means. */
export class Comoments {
  mean: f64 = 0;
  otherMean: f64 = 0;
  product: f64 = 0;
  square: f64 = 0;
  otherSquare: f64 = 0;

  constructor(series: usize, other: usize, count: i32) {
    this.mean = meanOf(series, count);
    this.otherMean = meanOf(other, count);
    for (let i = 0; i < count; i++) {
      const distance = at(series, i) - this.mean;
      const otherDistance = at(other, i) - this.otherMean;
      this.product += distance * otherDistance;
      this.square += distance * distance;
      this.otherSquare += otherDistance * otherDistance;
    }
    const noise = f64(count) * NOISE * NOISE;
    if (this.square <= noise) this.square = 0;
    if (this.otherSquare <= noise) this.otherSquare = 0;
  }

  correlation(): f64 {
    return ratio(this.product, sqrt(this.square) * sqrt(this.otherSquare));
  }
}
