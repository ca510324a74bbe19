import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { featureId } from '../features/feature.ts';
import { FEATURES, computeFeatures } from '../features/registry.ts';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import type { LinearModel } from '../models/model.ts';
import { randomBars } from '../random-bars.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { BarSeries, StrategyModule } from '../types.ts';
import { predictAny, type AnyModel } from './any-model.ts';
import { modelModule } from './cached-module.ts';
import { carriedSource } from './carried-source.ts';
import { openModelModule } from './model-module.ts';

const indicators = await openIndicators();

/** All features that there are, each with a weight of its own. */
const model: LinearModel = {
  kind: 'logistic',
  features: FEATURES.map(featureId),
  parameters: { penalty: 1 },
  rows: 100,
  standardisation: { means: FEATURES.map((_, k) => k / 100), deviations: FEATURES.map((_, k) => 0.1 + k / 7) },
  coefficients: FEATURES.map((_, k) => ((k % 5) - 2) / 10),
  intercept: 0.05,
  calibration: null,
};
const carried: AnyModel = { form: 'linear', model };

let module: StrategyModule;
beforeAll(async () => {
  module = await modelModule({ strategy: 'ml-direction', carried: carriedSource({ model: carried, horizon: 5 }) });
});

/** The first feature, bar and pair of values at which the module and training differ by a bit; of the prediction too. */
function difference(series: readonly SymbolSeries[]): string | undefined {
  const columns = series.map(({ bars }) => computeFeatures(FEATURES, bars, indicators));
  for (const { symbol, bar, row, score } of openModelModule(module, series).observe()) {
    for (const [k, { name }] of FEATURES.entries()) {
      const trained = columns[symbol]?.[k]?.[bar];
      if (!Object.is(trained, row[k])) return `${name}[${bar}] of ${symbol}: trained with ${trained}, traded with ${row[k]}`;
    }
    const predicted = row.every(Number.isFinite) ? predictAny(carried, row) : Number.NaN;
    if (!Object.is(predicted, score)) return `prediction at ${bar}: ${predicted} and ${score}`;
  }
  return undefined;
}

const head = (bars: BarSeries, length: number): BarSeries => ({
  length,
  startAtMs: bars.startAtMs.subarray(0, length),
  open: bars.open.subarray(0, length),
  high: bars.high.subarray(0, length),
  low: bars.low.subarray(0, length),
  close: bars.close.subarray(0, length),
  volume: bars.volume.subarray(0, length),
});

describe('what a module trades with is what its model was trained with, bit for bit, of every feature', () => {
  test('on random bars of two symbols at times of their own', () =>
    fc.assert(
      fc.property(randomBars(330, 300), randomBars(330, 280), (a, b) => {
        const series = [
          { symbol: 'AAA', bars: a },
          { symbol: 'BBB', bars: b },
        ];
        expect(difference(series)).toBeUndefined();
      }),
      { numRuns: 6 },
    ));

  test('on real bars', () => {
    expect(difference([{ symbol: 'AAPL', bars: head(goldenBars('AAPL_daily_raw_1998_2021'), 1200) }])).toBeUndefined();
  });

  test('the module says its features, and the bars that it needs before it predicts', () => {
    const opened = openModelModule(module, [{ symbol: 'AAPL', bars: head(goldenBars('AAPL_daily_raw_1998_2021'), 300) }]);
    expect(opened.features).toEqual(model.features);
    const first = [...opened.observe()].findIndex(({ score }) => !Number.isNaN(score));
    expect(first).toBe(opened.warmUp - 1);
    expect(opened.warmUp).toBe(253);
  });
});
