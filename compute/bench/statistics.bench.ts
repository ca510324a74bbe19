/**
 * The statistics of the core beside plain TypeScript of the same figures and a copy of the series, in the same run: the ratios are the
 * figures, for times depend on the machine. `node compute/bench/statistics.bench.ts`
 */
import { openStatistics } from '../host/statistics.node.ts';
import type { Matrix } from '../host/statistics.node.ts';

const RETURNS = 100_000;
const ROUNDS = 7;

interface Work {
  readonly name: string;
  run(): void;
}

/** Uniform noise from a fixed seed (xorshift). */
function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32 - 0.499) * 0.02;
  });
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The usual way: a loop for each figure. */
function plainPerformance(returns: Float64Array): number {
  const mean = meanOf(returns);
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const third = returns.reduce((sum, value) => sum + (value - mean) ** 3, 0);
  const fourth = returns.reduce((sum, value) => sum + (value - mean) ** 4, 0);
  const downside = returns.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0);
  let [equity, peak, worst, logs] = [1, 1, 0, 0];
  for (const value of returns) {
    equity *= 1 + value;
    peak = Math.max(peak, equity);
    worst = Math.min(worst, equity / peak - 1);
    logs += Math.log1p(value);
  }
  const sorted = returns.toSorted();
  return variance + third + fourth + downside + worst + logs + (sorted[sorted.length >> 1] ?? 0);
}

/** Circular blocks by index, mean, deviation and drawdown of each path. */
function plainBootstrap(returns: Float64Array, replications: number, block: number): number {
  let state = 12_345;
  let total = 0;
  const path = new Float64Array(returns.length);
  for (let replication = 0; replication < replications; replication += 1) {
    let start = 0;
    for (let index = 0; index < path.length; index += 1) {
      if (index % block === 0) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        start = (state >>> 0) % returns.length;
      }
      path[index] = returns[(start + (index % block)) % returns.length] ?? 0;
    }
    const mean = meanOf(path);
    total += Math.sqrt(path.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (path.length - 1));
    let [equity, peak, worst] = [1, 1, 0];
    for (const value of path) {
      equity *= 1 + value;
      peak = Math.max(peak, equity);
      worst = Math.min(worst, equity / peak - 1);
    }
    total += worst;
  }
  return total;
}

function plainCovariance({ rows, columns, values }: Matrix): Float64Array {
  const means = Float64Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) sum += values[row * columns + column] ?? 0;
    return sum / rows;
  });
  const result = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let row = 0; row < rows; row += 1) {
        sum += ((values[row * columns + i] ?? 0) - (means[i] ?? 0)) * ((values[row * columns + j] ?? 0) - (means[j] ?? 0));
      }
      result[i * columns + j] = result[j * columns + i] = sum / (rows - 1);
    }
  }
  return result;
}

function timeMs(work: Work): number {
  const from = process.hrtime.bigint();
  work.run();
  return Number(process.hrtime.bigint() - from) / 1e6;
}

const statistics = await openStatistics();
const returns = noise(RETURNS, 88_172_645);
const year = returns.slice(0, 2520);
const benchmark = noise(RETURNS, 2_463_534_242);
const assets: Matrix = { rows: 2520, columns: 50, values: noise(2520 * 50, 362_436_069) };
const covariance = statistics.covariance(assets, { estimator: 'ledoitWolf' });
const trials: Matrix = { rows: 1600, columns: 500, values: noise(1600 * 500, 521_288_629) };
const target = new Float64Array(RETURNS);

const works: readonly Work[] = [
  { name: 'copy of 100,000 returns', run: () => target.set(returns) },
  { name: 'all figures of 100,000 returns', run: () => void statistics.performance(returns) },
  { name: '  a fifth of them in plain TypeScript', run: () => void plainPerformance(returns) },
  { name: 'value at risk and shortfall of 100,000', run: () => void statistics.tailRisk(returns, 0.95) },
  { name: 'rolling Sharpe and volatility of 100,000', run: () => void statistics.rolling(returns, 126) },
  { name: 'rolling beta of 100,000', run: () => void statistics.rollingBeta(returns, benchmark, 126) },
  {
    name: 'bootstrap, 1,000 paths of 2,520',
    run: () => void statistics.bootstrap(year, { seed: 1, method: 'circular', blockLength: 14, replications: 1000 }),
  },
  { name: '  half of its figures in plain TypeScript', run: () => void plainBootstrap(year, 1000, 14) },
  { name: 'trades, 1,000 orders of 2,520', run: () => void statistics.simulateTrades(year, { seed: 1, method: 'permutation' }) },
  { name: 'covariance of 50 assets, 2,520 rows', run: () => void statistics.covariance(assets) },
  { name: '  in plain TypeScript', run: () => void plainCovariance(assets) },
  { name: 'least variance of 50 assets, long only', run: () => void statistics.minimumVarianceLongOnly(covariance) },
  { name: 'equal risk of 50 assets', run: () => void statistics.equalRiskContribution(covariance) },
  { name: 'hierarchical risk parity of 50 assets', run: () => void statistics.hierarchicalRiskParity(covariance) },
  { name: 'overfitting, 500 strategies, 12,870 splits', run: () => void statistics.overfitting(trials, 16) },
];

const best = new Map(works.map((work) => [work, Infinity]));
for (let round = 0; round < ROUNDS; round += 1) {
  // The first rounds run code that is not optimised yet; the best of all leaves them out.
  for (const work of works) best.set(work, Math.min(best.get(work) ?? Infinity, timeMs(work)));
}
const copyMs = best.get(works[0] ?? { name: '', run: () => undefined }) ?? Number.NaN;
console.log(`${'best of several rounds'.padEnd(46)}        ms   × copy`);
for (const [{ name }, ms] of best) console.log(`${name.padEnd(46)}${ms.toFixed(3).padStart(10)}${(ms / copyMs).toFixed(1).padStart(9)}`);
