import { open, rm } from 'node:fs/promises';
import { UsageError } from '../backtest-flags.ts';
import { openIndicators } from '../indicators.node.ts';
import { buildDataset, type Dataset } from './dataset.ts';
import { parseDataset, readCsvSeries, type BarFlags, type DatasetFlags } from './dataset-flags.ts';
import { parquetOf } from './parquet.ts';

/** The flags of `tidemark dataset`, as texts. */
export interface DatasetCommand extends BarFlags, DatasetFlags {
  /** A Parquet file that is not there yet. */
  readonly out?: string | undefined;
}

/** Writes a file that must not be there; it is whole or gone. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new UsageError(`--out ${path} is there already: name a new file, for a dataset is never written over another`);
  });
  try {
    await file.writeFile(bytes);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** From a file of bars to a dataset, and to a Parquet file of it where one is asked for. Throws a UsageError, or an Error in one sentence. */
export async function runDatasetCommand({ out, ...flags }: DatasetCommand): Promise<Dataset> {
  const spec = parseDataset(flags);
  const series = await readCsvSeries(flags);
  const dataset = buildDataset(series, spec, await openIndicators());
  if (out !== undefined) await writeNew(out, parquetOf(dataset, series));
  return dataset;
}
