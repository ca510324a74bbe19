import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { BarColumns } from './bar.ts';
import { countBars, selectBars, selectSpans, upsertBars } from './store.ts';
import { syntheticDaily } from './synthetic.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 2, 14, 30);

/** Minute bars with closes of 10, 11, 12, … */
function minutes(length: number, change: (close: number, row: number) => number = (close) => close): BarColumns {
  const column = (read: (row: number) => number): Float64Array => Float64Array.from({ length }, (_, row) => read(row));
  const close = column((row) => change(10 + row, row));
  return {
    symbol: 'ACME',
    timeframe: '1Min',
    length,
    startAtMs: column((row) => START_MS + row * MINUTE_MS),
    open: close,
    high: close.map((value) => value + 1),
    low: close.map((value) => value - 1),
    close,
    volume: column((row) => row),
  };
}

withTestDatabases('stored bars', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterEach(() => database.db.deleteFrom('bars').execute());
  afterAll(() => database.close());

  const save = (bars: BarColumns, adjustment: 'raw' | 'split' = 'raw') => upsertBars(database.db, bars, adjustment, 'test');
  const ACME = { symbol: 'ACME', timeframe: '1Min', adjustment: 'raw' } as const;

  test('what was written is read, to the bit and the millisecond, in order', async () => {
    const odd = { ...minutes(3), startAtMs: Float64Array.of(-1, START_MS + 0.0, 4_102_444_799_999) };
    const values = Float64Array.of(0.1 + 0.2, 1e-9, 123_456_789.123_456_78);
    const bars = { ...odd, open: values, high: values, low: values, close: values, volume: Float64Array.of(0, 0.5, 9_007_199_254_740_991) };
    expect(await save(bars)).toEqual({ inserted: 3, changed: 0, unchanged: 0 });
    expect(await selectBars(database.db, ACME)).toEqual(bars);
  });

  test('bars of a span are counted, of the adjustment that has the most', async () => {
    await save(minutes(100));
    await save(minutes(60), 'split');
    const span = { symbol: 'ACME', timeframe: '1Min', fromMs: START_MS + MINUTE_MS, toMs: START_MS + 9 * MINUTE_MS } as const;
    expect(await countBars(database.db, { symbol: 'ACME', timeframe: '1Min' })).toBe(100);
    expect(await countBars(database.db, span)).toBe(9);
    expect(await countBars(database.db, { ...span, timeframe: '1Day' })).toBe(0);
  });

  test('every millisecond of an hour comes back as it was', async () => {
    const length = 3_600;
    const startAtMs = Float64Array.from({ length }, (_, row) => START_MS + row * 1_001 + 7);
    await save({ ...minutes(length), startAtMs });
    expect((await selectBars(database.db, ACME)).startAtMs).toEqual(startAtMs);
  });

  test('the same again changes nothing; other values are counted and replaced', async () => {
    expect(await save(minutes(100))).toEqual({ inserted: 100, changed: 0, unchanged: 0 });
    expect(await save(minutes(100))).toEqual({ inserted: 0, changed: 0, unchanged: 100 });
    const later = minutes(120, (close, row) => (row % 10 === 0 ? close + 0.25 : close));
    expect(await save(later)).toEqual({ inserted: 20, changed: 10, unchanged: 90 });
    expect(await selectBars(database.db, ACME)).toEqual(later);
    expect(await save({ ...later, volume: later.volume.map((value) => value + 1) })).toEqual({ inserted: 0, changed: 120, unchanged: 0 });
  });

  test('adjustments, timeframes and symbols do not mix', async () => {
    await save(minutes(3));
    expect(await save(minutes(3), 'split')).toEqual({ inserted: 3, changed: 0, unchanged: 0 });
    expect(await save({ ...minutes(2), symbol: 'OTHER' })).toMatchObject({ inserted: 2 });
    expect(await save({ ...minutes(1), timeframe: '5Min' })).toMatchObject({ inserted: 1 });
    expect(
      (await selectSpans(database.db)).map(({ symbol, timeframe, adjustment, bars }) => [symbol, timeframe, adjustment, bars]),
    ).toEqual([
      ['ACME', '1Min', 'raw', 3],
      ['ACME', '1Min', 'split', 3],
      ['ACME', '5Min', 'raw', 1],
      ['OTHER', '1Min', 'raw', 2],
    ]);
  });

  test('spans name the first and the last bar', async () => {
    await save(minutes(3));
    expect(await selectSpans(database.db)).toEqual([
      { symbol: 'ACME', timeframe: '1Min', adjustment: 'raw', bars: 3, from: new Date(START_MS), to: new Date(START_MS + 2 * MINUTE_MS) },
    ]);
  });

  const at = (row: number): number => START_MS + row * MINUTE_MS;

  test('ranges include both ends, and the newest come last', async () => {
    await save(minutes(10));
    const closes = async (range: { fromMs?: number; toMs?: number; last?: number }) => [
      ...(await selectBars(database.db, { ...ACME, ...range })).close,
    ];
    expect(await closes({ fromMs: at(2), toMs: at(4) })).toEqual([12, 13, 14]);
    expect(await closes({ fromMs: at(2) + 1, toMs: at(4) - 1 })).toEqual([13]);
    expect(await closes({ fromMs: at(8) })).toEqual([18, 19]);
    expect(await closes({ toMs: at(1) })).toEqual([10, 11]);
    expect(await closes({ last: 2 })).toEqual([18, 19]);
    expect(await closes({ toMs: at(5), last: 2 })).toEqual([14, 15]);
    expect(await closes({ last: 0 })).toEqual([]);
    expect(await closes({ last: 99 })).toHaveLength(10);
    expect(await closes({ fromMs: at(10) })).toEqual([]);
  });

  test('no bars are columns of no length', async () => {
    const none = await selectBars(database.db, { ...ACME, symbol: 'NONE' });
    expect([none.length, none.startAtMs.length, none.volume.length]).toEqual([0, 0, 0]);
    expect(await save(minutes(0))).toEqual({ inserted: 0, changed: 0, unchanged: 0 });
  });

  test('a bad row among thousands writes nothing at all', async () => {
    await save(minutes(10));
    const bad = minutes(12_000, (close) => close + 1);
    bad.high[11_000] = 0;
    await expect(save(bad)).rejects.toThrow(/bars_ordered/);
    expect(await selectBars(database.db, ACME)).toEqual(minutes(10));
    // The connection is usable afterwards.
    expect(await save(minutes(11))).toEqual({ inserted: 1, changed: 0, unchanged: 10 });
  });

  test.each(['open', 'high', 'low', 'close', 'volume'] as const)(
    'a %s that is not a number is refused by the database too',
    async (field) => {
      const bars = minutes(2);
      const broken = { ...bars, [field]: Float64Array.of(bars[field][0] ?? 0, Number.NaN) };
      await expect(save(broken)).rejects.toThrow(/Invariant: .*row 2 of ACME/);
      expect((await selectBars(database.db, ACME)).length).toBe(0);
    },
  );

  test('a hundred thousand rows, and again', async () => {
    const bars = minutes(100_000);
    expect(await save(bars)).toEqual({ inserted: 100_000, changed: 0, unchanged: 0 });
    expect(await save(bars)).toEqual({ inserted: 0, changed: 0, unchanged: 100_000 });
    expect(await selectBars(database.db, ACME)).toEqual(bars);
  });

  test('real spans of days survive daylight saving', async () => {
    const recipe = { symbol: 'ACME', seed: 1, firstPrice: 50, drift: [0, 0], volatility: [0.01, 0.02], volume: 1_000 } as const;
    const days = syntheticDaily(recipe, '2016-01-01', '2018-12-31');
    await save(days);
    expect(await selectBars(database.db, { ...ACME, timeframe: '1Day' })).toEqual(days);
  });
});
