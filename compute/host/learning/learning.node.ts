import { readFile } from 'node:fs/promises';
import { loadLearning } from './learning.ts';
import type { Learning } from './learning.ts';
import { TrainingPool, type TrainingPoolOptions } from './training-pool.ts';

export * from './learning.ts';
export { TrainingPool } from './training-pool.ts';
export type { TrainingOptions, TrainingPoolOptions } from './training-pool.ts';

export const LEARNING_WASM = new URL('../../build/learning.wasm', import.meta.url);

/** The bytes of this installation's module. */
export async function readLearning(): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(LEARNING_WASM).catch((error: unknown) => {
    throw new Error('The learning module is not built: run npm start, or node compute/build.ts.', { cause: error });
  });
}

/** The tree models of this installation. */
export async function openLearning(): Promise<Learning> {
  return loadLearning(await readLearning());
}

/** Threads that train the models of this installation. */
export async function openTrainingPool(options: TrainingPoolOptions = {}): Promise<TrainingPool> {
  return new TrainingPool(await WebAssembly.compile(await readLearning()), options);
}
