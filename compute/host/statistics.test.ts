import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileStatistics } from '../build.ts';
import {
  ParameterError,
  STATISTICS_WASM,
  calendarReturns,
  compoundAnnualGrowth,
  loadStatistics,
  matrixOf,
  openStatistics,
} from './statistics.node.ts';
import { openCore } from './statistics-memory.ts';
import type { Matrix, Performance, Statistics } from './statistics.node.ts';

let statistics: Statistics;
beforeAll(async () => {
  statistics = await openStatistics();
});

test('the module that is built is the one that the sources give', async () => {
  expect(Buffer.from(await compileStatistics()).equals(await readFile(STATISTICS_WASM))).toBe(true);
});

test('bytes and a compiled module load alike', async () => {
  const bytes = await readFile(STATISTICS_WASM);
  const ofBytes = await loadStatistics(bytes);
  const ofModule = await loadStatistics(await WebAssembly.compile(bytes));
  const returns = Float64Array.of(0.01, -0.02, 0.03);
  expect(ofModule.performance(returns)).toEqual(ofBytes.performance(returns));
});

const repeated = (value: number, count: number): Float64Array => new Float64Array(count).fill(value);
/** Returns of an account that grows by the same part each day: they differ in their last digits. */
const compounded = Float64Array.from({ length: 500 }, (_, day) => (100 * 1.001 ** (day + 1)) / (100 * 1.001 ** day) - 1);

describe('series that say little', () => {
  test('none at all has no figure, and no streak', () => {
    const { winningStreak, losingStreak, ...others } = statistics.performance(new Float64Array());
    expect([winningStreak, losingStreak]).toEqual([0, 0]);
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
    expect(new Set(Object.values(statistics.tailRisk(new Float64Array(), 0.95)))).toEqual(new Set([null]));
    expect(new Set(Object.values(statistics.againstBenchmark(new Float64Array(), new Float64Array())))).toEqual(new Set([null]));
    expect(statistics.drawdowns(new Float64Array())).toEqual([]);
    expect(statistics.underwater(new Float64Array())).toEqual(new Float64Array());
    expect(statistics.rolling(new Float64Array(), 5).sharpe).toEqual(new Float64Array());
    expect(statistics.sharpeInference(new Float64Array())).toBeNull();
    expect(calendarReturns(new Float64Array(), new Float64Array(), 'month')).toEqual([]);
  });

  test.each<{ name: string; returns: Float64Array; figures: Partial<Performance> }>([
    {
      name: 'one return',
      returns: Float64Array.of(0.01),
      figures: {
        mean: 0.01,
        deviation: null,
        deviationPopulation: 0,
        sharpe: null,
        sortino: null,
        skew: null,
        stability: null,
        serenity: null,
        autocorrelation: null,
      },
    },
    {
      name: 'nothing moves',
      returns: repeated(0, 30),
      figures: {
        volatility: 0,
        sharpe: null,
        sortino: null,
        calmar: null,
        maxDrawdown: 0,
        omega: null,
        tailRatio: null,
        stability: null,
        recoveryFactor: null,
        serenity: null,
        exposure: 0,
        winRate: null,
      },
    },
    {
      name: 'always the same gain',
      returns: repeated(0.1, 77),
      figures: {
        volatility: 0,
        sharpe: null,
        sortino: Infinity,
        calmar: null,
        skewBiased: null,
        excessKurtosis: null,
        autocorrelation: null,
        jarqueBera: null,
      },
    },
    {
      name: 'always the same gain, but for rounding',
      returns: compounded,
      figures: { volatility: 0, sharpe: null, sharpeAutocorrelated: null, skew: null, excessKurtosisBiased: null, autocorrelation: null },
    },
    {
      name: 'always the same loss',
      returns: repeated(-0.01, 40),
      figures: {
        volatility: 0,
        sharpe: null,
        omega: 0,
        gainToPain: -1,
        winRate: 0,
        payoff: null,
        kelly: null,
        lossDeviation: 0,
        losingStreak: 40,
      },
    },
    {
      name: 'all is lost',
      returns: Float64Array.of(0.1, -1, 0.5),
      figures: { cumulativeReturn: -1, annualReturn: -1, maxDrawdown: -1, calmar: -1, stability: null },
    },
    {
      name: 'a loss that is exactly made good',
      returns: Float64Array.of(0.25, -0.2, 0.25),
      figures: { maxDrawdown: expect.closeTo(-0.2, 14) as number },
    },
  ])('$name', ({ returns, figures }) => {
    expect(statistics.performance(returns)).toMatchObject(figures);
  });

  test('a Sharpe ratio of returns that do not move is none', () => {
    expect(statistics.sharpeSample(compounded)).toBeNull();
    expect(statistics.sharpeInference(repeated(0.01, 20))).toBeNull();
    expect(statistics.rolling(compounded, 20).sharpe.every((value) => Number.isNaN(value))).toBe(true);
  });

  test('a benchmark that does not move has no beta', () => {
    const found = statistics.againstBenchmark(Float64Array.of(0.01, -0.02, 0.03), repeated(0.001, 3));
    expect([found.beta, found.alpha, found.correlation, found.downCapture]).toEqual([null, null, null, null]);
  });

  test('a price that is back where it was has recovered, in spite of rounding', () => {
    for (let low = 1; low < 100; low += 1) {
      const found = statistics.drawdowns(Float64Array.of(0.1, low / 100 - 1, 100 / low - 1, 0));
      expect(found).toEqual([{ depth: expect.closeTo(low / 100 - 1, 12) as number, peak: 0, trough: 1, recovery: 2 }]);
    }
  });

  test('growth over no time is none', () => {
    expect(compoundAnnualGrowth(0.5, 1e12, 1e12)).toBeNull();
    expect(compoundAnnualGrowth(-1, 1e12, 1.1e12)).toBe(-1);
  });
});

