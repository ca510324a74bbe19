import { openStatistics } from '@tidemark/compute/statistics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDrawdown } from './run-figures.ts';
import { reportFiguresOf } from './report/figures.ts';
import { plainResult } from './report/test/results.ts';
import { equityCsv } from './run-csv.ts';

const statistics = await openStatistics();

const deepestOf = (values: readonly number[]): number => Math.min(0, ...values);

test('a run that loses from its first bar has lost that from its cash', () => {
  const losing = plainResult([90, 80, 100]);
  expect(withDrawdown(losing).map(({ drawdown }) => drawdown)).toEqual([-0.1, -0.2, 0].map((value) => expect.closeTo(value, 12)));
});

test('API, CSV and report tell the same drawdown of the same curve, and its months and years compound to the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 28 }), (equity) => {
      const result = plainResult(equity);
      const points = withDrawdown(result).map(({ drawdown }) => drawdown);
      const csv = equityCsv(result).trim().split('\n').slice(1);
      expect(csv.map((line) => Number(line.split(',')[2]))).toEqual(points);
      const { drawdowns, months, years } = reportFiguresOf(result, statistics);
      expect(drawdowns[0]?.depth ?? 0).toBeCloseTo(deepestOf(points), 10);
      for (const [index, each] of drawdowns.entries()) {
        expect(each.depth).toBeLessThan(0);
        expect(each.depth).toBeGreaterThanOrEqual(drawdowns[index - 1]?.depth ?? -Infinity);
        expect(each.barsToTrough).toBeLessThanOrEqual(each.bars);
      }
      expect(drawdowns.reduce((sum, { bars }) => sum + bars, 0)).toBeLessThanOrEqual(equity.length);
      const whole = (equity.at(-1) ?? 0) / result.options.cash;
      for (const periods of [months, years])
        expect(periods.reduce((product, period) => product * (1 + period.return), 1) / whole).toBeCloseTo(1, 9);
    }),
  );
});
