import asc from 'assemblyscript/asc';
import binaryen from 'binaryen';
import { DESCRIPTION_SECTION, problemOfDescription, readDescription } from './description.ts';
import { problemOfModule } from './inspect.ts';
import { lengthProblem } from './source-length.ts';
import { findViolations, hasOuterState } from './source-rules.ts';
import { MEMORY_PAGES_MAX } from './strategy-abi.ts';
import { guarded, startModule } from './strategy-module.ts';
import type { CompileError, CompileResult, CompileSource, Library } from './types.ts';
import { withCustomSection } from './wasm-sections.ts';

const LIBRARY = 'sdk';
/** The author's file stays as it is, in a file of its own, so that lines and columns are the author's. */
const AUTHOR = 'strategy.ts';
const ENTRY = 'module.ts';
const ENTRY_SOURCE = `import Author from './strategy';
import { setStrategy } from 'tidemark/kernel/decide';
setStrategy(() => new Author());
export * from 'tidemark/kernel/exports';
`;
/** What a module of a model adds: what the model sees and says, for whoever wants to look. */
const MODEL_EXPORTS = "export * from 'tidemark/models/exports';\n";
const CARRIED = 'tidemark/models/carried.ts';
const NO_CLASS =
  "The file must have `export default class … extends Strategy`, with Strategy from 'tidemark', and a constructor without parameters.";

const FLAGS =
  `${ENTRY} --outFile module.wasm --lib ${LIBRARY} --runtime minimal --exportStart _start --maximumMemory ${MEMORY_PAGES_MAX} --optimizeLevel 3 --enable simd --noUnsafe`.split(
    ' ',
  );

const ERROR_CATEGORY = 3;
const ERRORS_MAX = 50;

interface Diagnostic {
  readonly message: string;
  readonly category: number;
  readonly range: { readonly start: number; readonly source: { readonly normalizedPath: string } | null } | null;
}

function readLibrary(name: string, library: Library, carried: string | undefined): string | null {
  if (name === 'tidemark.ts') return "export * from './tidemark/sdk/index';";
  if (name === CARRIED) return carried ?? null;
  const path = /^tidemark\/((?:sdk|kernel|indicators|sweep|features|models|learning)\/[a-z0-9-]+\.ts)$/.exec(name)?.[1];
  return path === undefined ? null : library(path);
}

/** Line and column, from 1, of an offset. */
export function positionOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

function toError(diagnostic: Diagnostic, source: string, file: string): CompileError {
  const isAuthors = diagnostic.range?.source?.normalizedPath === AUTHOR;
  if (isAuthors && diagnostic.range !== null) return { file, ...positionOf(source, diagnostic.range.start), message: diagnostic.message };
  const isEntry = diagnostic.range?.source?.normalizedPath === ENTRY;
  return { file, line: 1, column: 1, message: isEntry ? NO_CLASS : diagnostic.message };
}

interface Assembled {
  readonly wasm: Uint8Array | undefined;
  readonly errors: readonly CompileError[];
}

/** `carried` is the library's file in which a module of a model holds the model. */
async function assemble(source: string, file: string, library: Library, entry = ENTRY_SOURCE, carried?: string): Promise<Assembled> {
  let wasm: Uint8Array | undefined;
  const errors: CompileError[] = [];
  const files: Readonly<Record<string, string>> = { [ENTRY]: entry, [AUTHOR]: source };
  const { error } = await asc.main(FLAGS, {
    readFile: (name, folder) => (folder === LIBRARY ? readLibrary(name, library, carried) : (files[name] ?? null)),
    writeFile: (name, content) => {
      if (name.endsWith('.wasm') && typeof content !== 'string') wasm = content;
    },
    listFiles: () => [],
    stdout: { write: () => undefined },
    stderr: { write: () => undefined },
    reportDiagnostic: (diagnostic) => {
      const each: Diagnostic = diagnostic;
      if (each.category === ERROR_CATEGORY && errors.length < ERRORS_MAX) errors.push(toError(each, source, file));
    },
  });
  if (error !== null && errors.length === 0) errors.push({ file, line: 1, column: 1, message: error.message });
  return { wasm, errors };
}