const good = Float64Array.of(0.01, -0.02, 0.03, 0.01);
const square = (...values: readonly number[]): Matrix => ({
  rows: Math.sqrt(values.length),
  columns: Math.sqrt(values.length),
  values: Float64Array.from(values),
});
const sample = { sharpe: 0.1, count: 100, skew: 0, kurtosis: 3 };

describe('input that cannot be used', () => {
  test.each<{ name: string; run: () => unknown; says: RegExp }>([
    { name: 'a gap', run: () => statistics.performance(Float64Array.of(0.1, Number.NaN)), says: /returns\[1\] is NaN.*leave gaps out/ },
    { name: 'an infinite return', run: () => statistics.tailRisk(Float64Array.of(Infinity), 0.95), says: /returns\[0\] is Infinity/ },
    {
      name: 'a loss of more than all',
      run: () => statistics.drawdowns(Float64Array.of(0, 0, -1.01)),
      says: /returns\[2\] is -1.01.*from -1 to/,
    },
    { name: 'a return without a scale', run: () => statistics.performance(Float64Array.of(1e200)), says: /returns\[0\] is 1e\+200/ },
    {
      name: 'a benchmark of another length',
      run: () => statistics.againstBenchmark(good, good.slice(1)),
      says: /returns has 4 values and benchmark 3.*join/,
    },
    {
      name: 'a gap in the benchmark',
      run: () => statistics.rollingBeta(good, Float64Array.of(0, 0, Number.NaN, 0), 2),
      says: /benchmark\[2\] is NaN/,
    },
    {
      name: 'too few to draw from',
      run: () => statistics.bootstrap(Float64Array.of(0.1), { seed: 1 }),
      says: /returns has 1 values.*at least two/,
    },
    { name: 'no trades', run: () => statistics.simulateTrades(new Float64Array(), { seed: 1 }), says: /trades has 0 values/ },
    { name: 'nothing to draw from', run: () => statistics.resample(new Float64Array(), { seed: 1 }), says: /values is empty/ },
    { name: 'times of another length', run: () => calendarReturns(good, new Float64Array(3), 'year'), says: /3 times for 4 returns/ },
    { name: 'times out of order', run: () => calendarReturns(good, Float64Array.of(1, 2, 1, 3), 'year'), says: /timesMs\[2\] is before/ },
    {
      name: 'a time that is none',
      run: () => calendarReturns(good, Float64Array.of(1, Number.NaN, 3, 4), 'year'),
      says: /timesMs\[1\] is NaN/,
    },
    { name: 'growth that ends before it begins', run: () => compoundAnnualGrowth(0.1, 2, 1), says: /timesMs\[1\] is before/ },
    { name: 'series of several lengths', run: () => matrixOf([good, good.slice(1)]), says: /Series 1 has 3 values and the first one 4/ },
    {
      name: 'a matrix of another size',
      run: () => statistics.covariance({ rows: 3, columns: 2, values: good }),
      says: /3 rows of 2 columns, and has 4 values/,
    },
    { name: 'an empty matrix', run: () => statistics.covariance(matrixOf([])), says: /0 rows of 0 columns/ },
    { name: 'one row', run: () => statistics.covariance({ rows: 1, columns: 4, values: good }), says: /1 row.*at least two/ },
    {
      name: 'a gap in a matrix',
      run: () => statistics.covariance({ rows: 2, columns: 2, values: Float64Array.of(0, 1, Number.NaN, 2) }),
      says: /returns is NaN in row 1, column 0/,
    },
    {
      name: 'a column that does not move',
      run: () => statistics.covariance(matrixOf([good, repeated(0.1, 4)]), { estimator: 'constantCorrelation' }),
      says: /a column does not move.*ledoitWolf/,
    },
    {
      name: 'a market that does not move',
      run: () => statistics.covariance(matrixOf([good, good.map((value) => -value)]), { estimator: 'singleFactor' }),
      says: /mean of all columns does not move/,
    },
    {
      name: 'a covariance that is not square',
      run: () => statistics.minimumVariance({ rows: 1, columns: 4, values: good }),
      says: /must be square/,
    },
    { name: 'a variance of zero', run: () => statistics.inverseVariance(square(1, 0, 0, 0)), says: /asset 1 a variance of 0/ },
    { name: 'a negative variance', run: () => statistics.hierarchicalRiskParity(square(-1)), says: /asset 0 a variance of -1/ },
    {
      name: 'a matrix that is not symmetric',
      run: () => statistics.equalRiskContribution(square(1, 0.5, 0.4, 1)),
      says: /not symmetric: 0.4 at \(1, 0\)/,
    },
    {
      name: 'correlations that no returns have',
      run: () => statistics.minimumVarianceLongOnly(square(1, 2, 2, 1)),
      says: /not positive semidefinite/,
    },
    {
      name: 'the same for a hierarchy',
      run: () => statistics.hierarchicalRiskParity(square(1, -2, -2, 1)),
      says: /not positive semidefinite/,
    },
    { name: 'an asset twice', run: () => statistics.minimumVariance(square(1, 1, 1, 1)), says: /singular.*ledoitWolf/ },
    { name: 'a perfect hedge', run: () => statistics.equalRiskContribution(square(1, -1, -1, 1)), says: /singular/ },
    {
      name: 'one strategy',
      run: () => statistics.overfitting({ rows: 4, columns: 1, values: good }, 2),
      says: /1 columns.*at least two strategies/,
    },
    { name: 'too few rows', run: () => statistics.overfitting({ rows: 2, columns: 2, values: good }, 2), says: /2 rows for 2 blocks/ },
  ])('$name', ({ run, says }) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(says);
  });

  test.each<{ name: string; run: () => unknown; parameter: string }>([
    { name: 'no periods', run: () => statistics.performance(good, { periodsPerYear: 0 }), parameter: 'periodsPerYear' },
    {
      name: 'periods that are not a number',
      run: () => statistics.rolling(good, 2, { periodsPerYear: Number.NaN }),
      parameter: 'periodsPerYear',
    },
    { name: 'a risk-free rate of minus all', run: () => statistics.performance(good, { riskFree: -1 }), parameter: 'riskFree' },
    { name: 'an infinite target', run: () => statistics.performance(good, { target: Infinity }), parameter: 'target' },
    { name: 'a confidence of all', run: () => statistics.tailRisk(good, 1), parameter: 'confidence' },
    { name: 'a confidence of the wrong tail', run: () => statistics.tailRisk(good, 0.05), parameter: 'confidence' },
    { name: 'a window of one', run: () => statistics.rolling(good, 1), parameter: 'window' },
    { name: 'a window that is no whole number', run: () => statistics.rollingBeta(good, good, 2.5), parameter: 'window' },
    { name: 'no drawdowns', run: () => statistics.drawdowns(good, 0), parameter: 'most' },
    { name: 'a negative seed', run: () => statistics.bootstrap(good, { seed: -1 }), parameter: 'seed' },
    { name: 'a seed with a fraction', run: () => statistics.simulateTrades(good, { seed: 0.5 }), parameter: 'seed' },
    { name: 'no replications', run: () => statistics.bootstrap(good, { seed: 1, replications: 0 }), parameter: 'replications' },
    {
      name: 'a block longer than the series',
      run: () => statistics.bootstrap(good, { seed: 1, blockLength: 5 }),
      parameter: 'blockLength',
    },
    {
      name: 'a circular block with a fraction',
      run: () => statistics.resample(good, { seed: 1, method: 'circular', blockLength: 1.5 }),
      parameter: 'blockLength',
    },
    { name: 'a share above all', run: () => statistics.bootstrap(good, { seed: 1, shares: [1.5] }), parameter: 'shares' },
    { name: 'a ruin at the start', run: () => statistics.simulateTrades(good, { seed: 1, ruinLevel: 1 }), parameter: 'ruinLevel' },
    { name: 'no trials', run: () => statistics.expectedMaximumSharpe(0.1, 0), parameter: 'trials' },
    { name: 'a negative variance of trials', run: () => statistics.deflatedSharpe(sample, -0.1, 10), parameter: 'variance' },
    {
      name: 'a kurtosis that no sample has',
      run: () => statistics.probabilisticSharpe({ ...sample, skew: 2, kurtosis: 4 }),
      parameter: 'kurtosis',
    },
    { name: 'an excess kurtosis', run: () => statistics.trackRecordMin({ ...sample, kurtosis: 0 }), parameter: 'kurtosis' },
    { name: 'a ratio of one return', run: () => statistics.probabilisticSharpe({ ...sample, count: 1 }), parameter: 'count' },
    {
      name: 'an odd number of blocks',
      run: () => statistics.overfitting({ rows: 40, columns: 2, values: new Float64Array(80) }, 5),
      parameter: 'half of blocks',
    },
    {
      name: 'too many blocks',
      run: () => statistics.overfitting({ rows: 40, columns: 2, values: new Float64Array(80) }, 22),
      parameter: 'blocks',
    },
    { name: 'a probability above one', run: () => statistics.normalQuantile(1.1), parameter: 'probability' },
    {
      name: 'a span of one',
      run: () => statistics.covariance(matrixOf([good, good]), { estimator: 'exponential', span: 1 }),
      parameter: 'span',
    },
    {
      name: 'an estimator that is none',
      run: () => statistics.covariance(matrixOf([good]), { estimator: 'best' as 'sample' }),
      parameter: 'estimator',
    },
    {
      name: 'a method that is none',
      run: () => statistics.bootstrap(good, { seed: 1, method: 'luck' as 'circular' }),
      parameter: 'method',
    },
  ])('$name', ({ run, parameter }) => {
    expect(run).toThrow(ParameterError);
    expect(run).toThrow(expect.objectContaining({ parameter }) as Error);
  });

  test('an asset twice is fine where no inverse is needed', () => {
    const twice = square(1, 1, 1, 1);
    expect([...statistics.hierarchicalRiskParity(twice).weights]).toEqual([0.5, 0.5]);
    expect(statistics.minimumVarianceLongOnly(twice).weights.reduce((sum, weight) => sum + weight, 0)).toBe(1);
    expect([...statistics.equalRiskContribution(twice).weights]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
  });
});

describe('memory', () => {
  test('what does not fit is refused, and what comes after is right', () => {
    const before = statistics.performance(good);
    expect(() => statistics.performance(new Float64Array(34_000_000))).toThrow(/holds 256 MiB at most/);
    expect(() => statistics.performance(new Float64Array(17_000_000))).toThrow(RangeError);
    expect(statistics.performance(good)).toEqual(before);
  });

  test('each call begins where the one before began', async () => {
    const core = openCore(await WebAssembly.compile(await readFile(STATISTICS_WASM)));
    const places = [1, 2, 3].map(() => core.run([good], [1000], (_call, [address = 0]) => address).value);
    expect(new Set(places).size).toBe(1);
  });

  test('many calls leave nothing behind', () => {
    const returns = Float64Array.from({ length: 100_000 }, (_, index) => Math.sin(index) / 100);
    const first = statistics.performance(returns);
    // Each needs megabytes: together they would be far beyond what the module may hold.
    for (let call = 0; call < 200; call += 1) expect(statistics.tailRisk(returns, 0.95).valueAtRisk).not.toBeNull();
    expect(statistics.performance(returns)).toEqual(first);
  });
});
