import { expect, test } from 'vitest';
import { againstBenchmark } from './benchmark.ts';

test('against itself: beta and correlation 1, nothing left over', () => {
  const returns = Float64Array.of(0.01, -0.02, 0.03, 0.005);
  const found = againstBenchmark(returns, returns, 252);
  expect(found.beta).toBeCloseTo(1, 12);
  expect(found.correlation).toBeCloseTo(1, 12);
  expect(found.alpha).toBeCloseTo(0, 12);
  expect(found.trackingError).toBe(0);
  expect(found.informationRatio).toBeNaN();
});

test('against what does not move there is no beta', () =>
  expect(againstBenchmark(Float64Array.of(0.1, 0.2, 0.1), Float64Array.of(0, 0, 0), 252)).toMatchObject({
    beta: Number.NaN,
    correlation: Number.NaN,
  }));
