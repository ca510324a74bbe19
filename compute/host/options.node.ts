import { readFile } from 'node:fs/promises';
import { loadOptions, type Options } from './options.ts';

export * from './options.ts';

export const OPTIONS_WASM = new URL('../build/options.wasm', import.meta.url);

/** The option prices of this installation. */
export async function openOptions(): Promise<Options> {
  const bytes = await readFile(OPTIONS_WASM).catch((error: unknown) => {
    throw new Error('The option module is not built: run npm start, or node compute/build.ts.', { cause: error });
  });
  return loadOptions(bytes);
}
