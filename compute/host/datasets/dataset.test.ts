import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FEATURES, featureNamed } from '../features/registry.ts';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import { noise } from '../reference-series.ts';
import { buildDataset, crossValidate, leakTest, modelId, pipelineOf, predict, readModel, trainLogistic, writeModel } from '../research.ts';
import type { DatasetExtras, DatasetSpec, LabelSpec, Learner } from '../research.ts';
import { cutSeries } from '../timeline.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { BarSeries } from '../types.ts';
import { checkComputed } from './dataset-rows.ts';

const indicators = await openIndicators();

/** By numbers of bars, `to` not included. */
const cut = (bars: BarSeries, from: number, to: number): BarSeries => cutSeries(bars, bars.startAtMs[from], bars.startAtMs[to - 1]);

const apple = { symbol: 'AAPL', bars: cut(goldenBars('AAPL_daily_leanadj_1998_2021'), 2000, 3200) };
const bank = { symbol: 'BAC', bars: cut(goldenBars('BAC_daily_raw_1998_2021'), 2100, 3300) };
const DIRECTION: LabelSpec = { kind: 'fixed-horizon', horizon: 5, target: 'direction' };
const SPEC: DatasetSpec = {
  features: ['return_1', 'return_5', 'volatility_21', 'rsi_14', 'sma_gap_50'],
  label: DIRECTION,
  weights: { uniqueness: true, oldest: 0.5 },
  split: { kind: 'k-fold', folds: 4, embargo: 3 },
};
const logistic: Learner = (train) => {
  const model = trainLogistic(train);
  return (rows) => predict(model, rows);
};

