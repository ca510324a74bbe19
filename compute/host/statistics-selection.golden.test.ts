import { describe, expect, test } from 'vitest';
import { expectNear, goldenJson, goldenReturns, goldenText } from './golden-statistics.ts';
import { openStatistics } from './statistics.node.ts';
import type { Matrix } from './statistics.node.ts';

interface GoldenSharpe {
  readonly dataset: string;
  readonly return_index_from: number;
  readonly return_index_to_exclusive: number;
  readonly n: number;
  readonly sharpe_per_period_ddof1: number;
  readonly skew_biased: number;
  readonly kurtosis_raw_biased: number;
  readonly psr_vs_0: number;
  readonly psr_vs_daily_0_05: number;
  readonly dsr: readonly { readonly N: number; readonly var_trial_sharpes: number; readonly sr0: number; readonly dsr: number }[];
  readonly min_track_record_length_vs_0_95pct: number | null;
}

const statistics = await openStatistics();
const { real } = goldenJson('ml/sharpe_inference.json') as { readonly real: readonly GoldenSharpe[] };

describe.each(real)('the Sharpe ratio of $dataset from return $return_index_from', (golden) => {
  const returns = goldenReturns(golden.dataset).values.slice(golden.return_index_from, golden.return_index_to_exclusive);
  const sample = statistics.sharpeSample(returns);
  if (sample === null) throw new Error('Invariant: real returns move');

  test('its moments', () => {
    expect(sample.count).toBe(golden.n);
    expectNear(sample.sharpe, golden.sharpe_per_period_ddof1);
    expectNear(sample.skew, golden.skew_biased);
    expectNear(sample.kurtosis, golden.kurtosis_raw_biased);
  });

  test('PSR and the minimum track record', () => {
    expectNear(statistics.probabilisticSharpe(sample), golden.psr_vs_0);
    expectNear(statistics.probabilisticSharpe(sample, 0.05), golden.psr_vs_daily_0_05);
    expectNear(statistics.trackRecordMin(sample), golden.min_track_record_length_vs_0_95pct);
  });

  test.each(golden.dsr)('DSR of $N trials', ({ N, var_trial_sharpes: variance, sr0, dsr }) => {
    expectNear(statistics.expectedMaximumSharpe(variance, N), sr0);
    // To 1e-9 of its value, however far out in the tail: 2e-20 is among them.
    expectNear(statistics.deflatedSharpe(sample, variance, N), dsr, 'dsr', 0);
  });

  test('the whole inference says the same, annualised', () => {
    const found = statistics.sharpeInference(returns, { periodsPerYear: 252 });
    expectNear(found?.sharpe, golden.sharpe_per_period_ddof1 * Math.sqrt(252));
    expectNear(found?.psr, golden.psr_vs_0);
    expectNear(found?.trackRecordMin, golden.min_track_record_length_vs_0_95pct);
    expectNear(((found?.high ?? 0) - (found?.low ?? 0)) / 2, 1.959963984540054 * (found?.standardError ?? 0));
  });
});

describe('worked examples of Bailey and López de Prado', () => {
  const deflated = { sharpe: 2.5 / Math.sqrt(250), count: 1250, skew: -3, kurtosis: 10 };

  test('the deflated Sharpe ratio, 2014', () => {
    expectNear(statistics.expectedMaximumSharpe(0.5 / 250, 100), 0.11317200186513214);
    expectNear(statistics.deflatedSharpe(deflated, 0.5 / 250, 100), 0.9003968344493903);
    expectNear(statistics.deflatedSharpe(deflated, 0.5 / 250, 46), 0.9505017068755787);
  });

  test('the probabilistic Sharpe ratio, 2012', () => {
    const monthly = { sharpe: 0.458, count: 24, skew: -2.448, kurtosis: 10.164 };
    expectNear(statistics.probabilisticSharpe(monthly), 0.913361083860933);
    expectNear(statistics.probabilisticSharpe({ ...monthly, skew: 0, kurtosis: 3 }), 0.9816749190910771);
  });

  test.each([
    { name: 'daily, normal', periods: 252, skew: 0, kurtosis: 3, years: 2.7309842751596634 },
    { name: 'monthly, normal', periods: 12, skew: 0, kurtosis: 3, years: 3.239800696444647 },
    { name: 'monthly, as hedge funds are', periods: 12, skew: -0.72, kurtosis: 5.78, years: 4.991258223875627 },
  ])('the minimum track record, $name', ({ periods, skew, kurtosis, years }) => {
    const sample = { sharpe: 2 / Math.sqrt(periods), count: 100, skew, kurtosis };
    expectNear((statistics.trackRecordMin(sample, 1 / Math.sqrt(periods)) ?? Number.NaN) / periods, years);
  });
});

interface GoldenOverfitting {
  readonly S: number;
  readonly rows_used: number;
  readonly combinations: number;
  readonly pbo_logit_le_0: number;
  readonly pbo_logit_lt_0: number;
  readonly logits_first10: readonly number[];
  readonly mean_logit: number;
  readonly probability_of_loss: number;
  readonly degradation_slope: number;
  readonly degradation_intercept: number;
  readonly is_best_first5: readonly (readonly [number, number])[];
}

function matrixIn(file: string): Matrix {
  const packed = file.includes('sma_grid') ? `${file}.gz` : file;
  const [, ...lines] = goldenText(`ml/${packed}`).trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return { rows: rows.length, columns: rows[0]?.length ?? 0, values: Float64Array.from(rows.flat()) };
}

const { results } = goldenJson('ml/pbo.json') as { readonly results: Readonly<Record<string, readonly GoldenOverfitting[]>> };

describe.each(Object.entries(results))('the probability of overfitting of %s', (file, cases) => {
  const matrix = matrixIn(file);
  test.each(cases)('$S blocks', (golden) => {
    const found = statistics.overfitting(matrix, golden.S);
    expect(found.rowsUsed).toBe(golden.rows_used);
    expect(found.splits).toBe(golden.combinations);
    expectNear(found.pbo, golden.pbo_logit_le_0);
    expectNear(found.shareOfNegativeLogits, golden.pbo_logit_lt_0);
    expectNear(found.meanLogit, golden.mean_logit);
    expectNear(found.probabilityOfLoss, golden.probability_of_loss);
    expectNear(found.slope, golden.degradation_slope);
    expectNear(found.intercept, golden.degradation_intercept);
    golden.logits_first10.forEach((logit, index) => expectNear(found.logits[index], logit, `logit ${index}`));
    golden.is_best_first5.forEach(([inside, outside], index) => {
      expectNear(found.inSample[index], inside, `in sample ${index}`);
      expectNear(found.outOfSample[index], outside, `out of sample ${index}`);
    });
  });
});
