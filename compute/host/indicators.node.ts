import { readFile } from 'node:fs/promises';
import { loadIndicators } from './indicators.ts';
import type { Indicators } from './indicators.ts';

export const INDICATORS_WASM = new URL('../build/indicators.wasm', import.meta.url);

/** The indicators of this installation. */
export async function openIndicators(): Promise<Indicators> {
  const bytes = await readFile(INDICATORS_WASM).catch((error: unknown) => {
    throw new Error('The indicator module is not built: run npm start, or node compute/build.ts.', { cause: error });
  });
  return loadIndicators(bytes);
}