describe('a dataset of two symbols', () => {
  const dataset = buildDataset([apple, bank], SPEC, indicators);
  const { manifest, data, rows, spans } = dataset;

  test('counts every bar once', () => {
    const dropped = Object.values(manifest.dropped).reduce((sum, count) => sum + count, 0);
    expect(manifest.bars).toBe(2400);
    expect(manifest.rows + dropped).toBe(2400);
    expect(manifest.dropped).toEqual({ warmUp: 2 * 49, missing: 0, unlabelled: 2 * 5, undecided: 0, weightless: 0 });
    expect(data.x).toMatchObject({ rows: manifest.rows, columns: 5 });
  });

  test('names its columns with their versions, and says how to make them again', () => {
    expect(data.features).toEqual(['return_1@2', 'return_5@2', 'volatility_21@2', 'rsi_14@1', 'sma_gap_50@1']);
    expect(manifest.features.map(({ name, warmUp }) => [name, warmUp])).toEqual([
      ['return_1', 1],
      ['return_5', 5],
      ['volatility_21', 21],
      ['rsi_14', 14],
      ['sma_gap_50', 49],
    ]);
    expect(manifest.features.every(({ definition, source }) => definition.length > 0 && source.length > 0)).toBe(true);
  });

  test('is in the order of time, and its spans are those of the labels', () => {
    const starts = rows.map(({ symbol, bar }) => [apple, bank][symbol]?.bars.startAtMs[bar] ?? Number.NaN);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect([manifest.firstAtMs, manifest.lastAtMs]).toEqual([starts[0], starts.at(-1)]);
    const times = [...new Set([...apple.bars.startAtMs, ...bank.bars.startAtMs])].toSorted((a, b) => a - b);
    for (const [row, { symbol, bar, label }] of rows.entries()) {
      const bars = [apple, bank][symbol]?.bars;
      expect(times[spans.starts[row] ?? -1]).toBe(bars?.startAtMs[bar]);
      const nextAtMs = bars?.startAtMs[bar + 6];
      if (nextAtMs !== undefined) expect(spans.ends[row]).toBe(times.findLastIndex((atMs) => atMs < nextAtMs));
      expect(label).toBe(Number((bars?.close[bar + 5] ?? 0) > (bars?.close[bar] ?? 0)));
    }
  });

  test('its weights are 1 on average and rise with time', () => {
    const weights = data.weights ?? new Float64Array();
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(manifest.rows, 6);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(weights.subarray(0, 200))).toBeLessThan(mean(weights.subarray(-200)));
  });

  test('has one hash, that changes with anything that matters', () => {
    const hashOf = (series: readonly SymbolSeries[], spec: DatasetSpec): string => buildDataset(series, spec, indicators).hash;
    expect(hashOf([apple, bank], SPEC)).toBe(dataset.hash);
    const changed = {
      ...apple,
      bars: { ...apple.bars, close: apple.bars.close.map((price, bar) => (bar === 700 ? price * 1.0001 : price)) },
    };
    const others = [
      hashOf([changed, bank], SPEC),
      hashOf([apple], SPEC),
      hashOf([apple, bank], { ...SPEC, features: SPEC.features.slice(1) }),
      hashOf([apple, bank], { ...SPEC, label: { ...DIRECTION, horizon: 6 } }),
      hashOf([apple, bank], { ...SPEC, weights: {} }),
      hashOf([apple, bank], { ...SPEC, split: { kind: 'k-fold', folds: 5 } }),
    ];
    expect(new Set([...others, dataset.hash]).size).toBe(others.length + 1);
  });

  test('its rows are hashed as the manifest says', () => {
    const hash = createHash('sha256');
    for (const values of [data.x.values, data.y, data.weights ?? [], spans.starts, spans.ends]) {
      const bytes = Buffer.alloc(8 * values.length);
      for (const [place, value] of values.entries()) bytes.writeDoubleLE(value, 8 * place);
      hash.update(`${values.length}\n`).update(bytes);
    }
    expect(manifest.rowsHash).toBe(hash.digest('hex'));
  });

  test('later bars change no row whose label was known', () => {
    const count = 900;
    const part = buildDataset([{ ...apple, bars: cut(apple.bars, 0, count) }], { ...SPEC, weights: {} }, indicators);
    const whole = buildDataset([apple], { ...SPEC, weights: {} }, indicators);
    expect(part.rows.map(({ bar }) => bar)).toEqual(whole.rows.filter(({ end }) => end < count).map(({ bar }) => bar));
    expect(part.data.x.values).toEqual(whole.data.x.values.slice(0, part.data.x.values.length));
    expect(part.data.y).toEqual(whole.data.y.slice(0, part.data.y.length));
  });

  test('the direction of prices stays noise, beside its baselines; the leak test finds nothing', () => {
    const found = crossValidate(data, dataset.splits, logistic);
    const mean = (of: (fold: (typeof found)[number]) => number): number => found.reduce((sum, fold) => sum + of(fold), 0) / found.length;
    expect(mean((fold) => fold.found.auc ?? Number.NaN)).toBeLessThan(0.54);
    expect(mean((fold) => fold.found.logLoss)).toBeGreaterThan(0.67);
    expect(leakTest(data, dataset.splits, pipelineOf(logistic), { seed: 3, rounds: 6 }).leaks).toBe(false);
  });

  test('a model of it is a file, and takes no other columns', () => {
    const model = trainLogistic(data);
    const bytes = writeModel(model);
    expect(predict(readModel(bytes, modelId(bytes)), data)).toEqual(predict(model, data));
    const other = { ...data, features: data.features.map((name) => name.replace('rsi_14@1', 'rsi_14@2')) };
    expect(() => predict(model, other)).toThrow('feature 3 is rsi_14@2');
  });
});

