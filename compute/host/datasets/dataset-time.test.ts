import { describe, expect, test } from 'vitest';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import { noise } from '../reference-series.ts';
import { buildDataset, crossValidate, predict, trainLogistic } from '../research.ts';
import type { DatasetExtras, DatasetSpec, LabelSpec, SplitSpec } from '../research.ts';
import { cutSeries } from '../timeline.ts';
import type { SymbolSeries } from '../timeline.ts';

const indicators = await openIndicators();
const golden = goldenBars('AAPL_daily_leanadj_1998_2021');
const apple: SymbolSeries = { symbol: 'AAPL', bars: cutSeries(golden, golden.startAtMs[2000], golden.startAtMs[3199]) };
const DIRECTION: LabelSpec = { kind: 'fixed-horizon', horizon: 5, target: 'direction' };
const SPEC: Omit<DatasetSpec, 'split'> = { features: ['return_1', 'return_5', 'sma_gap_50'], label: DIRECTION };

describe('rows that count nothing are none', () => {
  const SPLIT = { kind: 'k-fold', folds: 6 } as const;
  const whole = buildDataset([apple], { ...SPEC, weights: {}, split: SPLIT }, indicators);
  const found = buildDataset([apple], { ...SPEC, weights: { oldest: -0.5 }, split: SPLIT }, indicators);

  test('they are dropped before spans and splits, and counted', () => {
    const { weightless } = found.manifest.dropped;
    expect(weightless).toBeGreaterThan(0.45 * whole.manifest.rows);
    expect(found.manifest.rows + weightless).toBe(whole.manifest.rows);
    expect(found.rows.map(({ bar }) => bar)).toEqual(whole.rows.slice(weightless).map(({ bar }) => bar));
    const weights = [...(found.data.weights ?? [])];
    expect(Math.min(...weights)).toBeGreaterThan(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(found.manifest.rows, 6);
  });

  test('every fold has rows that its model can be judged by', () => {
    const folds = crossValidate(found.data, found.splits, (train) => {
      const model = trainLogistic(train);
      return (rows) => predict(model, rows);
    });
    expect(folds).toHaveLength(6);
    expect(folds.every(({ found: measures }) => Number.isFinite(measures.logLoss))).toBe(true);
  });
});

describe('symbols whose bars overlap in time', () => {
  const [HOUR_MS, DAY_MS, DAYS] = [3_600_000, 86_400_000, 260];
  /** Bars of so many hours from an hour of the day on, on some days of the week. */
  const made = (symbol: string, startHour: number, isOpen: (day: number) => boolean, seed: number): SymbolSeries => {
    const startAtMs = Float64Array.from([...Array(DAYS).keys()].filter(isOpen), (day) => day * DAY_MS + startHour * HOUR_MS);
    let price = 100;
    const close = noise(startAtMs.length, seed).map((x) => (price *= 1 + (x - 0.5) / 20));
    const volume = new Float64Array(startAtMs.length).fill(1000);
    return { symbol, bars: { length: startAtMs.length, startAtMs, open: close, high: close, low: close, close, volume } };
  };
  const everyDay = made('BTC/USD', 0, () => true, 3);
  const weekdays = made('AAPL', 5, (day) => day % 7 < 5, 4);
  const series = [everyDay, weekdays];
  const HOURS_OPEN = [24, 16];
  const closedAtMs = (symbol: number, bar: number): number =>
    (series[symbol]?.bars.startAtMs[bar] ?? Number.NaN) + (HOURS_OPEN[symbol] ?? 0) * HOUR_MS;

  test.each<{ name: string; split: SplitSpec }>([
    { name: 'walking forward', split: { kind: 'walk-forward', train: 100, test: 13 } },
    { name: 'folds', split: { kind: 'k-fold', folds: 7 } },
    { name: 'combinations', split: { kind: 'combinatorial', groups: 7, tested: 2 } },
  ])('$name learn from no label that is known only after a test has been decided', ({ split }) => {
    const found = buildDataset(series, { features: ['return_1', 'return_5'], label: { ...DIRECTION, horizon: 2 }, split }, indicators);
    const times = found.rows.map(({ symbol, bar, end }) => ({ decidedAtMs: closedAtMs(symbol, bar), knownAtMs: closedAtMs(symbol, end) }));
    for (const { train, test: tested } of found.splits) {
      for (const row of train) {
        const learnt = times[row] ?? { decidedAtMs: 0, knownAtMs: 0 };
        const shared = [...tested].filter((other) => {
          const judged = times[other] ?? { decidedAtMs: 0, knownAtMs: 0 };
          return learnt.knownAtMs > judged.decidedAtMs && learnt.decidedAtMs < judged.knownAtMs;
        });
        expect(shared).toEqual([]);
      }
    }
  });

  test('a label holds every time before its symbol’s next bar, and with the last bar those within the longest step', () => {
    const spec = { features: ['return_1'], label: { ...DIRECTION, horizon: 2 }, split: { kind: 'k-fold', folds: 2 } } as const;
    const short = { ...everyDay, bars: cutSeries(everyDay.bars, -Infinity, everyDay.bars.startAtMs[99]) };
    const { rows, spans } = buildDataset([short, weekdays], spec, indicators);
    const times = [...new Set([...short.bars.startAtMs, ...weekdays.bars.startAtMs])].toSorted((a, b) => a - b);
    for (const [row, { symbol, end }] of rows.entries()) {
      const { startAtMs } = [short, weekdays][symbol]?.bars ?? short.bars;
      const nextAtMs = startAtMs[end + 1] ?? (startAtMs[end] ?? 0) + (symbol === 0 ? 1 : 3) * DAY_MS;
      expect(spans.ends[row]).toBe(times.findLastIndex((atMs) => atMs < nextAtMs));
    }
  });
});

describe('what splits count', () => {
  const gaps = noise(apple.bars.length, 9).map((value, bar) => (bar >= 200 && bar < 260 ? Number.NaN : value));
  const extras: DatasetExtras = {
    closedAfterMs: { AAPL: 0 },
    features: [{ name: 'x', symbol: 'AAPL', values: gaps, knownAtMs: apple.bars.startAtMs }],
  };
  const build = (split: SplitSpec): ReturnType<typeof buildDataset> => buildDataset([apple], { ...SPEC, split }, indicators, extras);

  test('parts in times of rows', () => {
    const { splits, rows } = build({ kind: 'walk-forward', train: 300, test: 100 });
    expect(splits[0]?.test[0]).toBe(300);
    expect(rows[300]?.bar).toBe(49 + 300 + 60);
  });

  test('an embargo in times of bars', () => {
    const [first] = build({ kind: 'k-fold', folds: 10, embargo: 60 }).splits;
    // The last label of the test ends at bar 162: the embargo lasts until bar 222, and the bars from 200 on have no rows.
    expect([first?.test.length, first?.purged, first?.embargoed]).toEqual([109, 5, 37]);
  });
});