const ALWAYS_INLINE_MAX = 100;
const FLEXIBLE_INLINE_MAX = 300;
const ONE_CALLER_INLINE_MAX = 10_000;

/**
 * Calls inlined further than the compiler does: a strategy's bar is many small functions, and a third of its time went into calling them.
 * The same bytes in, the same bytes out.
 */
function inlineFurther(wasm: Uint8Array): Uint8Array {
  const { MVP, SIMD128, BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals } = binaryen.Features;
  const module = binaryen.readBinaryWithFeatures(
    wasm,
    MVP | SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | NontrappingFPToInt | MutableGlobals,
  );
  try {
    binaryen.setAlwaysInlineMaxSize(ALWAYS_INLINE_MAX);
    binaryen.setFlexibleInlineMaxSize(FLEXIBLE_INLINE_MAX);
    binaryen.setOneCallerInlineMaxSize(ONE_CALLER_INLINE_MAX);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    module.runPasses(['inlining-optimizing']);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Where the author uses what no strategy has; the compiled module only tells that it is used. */
function placeOf(source: string, reason: string): { readonly line: number; readonly column: number } {
  const word = /Math\.random|Date\.now|trace/.exec(reason)?.[0] ?? 'declare';
  const offset = source.indexOf(word);
  return offset < 0 ? { line: 1, column: 1 } : positionOf(source, offset);
}

/** SHA-256 in hex: by the interface that Node and browsers share. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex();
}

async function describe(wasm: Uint8Array, source: string, file: string): Promise<CompileResult> {
  const failed = (message: string, place = { line: 1, column: 1 }): CompileResult => ({ ok: false, errors: [{ file, ...place, message }] });
  try {
    const refused = problemOfModule(new Uint8Array(wasm));
    if (refused !== undefined) return failed(`The strategy is refused: ${refused}.`, placeOf(source, refused));
    const plain = new Uint8Array(inlineFurther(wasm));
    const exports = startModule(plain);
    const told = guarded('while describing itself', () => readDescription(exports));
    const description = { ...told, reusable: !hasOuterState(source) };
    const problem = problemOfDescription(description);
    if (problem !== undefined) return failed(problem);
    const complete = withCustomSection(plain, DESCRIPTION_SECTION, JSON.stringify(description));
    return { ok: true, module: { wasm: complete, version: await hashOf(complete), description } };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

export const compileSource: CompileSource = async (source, file, library) => {
  const tooLong = lengthProblem(source);
  if (tooLong !== undefined) return { ok: false, errors: [{ file, line: 1, column: 1, message: tooLong }] };
  const forbidden = findViolations(source).map(({ offset, message }) => ({ file, ...positionOf(source, offset), message }));
  if (forbidden.length > 0) return { ok: false, errors: forbidden };
  const { wasm, errors } = await assemble(source, file, library);
  if (errors.length > 0 || wasm === undefined) return { ok: false, errors };
  return describe(wasm, source, file);
};

/** A strategy of the library that decides by a model. */
export interface ModelSource {
  /** `compute/assembly/models/<strategy>.ts`. */
  readonly strategy: 'ml-direction' | 'ml-rank';
  /** The library's file `models/carried.ts`: see `model-strategies/carried-source.ts`. */
  readonly carried: string;
}

/** As {@link compileSource}, of a strategy of ours and a model. */
export async function compileModel({ strategy, carried }: ModelSource, library: Library): Promise<CompileResult> {
  const source = `export { default } from 'tidemark/models/${strategy}';`;
  const { wasm, errors } = await assemble(source, strategy, library, ENTRY_SOURCE + MODEL_EXPORTS, carried);
  if (errors.length > 0 || wasm === undefined) return { ok: false, errors };
  return describe(wasm, source, strategy);
}
