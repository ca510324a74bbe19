import { compileBuiltIn, DEFAULT_BACKTEST_OPTIONS, runBacktest } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import { expect, test } from 'vitest';
import { selectionOf } from './selection-record.ts';

const close = Float64Array.from({ length: 300 }, (_, bar) => 100 + 4 * Math.sin((bar * bar) / 7) + bar / 60);
const startAtMs = Float64Array.from(close, (_, bar) => Date.parse('2020-01-01T00:00:00Z') + bar * 86_400_000);
const bars = { length: 300, startAtMs, open: close, high: close, low: close, close, volume: close.map(() => 1_000) };
const statistics = await openStatistics();
const result = runBacktest({
  module: await compileBuiltIn('sma-crossover'),
  parameters: { fast: 3, slow: 8 },
  series: [{ symbol: 'ALDR', bars }],
  options: DEFAULT_BACKTEST_OPTIONS,
});
const trials = { sets: 40, sharpes: 40, mean: 0.01, squares: 0.2 };

test('every trial deflates, and what is known of the search is taken along', () => {
  const search = { pbo: 0.4, walkForwardEfficiency: null, reasons: { walkForwardEfficiency: 'none was run' } };
  const record = selectionOf(result, trials, statistics, search);
  expect(record).toMatchObject({ ...search, trials: 40 });
  expect(record.dsr).not.toBeNull();
  expect(record.dsr ?? 1).toBeLessThan(record.psr ?? 0);
  expect(selectionOf(result, trials, statistics).reasons).toMatchObject({ pbo: 'no sweep was cross-validated' });
});

test('one trial alone is not deflated; many whose spread is not known are told so, not judged as one', () => {
  const alone = selectionOf(result, { sets: 1, sharpes: 1, mean: 0.01, squares: 0 }, statistics);
  expect(alone.dsr).toBeCloseTo(alone.psr ?? Number.NaN, 12);
  const unknown = selectionOf(result, { sets: 41, sharpes: 1, mean: 0.01, squares: 0 }, statistics);
  expect(unknown.dsr).toBeNull();
  expect(unknown.reasons?.dsr).toContain('no two of the trials');
});
