import { checkChoice, checkNumber, figureOf } from './statistics-input.ts';
import type { Figure } from './statistics-input.ts';
import { checkMatrix } from './statistics-matrix.ts';
import type { Matrix } from './statistics-matrix.ts';
import type { StatisticsCore } from './statistics-memory.ts';

const ESTIMATORS = ['sample', 'ledoitWolf', 'oas', 'constantCorrelation', 'singleFactor', 'exponential', 'semi'] as const;

/**
 * `sample` is over n − 1. `ledoitWolf` and `oas` shrink towards the mean variance times the identity, `singleFactor` towards a market model
 * (all three over n), `constantCorrelation` towards one correlation (over n − 1). `exponential` weighs the past less, `semi` counts what
 * falls below a benchmark alone.
 */
export type CovarianceEstimator = (typeof ESTIMATORS)[number];

/** A square, symmetric matrix, of one period: times the periods of a year it is annual. */
export interface Covariance extends Matrix {
  /** The share of the target that the estimator found best; `null` for those that do not shrink. */
  readonly shrinkage: Figure;
}

export interface CovarianceOptions {
  /** `sample` unless given. */
  readonly estimator?: CovarianceEstimator;
  /** Of the exponential weights, in rows; 180 unless given. */
  readonly span?: number;
  /** Of the semicovariance: a return of one period; 0 unless given. */
  readonly benchmark?: number;
}

/** All weights sum to one. */
export interface PortfolioWeights {
  readonly weights: Float64Array;
}

export interface HierarchicalWeights extends PortfolioWeights {
  /** The assets in the order of the tree. */
  readonly order: readonly number[];
}

/**
 * Weights from a covariance matrix with positive variances. They throw a RangeError for a matrix that is none, and for a singular one
 * where the answer needs its inverse.
 */
export interface PortfolioStatistics {
  /** Of the columns; at least two rows. */
  covariance(returns: Matrix, options?: CovarianceOptions): Covariance;
  inverseVariance(covariance: Matrix): PortfolioWeights;
  inverseVolatility(covariance: Matrix): PortfolioWeights;
  /** The closed form: weights of either sign. */
  minimumVariance(covariance: Matrix): PortfolioWeights;
  /** No weight is negative. Exact: an active set, which solves for its members. */
  minimumVarianceLongOnly(covariance: Matrix): PortfolioWeights;
  /** Each asset carries the same part of the risk, to 1e-12 of it. */
  equalRiskContribution(covariance: Matrix): PortfolioWeights;
  hierarchicalRiskParity(covariance: Matrix): HierarchicalWeights;
}

const ASSETS_MAX = 2000;
const SPAN = { min: 1, max: 1e9, above: true };

export function portfolioStatistics(core: StatisticsCore): PortfolioStatistics {
  const weightsOf = (name: string, covariance: Matrix, ...further: readonly number[]): PortfolioWeights => {
    checkCovariance(covariance);
    const { columns, values } = covariance;
    const { value, outputs } = core.run([values], [columns], (call, [matrix = 0], [out = 0]) =>
      call(name)(matrix, columns, ...further, out),
    );
    checkOutcome(name, value);
    return { weights: outputs[0] ?? new Float64Array() };
  };
  return {
    covariance: (returns, options = {}) => covarianceOf(core, returns, options),
    inverseVariance: (covariance) => weightsOf('inverseRisk', covariance, 2),
    inverseVolatility: (covariance) => weightsOf('inverseRisk', covariance, 1),
    minimumVariance: (covariance) => weightsOf('minimumVariance', covariance),
    minimumVarianceLongOnly: (covariance) => weightsOf('minimumVarianceLongOnly', covariance),
    equalRiskContribution: (covariance) => weightsOf('equalRiskContribution', covariance),
    hierarchicalRiskParity: (covariance) => {
      checkCovariance(covariance);
      const { columns, values } = covariance;
      const { value, outputs } = core.run([values], [columns, columns], (call, [matrix = 0], [out = 0, order = 0]) =>
        call('hierarchicalRiskParity')(matrix, columns, out, order),
      );
      checkOutcome('hierarchicalRiskParity', value);
      const [weights = new Float64Array(), order = new Float64Array()] = outputs;
      return { weights, order: [...order] };
    },
  };
}