describe('other labels and splits', () => {
  test('all features, triple barrier, combinatorial', () => {
    const features = FEATURES.map(({ name }) => name);
    const label: LabelSpec = { kind: 'triple-barrier', volatility: 'volatility_21', upper: 2, lower: 2, horizon: 10, atHorizon: 'zero' };
    const found = buildDataset(
      [apple],
      { features, label, split: { kind: 'combinatorial', groups: 6, tested: 2, embargo: 5 } },
      indicators,
    );
    expect(found.splits).toHaveLength(15);
    expect(found.paths.map((path) => path.map(({ group }) => group))).toEqual(Array.from({ length: 5 }, () => [0, 1, 2, 3, 4, 5]));
    expect(found.manifest.labelFeatures.map(({ name, version }) => [name, version])).toEqual([['volatility_21', 2]]);
    expect(found.manifest.dropped.undecided).toBeGreaterThan(50);
    expect(new Set(found.data.y)).toEqual(new Set([0, 1]));
    expect(found.manifest.dropped.warmUp).toBe(252);
  });

  test('meta-labels of momentum, walking forward', () => {
    const label: LabelSpec = { kind: 'meta', volatility: 'volatility_21', side: 'return_63', upper: 1, lower: 1, horizon: 10 };
    const found = buildDataset(
      [apple],
      { ...SPEC, label, split: { kind: 'walk-forward', train: 300, test: 100, mode: 'anchored' } },
      indicators,
    );
    expect(found.splits.length).toBeGreaterThan(5);
    for (const { label: value, gained } of found.rows) expect(value).toBe(Number(gained > 0));
    expect(found.manifest.labelFeatures.map(({ name }) => name)).toEqual(['volatility_21', 'return_63']);
    expect(found.manifest.labelFeatures[1]?.definition).toBe('ln(close / close 63 bars before)');
  });
});

test('a feature that breaks its law is our fault, and no gap', () => {
  const { name, ...told } = featureNamed('return_1');
  const broken = { ...told, name: `${name}_of_nothing` };
  const good = Float64Array.of(Number.NaN, 1, 2);
  expect(() => checkComputed('AAPL', [broken], [good])).not.toThrow();
  for (const value of [Number.NaN, Infinity]) {
    expect(() => checkComputed('AAPL', [broken], [good.with(2, value)])).toThrow(
      `Invariant: return_1_of_nothing of AAPL is ${value} at bar 2, after its warm-up`,
    );
  }
});

test('a symbol may be called as a feature is', () => {
  expect(buildDataset([{ ...apple, symbol: 'gap' }], { ...SPEC, features: ['gap'] }, indicators).manifest.symbols).toEqual(['gap']);
});

test('the move of the price is known as the future too, where a rule takes sides', () => {
  const label: LabelSpec = { kind: 'meta', volatility: 'volatility_21', side: 'return_63', upper: 0, lower: 0, horizon: 5 };
  const { close } = apple.bars;
  const values = close.map((price, bar) => (close[bar + 5] ?? price) / price);
  const extras: DatasetExtras = {
    closedAfterMs: { AAPL: 0 },
    features: [{ name: 'oracle', symbol: 'AAPL', values, knownAtMs: apple.bars.startAtMs }],
  };
  expect(() => buildDataset([apple], { ...SPEC, label }, indicators, extras)).toThrow(
    'The feature oracle leaks: its rank correlation with the move of the price to the label’s end is 1.0000',
  );
});

