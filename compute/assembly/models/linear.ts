import { Predictor } from './prediction';
import { sigmoid } from './sigmoid';

/**
 * The bytes, little-endian, after eight of magic: at 8 the number of features n and at 12 that of calibration points m, both u32; at 16 what the score
 * becomes, u32; at 24 the intercept; then doubles: n means, n deviations, n coefficients, m scores, m probabilities.
 */
const FEATURES: usize = 8;
const POINTS: usize = 12;
const ENDING: usize = 16;
const INTERCEPT: usize = 24;
const COLUMNS: usize = 32;

/** What the score becomes: itself; the sigmoid of it; that of slope · score + intercept, which are the two points; a place between points. */
const VALUE: u32 = 0;
const LOGISTIC: u32 = 1;
const PLATT: u32 = 2;

/** score = intercept + Σ coefficient · (feature − mean) / deviation, summed up as the host does. */
export class LinearPredictor extends Predictor {
  private readonly features: usize;
  private readonly points: i32;
  private readonly ending: u32;

  constructor(private readonly address: usize) {
    super();
    this.features = load<u32>(address + FEATURES);
    this.points = load<u32>(address + POINTS);
    this.ending = load<u32>(address + ENDING);
  }

  predict(row: usize): f64 {
    const size = this.features << 3;
    const means = this.address + COLUMNS;
    let score = load<f64>(this.address + INTERCEPT);
    for (let at: usize = 0; at < size; at += 8) {
      const standardised = (load<f64>(row + at) - load<f64>(means + at)) / load<f64>(means + size + at);
      score += load<f64>(means + 2 * size + at) * standardised;
    }
    if (this.ending == VALUE) return score;
    if (this.ending == LOGISTIC) return sigmoid(score);
    if (this.ending == PLATT) return sigmoid(this.scoreOf(0) * score + this.scoreOf(1));
    return this.between(score);
  }

  @inline
  private scoreOf(point: i32): f64 {
    return load<f64>(this.address + COLUMNS + this.features * 24 + (usize(point) << 3));
  }

  @inline
  private probabilityOf(point: i32): f64 {
    return this.scoreOf(this.points + point);
  }

  /** Linear between the points, level outside them. */
  private between(score: f64): f64 {
    let low = 0;
    let high = this.points - 1;
    if (score <= this.scoreOf(low)) return this.probabilityOf(low);
    if (score >= this.scoreOf(high)) return this.probabilityOf(high);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.scoreOf(middle) <= score) low = middle;
      else high = middle;
    }
    const part = (score - this.scoreOf(low)) / (this.scoreOf(high) - this.scoreOf(low));
    return this.probabilityOf(low) + part * (this.probabilityOf(high) - this.probabilityOf(low));
  }
}
