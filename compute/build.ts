import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noColors'];

/** Compiles `assembly/indicators` to `build/indicators.wasm`. Throws with the compiler's messages when it does not compile. */
export async function buildIndicators(): Promise<void> {
  await write('indicators.wasm', await compileIndicators());
}

/** Compiles `assembly/options` to `build/options.wasm`, in the same way. */
export async function buildOptions(): Promise<void> {
  await write('options.wasm', await compileOptions());
}

async function write(name: string, wasm: Uint8Array): Promise<void> {
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

/** As {@link compileIndicators}, of the options. */
export async function compileOptions(): Promise<Uint8Array> {
  return compile('assembly/options/index.ts');
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

if (import.meta.main) {
  await buildIndicators();
  await buildOptions();
}
