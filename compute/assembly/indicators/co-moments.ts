/** Numbers that a block keeps for each place: sums of x, y, x², y² and xy. */
const SUMS: i32 = 5;

/**
 * Variances and covariance of the last `period` pairs, in constant time a pair. Blocks as in `Deviation`: sums are only ever added to, and are of
 * deviations from the first pair of the newest block, which is in the window. So nothing drifts and little cancels however far from zero the values
 * are, and what is not a number is forgotten with the windows that hold it.
 */
export class CoMoments {
  /** Sums of squared deviations from the mean, and of the products of deviations. */
  xx: f64 = NaN;
  yy: f64 = NaN;
  xy: f64 = NaN;
  private readonly perPair: f64;
  private readonly pairs: StaticArray<f64>;
  private readonly tails: StaticArray<f64>;
  private at: i32 = 0;
  private originX: f64 = 0;
  private originY: f64 = 0;
  private headX: f64 = 0;
  private headY: f64 = 0;
  private headXX: f64 = 0;
  private headYY: f64 = 0;
  private headXY: f64 = 0;

  constructor(readonly period: i32) {
    assert(period >= 1, 'Invariant: a window needs a period of at least 1');
    this.perPair = 1 / f64(period);
    this.pairs = new StaticArray<f64>(2 * period).fill(NaN);
    this.tails = new StaticArray<f64>(SUMS * (period + 1)).fill(0);
  }

  /** Not-a-number until there are `period` pairs. */
  next(x: f64, y: f64): void {
    if (this.at == 0) this.beginBlock(x, y);
    unchecked((this.pairs[2 * this.at] = x));
    unchecked((this.pairs[2 * this.at + 1] = y));
    const at = this.at + 1;
    const dx = x - this.originX;
    const dy = y - this.originY;
    this.headX += dx;
    this.headY += dy;
    this.headXX += dx * dx;
    this.headYY += dy * dy;
    this.headXY += dx * dy;
    const tail = SUMS * at;
    const sumX = unchecked(this.tails[tail]) + this.headX;
    const sumY = unchecked(this.tails[tail + 1]) + this.headY;
    const meanX = sumX * this.perPair;
    this.xx = unchecked(this.tails[tail + 2]) + this.headXX - sumX * meanX;
    this.yy = unchecked(this.tails[tail + 3]) + this.headYY - sumY * (sumY * this.perPair);
    this.xy = unchecked(this.tails[tail + 4]) + this.headXY - sumY * meanX;
    this.at = at < this.period ? at : 0;
  }

  /** Sums what is left of the block before, seen from the new block's first pair. */
  private beginBlock(x: f64, y: f64): void {
    this.originX = x;
    this.originY = y;
    this.headX = this.headY = this.headXX = this.headYY = this.headXY = 0;
    let sumX: f64 = 0;
    let sumY: f64 = 0;
    let sumXX: f64 = 0;
    let sumYY: f64 = 0;
    let sumXY: f64 = 0;
    for (let i = this.period - 1; i > 0; i--) {
      const dx = unchecked(this.pairs[2 * i]) - x;
      const dy = unchecked(this.pairs[2 * i + 1]) - y;
      sumX += dx;
      sumY += dy;
      sumXX += dx * dx;
      sumYY += dy * dy;
      sumXY += dx * dy;
      const tail = SUMS * i;
      unchecked((this.tails[tail] = sumX));
      unchecked((this.tails[tail + 1] = sumY));
      unchecked((this.tails[tail + 2] = sumXX));
      unchecked((this.tails[tail + 3] = sumYY));
      unchecked((this.tails[tail + 4] = sumXY));
    }
  }
}
