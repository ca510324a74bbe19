import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { compileStrategy } from './compile.ts';
import { inspectModule } from './inspect.ts';
import type { StrategyModule } from './types.ts';

const ASSEMBLY = new URL('../assembly/', import.meta.url);
const STRATEGIES = new URL('strategies/', ASSEMBLY);
const CACHE = new URL('../build/strategies/', import.meta.url);
const COMPILER = new URL('compile-source.ts', import.meta.url);

export interface BuiltInStrategy {
  readonly name: string;
  readonly source: string;
}

function sourcesIn(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    .sort();
}

/** The strategies that come with the program, by name, with their sources: templates for authors too. */
export function builtInStrategies(): readonly BuiltInStrategy[] {
  return sourcesIn(STRATEGIES).map((file) => ({
    name: file.slice(0, -'.ts'.length),
    source: readFileSync(new URL(file, STRATEGIES), 'utf8'),
  }));
}

const STRATEGY_FOLDERS = ['sdk/', 'kernel/', 'indicators/', 'sweep/'];
/** What a module that carries a model is made from besides. */
export const MODEL_FOLDERS: readonly string[] = ['features/', 'models/', 'learning/'];

/** What a module is made from besides its source: the SDK, the indicators, the kernel, and how the compiler is called. */
export function toolchainHash(further: readonly string[] = []): string {
  const hash = createHash('sha256').update(readFileSync(COMPILER));
  for (const folder of [...STRATEGY_FOLDERS, ...further]) {
    const at = new URL(folder, ASSEMBLY);
    for (const file of sourcesIn(at)) hash.update(`\0${folder}${file}\0`).update(readFileSync(new URL(file, at)));
  }
  return hash.digest('hex');
}

function cacheFile(toolchain: string, source: string): URL {
  const key = createHash('sha256').update(toolchain).update('\0').update(source).digest('hex');
  return new URL(`${key}.wasm`, CACHE);
}

/** A module from its bytes, after checking that they may run. Throws an Error that says why they may not. */
export function moduleFromBytes(bytes: Uint8Array, file: string): StrategyModule {
  const wasm = new Uint8Array(bytes);
  const inspection = inspectModule(wasm);
  if (!inspection.ok) throw new Error(`${file} is not a strategy module that may run: ${inspection.reason}`);
  return { wasm, version: createHash('sha256').update(wasm).digest('hex'), description: inspection.description };
}

function readCached(file: URL): StrategyModule | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const wasm = new Uint8Array(bytes);
  // A damaged file of the cache is as good as none.
  const inspection = inspectModule(wasm);
  return inspection.ok ? moduleFromBytes(wasm, file.pathname) : undefined;
}

function writeCached(file: URL, wasm: Uint8Array): void {
  mkdirSync(CACHE, { recursive: true });
  // Written aside and renamed, so that a reader never sees half a file.
  const partial = new URL(`${file.href}.${process.pid}.partial`);
  writeFileSync(partial, wasm);
  renameSync(partial, file);
}

/** The module that `compile` makes, from the cache where the toolchain of this hash has made it of the same source before. */
export async function cachedModule(toolchain: string, source: string, compile: () => Promise<StrategyModule>): Promise<StrategyModule> {
  const file = cacheFile(toolchain, source);
  const cached = readCached(file);
  if (cached !== undefined) return cached;
  const module = await compile();
  writeCached(file, module.wasm);
  return module;
}

async function compileOurs({ name, source }: BuiltInStrategy): Promise<StrategyModule> {
  const result = await compileStrategy(source, { name: `${name}.ts` });
  if (result.ok) return result.module;
  const errors = result.errors.map((error) => `${error.file}:${error.line}:${error.column} ${error.message}`);
  throw new Error(`Invariant: the built-in strategy ${name} compiles. ${errors.join('; ')}`);
}

const opened = new Map<string, Promise<StrategyModule>>();

/** A built-in strategy's module, from the cache where it is there. Throws for a name that is not built in. */
export function compileBuiltIn(name: string): Promise<StrategyModule> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const strategy = builtInStrategies().find((each) => each.name === name);
  if (strategy === undefined) {
    const names = builtInStrategies().map((each) => each.name);
    return Promise.reject(new Error(`There is no built-in strategy ${JSON.stringify(name)}; there are ${names.join(', ')}`));
  }
  const module = cachedModule(toolchainHash(), strategy.source, () => compileOurs(strategy));
  opened.set(name, module);
  module.catch(() => opened.delete(name));
  return module;
}

/** Compiles every built-in strategy into the cache, so that a start does not. */
export async function compileBuiltIns(): Promise<readonly StrategyModule[]> {
  const modules: StrategyModule[] = [];
  for (const { name } of builtInStrategies()) modules.push(await compileBuiltIn(name));
  return modules;
}
