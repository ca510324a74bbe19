import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer';
import { canonicalJson } from '../canonical-json.ts';
import { at } from '../rows-input.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { Dataset } from './dataset.ts';

/** Keys of the file's own metadata. */
export const PARQUET_KEYS = { manifest: 'tidemark.manifest', dataset: 'tidemark.dataset' } as const;
const ROWS_A_GROUP = 100_000;

/**
 * A dataset as a Parquet file, a row a row, in its order. Columns: `symbol`, `time` and `label_end` (starts of bars, milliseconds in UTC), each feature by its name
 * with its version, `label`, `return` (until the label's end, a fraction), and `weight` where rows do not count alike. A feature that is missing is not-a-number. The
 * manifest, as the canonical JSON that the dataset's id is the hash of, and the id stand in the metadata. The same dataset gives the same bytes.
 */
export function parquetOf({ data, rows, manifest, hash }: Dataset, series: readonly SymbolSeries[]): Uint8Array<ArrayBuffer> {
  const startOf = (symbol: number, bar: number): Date => new Date(at(series[symbol]?.bars.startAtMs ?? new Float64Array(), bar));
  const numbers = (name: string, values: Float64Array): ColumnSource => ({ name, data: values, type: 'DOUBLE', nullable: false });
  const feature = (column: number): Float64Array =>
    Float64Array.from({ length: data.x.rows }, (_, row) => at(data.x.values, row * data.x.columns + column));
  const columnData: ColumnSource[] = [
    { name: 'symbol', data: rows.map(({ symbol }) => series[symbol]?.symbol ?? ''), type: 'STRING', nullable: false },
    { name: 'time', data: rows.map(({ symbol, bar }) => startOf(symbol, bar)), type: 'TIMESTAMP', nullable: false },
    ...data.features.map((name, column) => numbers(name, feature(column))),
    numbers('label', data.y),
    { name: 'label_end', data: rows.map(({ symbol, end }) => startOf(symbol, end)), type: 'TIMESTAMP', nullable: false },
    numbers(
      'return',
      Float64Array.from(rows, ({ gained }) => gained),
    ),
    ...(data.weights === undefined ? [] : [numbers('weight', data.weights)]),
  ];
  const kvMetadata = [
    { key: PARQUET_KEYS.manifest, value: canonicalJson(manifest) },
    { key: PARQUET_KEYS.dataset, value: hash },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, rowGroupSize: ROWS_A_GROUP }));
}