function covarianceOf(
  core: StatisticsCore,
  returns: Matrix,
  { estimator = 'sample', span = 180, benchmark = 0 }: CovarianceOptions,
): Covariance {
  checkChoice('covariance', 'estimator', estimator, ESTIMATORS);
  checkNumber('covariance', 'span', span, SPAN);
  checkNumber('covariance', 'benchmark', benchmark, { min: -1, max: 1e6 });
  checkMatrix('returns', returns);
  const { rows, columns, values } = returns;
  if (rows < 2) throw new RangeError(`returns has ${rows} row: a covariance needs at least two.`);
  if (columns > ASSETS_MAX) throw new RangeError(`returns has ${columns} columns, more than ${ASSETS_MAX}: choose fewer assets.`);
  const { value, outputs } = core.run([values], [columns * columns], (call, [matrix = 0], [out = 0]) => {
    if (estimator === 'sample') return call('sampleCovariance')(matrix, rows, columns, 1, out);
    if (estimator === 'exponential') return call('exponentialCovariance')(matrix, rows, columns, span, out);
    if (estimator === 'semi') return call('semicovariance')(matrix, rows, columns, benchmark, out);
    return call(estimator === 'oas' ? 'oracleApproximating' : estimator)(matrix, rows, columns, out);
  });
  const shrinks = estimator !== 'sample' && estimator !== 'exponential' && estimator !== 'semi';
  if (shrinks && Number.isNaN(value)) {
    const what = estimator === 'singleFactor' ? 'the mean of all columns does not move' : 'a column does not move';
    throw new RangeError(`returns: ${what}, so ${estimator} has no target: leave such columns out, or take ledoitWolf.`);
  }
  return { rows: columns, columns, values: outputs[0] ?? new Float64Array(), shrinkage: shrinks ? figureOf(value) : null };
}

/** Of the product of two deviations: more is no rounding. */
const ASYMMETRY_MAX = 1e-9;

function checkCovariance({ rows, columns, values }: Matrix): void {
  checkMatrix('covariance', { rows, columns, values });
  if (rows !== columns) throw new RangeError(`covariance has ${rows} rows and ${columns} columns, but must be square.`);
  if (columns > ASSETS_MAX) throw new RangeError(`covariance has ${columns} columns, more than ${ASSETS_MAX}: choose fewer assets.`);
  const valueAt = (row: number, column: number): number => values[row * columns + column] ?? Number.NaN;
  for (let row = 0; row < rows; row += 1) {
    const variance = valueAt(row, row);
    if (!(variance >= VARIANCE_MIN)) {
      throw new RangeError(
        `covariance gives asset ${row} a variance of ${variance}, but each must be positive: leave out what does not move.`,
      );
    }
  }
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const allowed = ASYMMETRY_MAX * Math.sqrt(valueAt(row, row) * valueAt(column, column));
      if (Math.abs(valueAt(row, column) - valueAt(column, row)) <= allowed) continue;
      throw new RangeError(
        `covariance is not symmetric: ${valueAt(row, column)} at (${row}, ${column}) and ${valueAt(column, row)} at (${column}, ${row}).`,
      );
    }
  }
}

/** A smaller variance is that of rounding errors of returns. */
const VARIANCE_MIN = 1e-30;

const OUTCOMES: readonly (string | undefined)[] = [
  undefined,
  'the covariance is singular: some assets are a mix of others, or there are fewer rows than assets. Take an estimator that shrinks, such as ledoitWolf, or leave assets out.',
  'the covariance is not positive semidefinite, so no returns can have it: compute it of rows that have all assets.',
  'the search did not end: take an estimator that shrinks, such as ledoitWolf.',
];

function checkOutcome(name: string, outcome: number): void {
  const problem = OUTCOMES[outcome];
  if (problem !== undefined) throw new RangeError(`${name}: ${problem}`);
}