describe('columns from elsewhere', () => {
  const DAY_MS = 86_400_000;
  const closedAfterMs = 16 * 3_600_000;
  const values = noise(apple.bars.length, 9);
  const column = (name: string, known: (bar: number) => number, of: Float64Array = values): DatasetExtras => ({
    closedAfterMs: { AAPL: closedAfterMs },
    features: [{ name, symbol: 'AAPL', values: of, knownAtMs: apple.bars.startAtMs.map((atMs, bar) => atMs + known(bar)) }],
  });
  const build = (extras: DatasetExtras): ReturnType<typeof buildDataset> => buildDataset([apple], SPEC, indicators, extras);

  test('are columns like others, and bars without a value are counted', () => {
    const gaps = values.map((value, bar) => (bar >= 600 && bar < 620 ? Number.NaN : value));
    const found = build(column('sentiment', () => closedAfterMs, gaps));
    expect(found.data.features.at(-1)).toBe('sentiment');
    expect(found.manifest.external).toEqual(['sentiment']);
    expect(found.manifest.dropped.missing).toBe(20);
  });

  test.each<{ name: string; extras: DatasetExtras; message: string }>([
    {
      name: 'known after the decision',
      extras: column('earnings', (bar) => (bar === 77 ? DAY_MS : 0)),
      message: 'The feature earnings of AAPL leaks: its value for bar 77 was known at',
    },
    { name: 'known at no time', extras: column('earnings', () => Number.NaN), message: 'leaks: its value for bar 0 was known at NaN' },
    {
      name: 'the future return by another name',
      extras: column(
        'alpha',
        () => 0,
        apple.bars.close.map((price, bar) => Math.log((apple.bars.close[bar + 5] ?? price) / price)),
      ),
      message: 'The feature alpha leaks: its rank correlation with the return to the label’s end is 1.0000',
    },
    {
      name: 'the label by another name',
      extras: column(
        'signal',
        () => 0,
        apple.bars.close.map((price, bar) => ((apple.bars.close[bar + 5] ?? 0) > price ? 3 : 1)),
      ),
      message: 'The feature signal leaks: its rank correlation with the label is 1.0000',
    },
    {
      name: 'of another symbol',
      extras: { ...column('x', () => 0), features: [{ name: 'x', symbol: 'MSFT', values, knownAtMs: values }] },
      message: 'The feature x has no values for AAPL',
    },
    {
      name: 'always the same',
      extras: column(
        'x',
        () => 0,
        values.map(() => 1),
      ),
      message: 'dataset: the feature x is 1 in every row that counts',
    },
    {
      name: 'infinite',
      extras: column(
        'x',
        () => 0,
        values.map((value, bar) => (bar === 600 ? -Infinity : value)),
      ),
      message: 'The feature x of AAPL is -Infinity for bar 600: give a finite number, or NaN',
    },
    { name: 'no time of the close', extras: { ...column('x', () => 0), closedAfterMs: {} }, message: 'no closedAfterMs for AAPL' },
    {
      name: 'a close before the start',
      extras: { ...column('x', () => 0), closedAfterMs: { AAPL: -1 } },
      message: 'closedAfterMs of AAPL is -1, but must be a number of at least 0',
    },
    {
      name: 'a close after the next start',
      extras: { ...column('x', () => 0), closedAfterMs: { AAPL: DAY_MS + 1 } },
      message: 'starts before the one before it would close',
    },
    { name: 'too short', extras: column('x', () => 0, values.slice(5)), message: 'x: values has 1195 values for 1200 rows' },
  ])('$name: refused', ({ extras, message }) => expect(() => build(extras)).toThrow(message));
});

describe('bad input is refused', () => {
  const short = { ...apple, bars: cut(apple.bars, 0, 60) };
  const turned = { ...apple, bars: { ...apple.bars, startAtMs: apple.bars.startAtMs.toReversed() } };
  const rising = { ...apple, bars: { ...apple.bars, ...risingPrices(apple.bars.length) } };
  test.each<{ name: string; series: readonly SymbolSeries[]; spec?: Partial<DatasetSpec>; message: string }>([
    { name: 'no symbol', series: [], message: 'dataset: series is [], but must be the bars of at least one symbol' },
    { name: 'too few bars', series: [short], message: 'Only 6 bars have all features, a label and a weight above 0' },
    { name: 'one class', series: [rising], message: 'dataset: no row is of class 0' },
    { name: 'bars out of order', series: [turned], message: 'dataset: series is "AAPL at bar 1", but must be in order of time' },
    { name: 'a symbol twice', series: [apple, apple], message: 'but must be of a symbol each' },
    {
      name: 'a short column',
      series: [{ ...apple, bars: { ...apple.bars, low: apple.bars.low.slice(1) } }],
      message: 'columns of one length',
    },
    { name: 'a feature twice', series: [apple], spec: { features: ['gap', 'gap'] }, message: 'The feature gap is there twice' },
    { name: 'an unknown feature', series: [apple], spec: { features: ['oracle'] }, message: 'There is no feature oracle' },
    { name: 'no features', series: [apple], spec: { features: [] }, message: 'dataset: 0 names' },
    {
      name: 'a split beyond the rows',
      series: [apple],
      spec: { split: { kind: 'walk-forward', train: 5000, test: 10 } },
      message: 'leave none to test after 5000',
    },
  ])('$name', ({ series, spec = {}, message }) => {
    expect(() => buildDataset(series, { ...SPEC, ...spec }, indicators)).toThrow(message);
  });
});

function risingPrices(length: number): Pick<BarSeries, 'open' | 'high' | 'low' | 'close'> {
  const close = noise(length, 3).map((x, bar) => 100 * 1.02 ** bar * (1 + x / 100));
  return { open: close, high: close, low: close, close };
}
