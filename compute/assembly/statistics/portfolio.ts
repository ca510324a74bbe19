import { at, bytesOf, copySeries, newSeries, put } from './series';
import { DEFINITE, INDEFINITE, SINGULAR, Scaled, factorise, factoriseRow, solve } from './cholesky';
import { dot } from './covariance';
import { sumOf } from './moments';

/** What the weights functions answer, as `OUTCOMES` in the host numbers it; the first three are those of the factorisation. */
const UNSOLVED: i32 = 3;

function scaleToOne(weights: usize, size: i32): void {
  const sum = sumOf(weights, size);
  for (let i = 0; i < size; i++) put(weights, i, at(weights, i) / sum);
}

/** Weights in proportion to the variance (power 2) or deviation (power 1), turned over. */
export function inverseRisk(covariance: usize, size: i32, power: i32, out: usize): i32 {
  for (let i = 0; i < size; i++) {
    const variance = at(covariance, i * size + i);
    put(out, i, 1 / (power == 2 ? variance : sqrt(variance)));
  }
  scaleToOne(out, size);
  return DEFINITE;
}

/** Whether a covariance is one, and of full rank. */
export function definiteness(covariance: usize, size: i32): i32 {
  return factorise(new Scaled(covariance, size).correlations, size);
}

/** Σ⁻¹1 / 1ᵀΣ⁻¹1: weights of either sign. H. Markowitz, 1952. */
export function minimumVariance(covariance: usize, size: i32, out: usize): i32 {
  const scaled = new Scaled(covariance, size);
  for (let i = 0; i < size; i++) put(out, i, 1 / scaled.deviation(i));
  const found = factorise(scaled.correlations, size);
  if (found != DEFINITE) return found;
  solve(scaled.correlations, size, size, out);
  for (let i = 0; i < size; i++) put(out, i, at(out, i) / scaled.deviation(i));
  scaleToOne(out, size);
  return DEFINITE;
}

/** A gain this small beside what it is the difference of is rounding. */
const GAIN_MIN: f64 = 1e-12;

/**
 * Least variance without short sales. The weights are those y ≥ 0 which minimise ½ yᵀΣy − 1ᵀy, scaled to one: an active set of assets
 * grows by the one that gains most and loses those that would go below zero, and every step solves its set exactly. After Lawson and
 * Hanson, "Solving Least Squares Problems", 1974, chapter 23.
 */
export function minimumVarianceLongOnly(covariance: usize, size: i32, out: usize): i32 {
  const scaled = new Scaled(covariance, size);
  if (factorise(copySeries(scaled.correlations, size * size), size) == INDEFINITE) return INDEFINITE;
  const search = new ActiveSet(scaled);
  const found = search.run();
  if (found != DEFINITE) return found;
  for (let i = 0; i < size; i++) put(out, i, at(search.weights, i) / scaled.deviation(i));
  scaleToOne(out, size);
  return DEFINITE;
}

class ActiveSet {
  readonly weights: usize;
  private readonly size: i32;
  private readonly members: StaticArray<i32>;
  private readonly isMember: StaticArray<bool>;
  /** Left out until the next step: its gain was rounding. */
  private readonly isSkipped: StaticArray<bool>;
  private readonly factor: usize;
  private readonly solution: usize;
  private count: i32 = 0;

  constructor(private readonly scaled: Scaled) {
    const size = scaled.size;
    this.size = size;
    this.members = new StaticArray<i32>(size);
    this.isMember = new StaticArray<bool>(size);
    this.isSkipped = new StaticArray<bool>(size);
    this.weights = newSeries(size);
    this.factor = newSeries(size * size);
    this.solution = newSeries(size);
    memory.fill(this.weights, 0, bytesOf(size));
  }

  run(): i32 {
    this.start();
    for (let step = 0; step < 20 * this.size + 100; step++) {
      const next = this.mostGaining();
      if (next < 0) return DEFINITE;
      this.add(next);
      const found = this.solveFrom(this.count - 1);
      if (found != DEFINITE) return found;
      if (at(this.solution, this.count - 1) <= 0) {
        this.remove(this.count - 1);
        this.isSkipped[next] = true;
        continue;
      }
      this.isSkipped.fill(false);
      const settled = this.settle();
      if (settled != DEFINITE) return settled;
    }
    return UNSOLVED;
  }

  /** Begins with all, less those below zero, until none is: near to the answer, where many are held. With none if that has no solution. */
  private start(): void {
    for (let i = 0; i < this.size; i++) this.add(i);
    for (let from = 0; from >= 0; ) {
      if (this.solveFrom(from) != DEFINITE) return this.clear();
      from = -1;
      for (let i = this.count - 1; i >= 0; i--) {
        if (at(this.solution, i) > 0) continue;
        this.remove(i);
        from = i;
      }
    }
    for (let i = 0; i < this.count; i++) put(this.weights, this.members[i], at(this.solution, i));
  }

