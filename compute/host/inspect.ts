import { DESCRIPTION_SECTION, parseDescription, problemOfDescription } from './description.ts';
import { ALLOWED_IMPORTS, MEMORY_PAGES_MAX, REQUIRED_EXPORTS, STRATEGY_ABI } from './strategy-abi.ts';
import type { StrategyDescription } from './types.ts';
import { hasLaterSections, hasOnlyNumbers, readFunctionLimits, readTableElementsMax } from './wasm-limits.ts';
import { countFunctions, hasStartFunction, readMemoryLimits } from './wasm-sections.ts';

export type Inspection = { readonly ok: true; readonly description: StrategyDescription } | { readonly ok: false; readonly reason: string };

export const MODULE_BYTES_MAX = 1024 * 1024;
const FUNCTIONS_MAX = 10_000;
const TABLE_ELEMENTS_MAX = 10_000;
/**
 * While the engine compiles a function it keeps, for each branch, a note of every local and of everything on the stack: memory that no limit
 * of a thread counts, and that grows with the square of the function. This much is some hundred megabytes at worst.
 */
const FUNCTION_BYTES_MAX = 32 * 1024;
const LOCALS_MAX = 1_000;

const UNAVAILABLE: Readonly<Record<string, string>> = {
  'env.seed': 'randomness (Math.random) is not available to a strategy',
  'env.Date.now': 'the clock (Date.now) is not available to a strategy; use this.time',
  'env.trace': 'trace is not available to a strategy',
};

function problemOfImports(module: WebAssembly.Module): string | undefined {
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const full = `${from}.${name}`;
    if (!ALLOWED_IMPORTS.includes(full))
      return UNAVAILABLE[full] ?? `the import ${full} is not allowed: a strategy has no access to the outside`;
  }
  return undefined;
}

function problemOfMemory(wasm: Uint8Array): string | undefined {
  const memory = readMemoryLimits(wasm);
  if (memory.count !== 1) return `it declares ${memory.count} memories; it must declare one`;
  if (memory.shared || memory.wide) return 'its memory is shared or 64-bit, which is not allowed';
  if (memory.pagesMax === undefined) return 'its memory declares no maximum';
  if (memory.pagesMax > MEMORY_PAGES_MAX) return `its memory may grow to ${memory.pagesMax} pages; at most ${MEMORY_PAGES_MAX} are allowed`;
  return undefined;
}

function problemOfSize(wasm: Uint8Array): string | undefined {
  if (countFunctions(wasm) > FUNCTIONS_MAX) return `it has more than ${FUNCTIONS_MAX} functions`;
  const { bytes, locals, numbers } = readFunctionLimits(wasm);
  if (bytes > FUNCTION_BYTES_MAX)
    return `it has a function of ${bytes} bytes; at most ${FUNCTION_BYTES_MAX} are allowed: split it into smaller ones`;
  if (locals > LOCALS_MAX) return `it has a function with ${locals} locals; at most ${LOCALS_MAX} are allowed`;
  if (!numbers || hasLaterSections(wasm) || !hasOnlyNumbers(wasm))
    return 'it uses types or sections that the compiler of strategies never writes';
  const elements = readTableElementsMax(wasm);
  if (elements === undefined) return 'its tables may grow without end, or hold more than functions';
  if (elements > TABLE_ELEMENTS_MAX) return `its tables may have ${elements} elements; at most ${TABLE_ELEMENTS_MAX} are allowed`;
  return hasStartFunction(wasm) ? 'it has a start function; strategies export _start instead' : undefined;
}

function problemOfExports(module: WebAssembly.Module): string | undefined {
  const exports = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = REQUIRED_EXPORTS.find((name) => exports.get(name) !== (name === 'memory' ? 'memory' : 'function'));
  return missing === undefined ? undefined : `it does not export ${missing}: it is not a strategy module`;
}

function inspectDescription(module: WebAssembly.Module): Inspection {
  const [section] = WebAssembly.Module.customSections(module, DESCRIPTION_SECTION);
  const description = section === undefined ? undefined : parseDescription(new TextDecoder().decode(section));
  if (description === undefined) return { ok: false, reason: 'it carries no readable description: compile it with `tidemark compile`' };
  if (description.abi !== STRATEGY_ABI)
    return { ok: false, reason: `it speaks ABI ${description.abi}, this program ${STRATEGY_ABI}: compile it again` };
  const reason = problemOfDescription(description);
  return reason === undefined ? { ok: true, description } : { ok: false, reason };
}

/** Why bytes may not run as a strategy, whatever they say of themselves; `undefined` when they may. Nothing of them runs to find out. */
export function problemOfModule(wasm: Uint8Array<ArrayBuffer>): string | undefined {
  if (wasm.length > MODULE_BYTES_MAX) return `it has ${wasm.length} bytes; at most ${MODULE_BYTES_MAX} are allowed`;
  if (!WebAssembly.validate(wasm)) return 'it is not a valid WebAssembly module';
  const reason = problemOfSize(wasm) ?? problemOfMemory(wasm);
  if (reason !== undefined) return reason;
  const module = new WebAssembly.Module(wasm);
  return problemOfImports(module) ?? problemOfExports(module);
}

/**
 * Whether bytes are a strategy module that may run. What it computes is its own word: a module that this program did not compile
 * could look ahead inside its own backtest, though never outside its memory.
 */
export function inspectModule(wasm: Uint8Array<ArrayBuffer>): Inspection {
  const reason = problemOfModule(wasm);
  return reason === undefined ? inspectDescription(new WebAssembly.Module(wasm)) : { ok: false, reason };
}
