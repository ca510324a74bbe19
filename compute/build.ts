import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noColors'];

/** 64 KiB each: the statistics module holds 256 MiB at most, however much it is given. */
const STATISTICS_PAGES_MAX = 4096;

/** Threads that train a model share one memory, which the host makes as large as the training needs: at most 1 GiB. */
const LEARNING_OPTIONS = ['--enable', 'threads', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '16384'];

/** Compiles `assembly/indicators` to `build/indicators.wasm`. Throws with the compiler's messages when it does not compile. */
export async function buildIndicators(): Promise<void> {
  await writeModule('indicators.wasm', await compileIndicators());
}

/** Compiles `assembly/statistics` to `build/statistics.wasm`, in the same way. */
export async function buildStatistics(): Promise<void> {
  await writeModule('statistics.wasm', await compileStatistics());
}

/** Compiles `assembly/options` to `build/options.wasm`, in the same way. */
export async function buildOptions(): Promise<void> {
  await writeModule('options.wasm', await compileOptions());
}

/** Compiles `assembly/learning` to `build/learning.wasm`, in the same way. */
export async function buildLearning(): Promise<void> {
  await writeModule('learning.wasm', await compileLearning());
}

async function writeModule(name: string, wasm: Uint8Array): Promise<void> {
  const output = join(HERE, 'build', name);
  await mkdir(dirname(output), { recursive: true });
  // A reader sees the old module or the new one, never half of one.
  const partial = `${output}.${process.pid}`;
  await writeFile(partial, wasm);
  await rename(partial, output);
}

/** The module that the sources give now. The same sources give the same bytes. */
export async function compileIndicators(): Promise<Uint8Array> {
  return compile('assembly/indicators/index.ts');
}

/** Sweeps of crossovers as a module of their own: for tests and measurements, for strategies hold the same code. */
export async function compileSweep(): Promise<Uint8Array> {
  return compile('assembly/sweep/index.ts');
}

/** The module of the statistics, likewise. */
export async function compileStatistics(): Promise<Uint8Array> {
  return compile('assembly/statistics/index.ts', ['--maximumMemory', String(STATISTICS_PAGES_MAX)]);
}

/** As {@link compileIndicators}, of the options. */
export async function compileOptions(): Promise<Uint8Array> {
  return compile('assembly/options/index.ts');
}

/** The module that trains and applies models, likewise. */
export async function compileLearning(): Promise<Uint8Array> {
  return compile('assembly/learning/index.ts', LEARNING_OPTIONS);
}

async function compile(entry: string, further: readonly string[] = []): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const messages: string[] = [];
  const { error } = await asc.main([entry, '--baseDir', HERE, '--outFile', 'module.wasm', ...OPTIONS, ...further], {
    stderr: { write: (text) => messages.push(String(text)) },
    writeFile: (name, contents) => {
      if (name === 'module.wasm' && typeof contents !== 'string') wasm = contents;
    },
  });
  if (error) throw new Error(`${entry} does not compile:\n${messages.join('')}`, { cause: error });
  if (wasm === undefined) throw new Error(`Invariant: the compiler wrote no module for ${entry}`);
  return wasm;
}

if (import.meta.main) {
  await buildIndicators();
  await buildStatistics();
  await buildOptions();
  await buildLearning();
}
