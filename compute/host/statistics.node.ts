import { readFile } from 'node:fs/promises';
import { loadStatistics } from './statistics.ts';
import type { Statistics } from './statistics.ts';

export * from './statistics.ts';

export const STATISTICS_WASM = new URL('../build/statistics.wasm', import.meta.url);

/** The statistics of this installation. */
export async function openStatistics(): Promise<Statistics> {
  const bytes = await readFile(STATISTICS_WASM).catch((error: unknown) => {
    throw new Error('The statistics module is not built: run npm start, or node compute/build.ts.', { cause: error });
  });
  return loadStatistics(bytes);
}
