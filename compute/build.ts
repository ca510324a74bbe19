import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noColors'];

/** Compiles `assembly/indicators` to `build/indicators.wasm`. Throws with the compiler's messages when it does not compile. */
export async function buildIndicators(): Promise<void> {
  const output = join(HERE, 'build', 'indicators.wasm');
  const wasm = await compileIndicators();
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

async function compile(entry: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const messages: string[] = [];
  const { error } = await asc.main([entry, '--baseDir', HERE, '--outFile', 'module.wasm', ...OPTIONS], {
    stderr: { write: (text) => messages.push(String(text)) },
    writeFile: (name, contents) => {
      if (name === 'module.wasm' && typeof contents !== 'string') wasm = contents;
    },
  });
  if (error) throw new Error(`${entry} does not compile:\n${messages.join('')}`, { cause: error });
  if (wasm === undefined) throw new Error(`Invariant: the compiler wrote no module for ${entry}`);
  return wasm;
}

if (import.meta.main) await buildIndicators();