  private clear(): void {
    while (this.count > 0) this.remove(this.count - 1);
  }

  private mostGaining(): i32 {
    let best = -1;
    let most: f64 = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.isMember[i] || this.isSkipped[i]) continue;
      const wanted = 1 / this.scaled.deviation(i);
      const gain = wanted - dot(this.scaled.row(i), this.weights, this.size);
      if (gain <= GAIN_MIN * wanted || gain <= most) continue;
      best = i;
      most = gain;
    }
    return best;
  }

  private add(asset: i32): void {
    this.members[this.count++] = asset;
    this.isMember[asset] = true;
  }

  private remove(place: i32): void {
    const asset = this.members[place];
    this.isMember[asset] = false;
    put(this.weights, asset, 0);
    this.count--;
    for (let i = place; i < this.count; i++) this.members[i] = this.members[i + 1];
  }

  /** Solves for the members; those before place `from` are the same as the last time. */
  private solveFrom(from: i32): i32 {
    for (let i = from; i < this.count; i++) {
      const row = this.scaled.row(this.members[i]);
      for (let j = 0; j <= i; j++) put(this.factor, i * this.size + j, at(row, this.members[j]));
      const found = factoriseRow(this.factor, this.size, i);
      if (found != DEFINITE) return found;
    }
    for (let i = 0; i < this.count; i++) put(this.solution, i, 1 / this.scaled.deviation(this.members[i]));
    solve(this.factor, this.size, this.count, this.solution);
    return DEFINITE;
  }

  /** Goes towards the solution until a weight reaches zero, takes that asset out and solves again, until none would. */
  private settle(): i32 {
    while (true) {
      const step = this.longestStep();
      for (let i = 0; i < this.count; i++) {
        const asset = this.members[i];
        const weight = at(this.weights, asset);
        put(this.weights, asset, step == 1 ? at(this.solution, i) : weight + step * (at(this.solution, i) - weight));
      }
      if (step == 1) return DEFINITE;
      let from = this.count;
      for (let i = this.count - 1; i >= 0; i--) {
        if (at(this.solution, i) > 0 || at(this.weights, this.members[i]) > f64.EPSILON * abs(at(this.solution, i))) continue;
        this.remove(i);
        from = i;
      }
      const found = this.solveFrom(from);
      if (found != DEFINITE) return found;
    }
  }

  private longestStep(): f64 {
    let step: f64 = 1;
    for (let i = 0; i < this.count; i++) {
      const wanted = at(this.solution, i);
      const weight = at(this.weights, this.members[i]);
      if (wanted <= 0) step = min(step, weight / (weight - wanted));
    }
    return step;
  }
}

/** Far more than any but a nearly singular matrix takes; fewer where each is long. */
const SWEEPS_MAX: i32 = 10_000;
const PRODUCTS_MAX: f64 = 4e9;
const BUDGET_ERROR: f64 = 1e-12;

/**
 * Weights of which each carries the same part of the risk: the y > 0 that minimise ½ yᵀΣy − Σ ln(y)/n, scaled to one, by cyclical
 * coordinate descent. Maillard, Roncalli and Teïletche, 2010; Griveau-Billion, Richard and Roncalli, 2013.
 */
export function equalRiskContribution(covariance: usize, size: i32, out: usize): i32 {
  const scaled = new Scaled(covariance, size);
  const found = factorise(copySeries(scaled.correlations, size * size), size);
  if (found == INDEFINITE) return INDEFINITE;
  const budget = 1 / f64(size);
  for (let i = 0; i < size; i++) put(out, i, sqrt(budget));
  const sweeps = min(SWEEPS_MAX, i32(PRODUCTS_MAX / (f64(size) * f64(size))));
  let sweep = 0;
  do if (sweep++ == sweeps) return found == SINGULAR ? SINGULAR : UNSOLVED;
  while (descend(scaled, size, budget, out) > BUDGET_ERROR * budget);
  for (let i = 0; i < size; i++) put(out, i, at(out, i) / scaled.deviation(i));
  scaleToOne(out, size);
  return DEFINITE;
}

/** Solves for one weight after another; answers by how much the worst missed its budget before. */
function descend(scaled: Scaled, size: i32, budget: f64, out: usize): f64 {
  let worst: f64 = 0;
  for (let i = 0; i < size; i++) {
    const weight = at(out, i);
    const others = dot(scaled.row(i), out, size) - weight;
    worst = max(worst, abs(weight * (others + weight) - budget));
    const root = sqrt(others * others + 4 * budget);
    // Of the two forms of the root the one in which nothing cancels.
    put(out, i, others > 0 ? (2 * budget) / (others + root) : (root - others) / 2);
  }
  return worst;
}
