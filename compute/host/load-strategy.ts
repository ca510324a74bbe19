import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { compileBuiltIn, builtInStrategies, moduleFromBytes } from './built-ins.ts';
import { compileStrategy } from './compile.ts';
import { openModule } from './strategy-module.ts';
import type { CompileError, ParameterValues, StrategyModule } from './types.ts';

/** A source that does not compile: its message has a line an error, `file:line:column message`. */
export class CompileFailed extends Error {
  override readonly name = 'CompileFailed';
  readonly errors: readonly CompileError[];

  constructor(errors: readonly CompileError[]) {
    super(errors.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n'));
    this.errors = errors;
  }
}

async function readStrategyFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`The strategy file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** What `--strategy` names: a built-in, a source (`.ts`) or a module (`.wasm`). Throws an Error in one clear sentence. */
export async function loadStrategy(reference: string): Promise<StrategyModule> {
  if (reference.endsWith('.wasm')) return moduleFromBytes(await readStrategyFile(reference), basename(reference));
  if (reference.endsWith('.ts')) {
    const result = await compileStrategy((await readStrategyFile(reference)).toString('utf8'), { name: basename(reference) });
    if (!result.ok) throw new CompileFailed(result.errors);
    return result.module;
  }
  const names = builtInStrategies().map(({ name }) => name);
  if (names.includes(reference)) return compileBuiltIn(reference);
  throw new Error(`There is no strategy ${JSON.stringify(reference)}: give ${names.join(', ')}, a FILE.ts or a FILE.wasm`);
}

/** Bars before the first decision is possible, with these parameters. Runs the strategy's start in this thread. */
export function warmUpOf(module: StrategyModule, parameters: ParameterValues = {}): number {
  return openModule(module, parameters, 1).warmUp;
}
