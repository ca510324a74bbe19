import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenBars } from '../golden-features.ts';
import { openIndicators } from '../indicators.node.ts';
import { cutSeries } from '../timeline.ts';
import { buildDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { parquetOf } from './parquet.ts';

// Read by DuckDB, a program of others.

const series = ['AAPL', 'BAC'].map((symbol) => {
  const bars = goldenBars(symbol === 'AAPL' ? 'AAPL_daily_leanadj_1998_2021' : 'BAC_daily_raw_1998_2021');
  return { symbol, bars: cutSeries(bars, bars.startAtMs[2000], bars.startAtMs[2399]) };
});
let folder: string;
let path: string;
let dataset: Dataset;
let duck: DuckDBConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-parquet-'));
  path = join(folder, 'dataset.parquet');
  dataset = buildDataset(
    series,
    {
      features: ['return_5', 'rsi_14'],
      label: { kind: 'triple-barrier', volatility: 'volatility_21', upper: 2, lower: 1, horizon: 10 },
      weights: { uniqueness: true },
      split: { kind: 'k-fold', folds: 3, embargo: 5 },
    },
    await openIndicators(),
  );
  await writeFile(path, parquetOf(dataset, series));
  duck = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  duck.closeSync();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (query: string): Promise<readonly (readonly DuckDBValue[])[]> =>
  (await duck.runAndReadAll(query.replace('DATASET', `read_parquet('${path}')`))).getRows();

test('every row as it is, to the last bit', async () => {
  const found = await ask(
    'select symbol, epoch_ms(time)::double, "return_5@2", "rsi_14@1", label, epoch_ms(label_end)::double, "return", weight from DATASET',
  );
  const { data, rows } = dataset;
  const startOf = (symbol: number, bar: number): number | undefined => series[symbol]?.bars.startAtMs[bar];
  expect(found).toEqual(
    rows.map(({ symbol, bar, end, gained }, row) => [
      series[symbol]?.symbol,
      startOf(symbol, bar),
      ...data.x.values.subarray(row * 2, row * 2 + 2),
      data.y[row],
      startOf(symbol, end),
      gained,
      data.weights?.[row],
    ]),
  );
  expect(found.length).toBeGreaterThan(300);
});

test('its columns have the types of what they hold', async () => {
  const described = await ask('describe select * from DATASET');
  expect(Object.fromEntries(described.map(([name, type]) => [name, type]))).toEqual({
    symbol: 'VARCHAR',
    time: 'TIMESTAMP',
    'return_5@2': 'DOUBLE',
    'rsi_14@1': 'DOUBLE',
    label: 'DOUBLE',
    label_end: 'TIMESTAMP',
    return: 'DOUBLE',
    weight: 'DOUBLE',
  });
});

test('the manifest stands beside the rows, and the id is its hash', async () => {
  const pairs = await ask(`select decode(key), decode(value) from parquet_kv_metadata('${path}')`);
  const found = new Map(pairs.map(([key, value]) => [String(key), String(value)]));
  const manifest = found.get('tidemark.manifest') ?? '';
  expect(JSON.parse(manifest)).toEqual(dataset.manifest);
  expect(createHash('sha256').update(manifest).digest('hex')).toBe(dataset.hash);
  expect(found.get('tidemark.dataset')).toBe(dataset.hash);
});

test('the same dataset gives the same bytes', async () => {
  expect(Buffer.compare(await readFile(path), parquetOf(dataset, series))).toBe(0);
});
