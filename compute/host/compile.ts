import type { ModelSource } from './compile-source.ts';
import type { CompileRequest } from './compile-thread.ts';
import { openKillableWorker, type KillableWorker } from './killable-worker.ts';
import { lengthProblem } from './source-length.ts';
import type { CompileResult, StrategyModule } from './types.ts';

export interface CompileOptions {
  /** Names the source in errors; `strategy.ts` when absent. It is no part of the module. */
  readonly name?: string;
  /** Milliseconds after which the compiler is ended; 60,000 when absent. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 60_000;
/** Our own source comes to an end, however busy the machine is. */
const MODEL_DEADLINE_MS = 600_000;
const HEAP_MB_MAX = 2048;

/** One warm compiler for the process: it takes a second to warm up, and another is started when a source had it ended. */
let worker: KillableWorker | undefined;

function warmWorker(): KillableWorker {
  if (worker?.isAlive() !== true) worker = openKillableWorker(new URL('compile-thread.ts', import.meta.url), HEAP_MB_MAX);
  return worker;
}

function failure(file: string, message: string): CompileResult {
  return { ok: false, errors: [{ file, line: 1, column: 1, message }] };
}

/** One source at a time, so that a source that has the compiler ended takes no other with it. */
let tail: Promise<unknown> = Promise.resolve();

async function compileNext(request: CompileRequest | ModelSource, file: string, deadlineMs: number): Promise<CompileResult> {
  const late = `Compiling took longer than ${deadlineMs / 1000} s and was stopped: is there an endless loop outside onStart and onBar?`;
  try {
    return (await warmWorker().request(request, { deadlineMs, late })) as CompileResult;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failure(file, message === late ? late : `The compiler gave up on this source: is it nested very deeply? (${message})`);
  }
}

/**
 * Compiles a strategy's source, with the SDK and the kernel, to one module whose SHA-256 is its version: the same source gives the
 * same bytes. Errors carry line and column in the author's file. Runs in a worker that is ended at the deadline; never throws for a
 * bad source.
 */
export function compileStrategy(source: string, options: CompileOptions = {}): Promise<CompileResult> {
  const file = options.name ?? 'strategy.ts';
  const tooLong = lengthProblem(source);
  if (tooLong !== undefined) return Promise.resolve(failure(file, tooLong));
  return inTurn({ source, file }, file, options.deadlineMs ?? DEADLINE_MS);
}

/** The module of one of our strategies with the model that it carries: the same model gives the same bytes. Throws an Error where it is refused. */
export async function compileModelStrategy(source: ModelSource): Promise<StrategyModule> {
  const result = await inTurn(source, source.strategy, MODEL_DEADLINE_MS);
  if (result.ok) return result.module;
  throw new Error(`The module of ${source.strategy} cannot be made: ${result.errors.map(({ message }) => message).join('; ')}`);
}

function inTurn(request: CompileRequest | ModelSource, file: string, deadlineMs: number): Promise<CompileResult> {
  const mine = tail.then(() => compileNext(request, file, deadlineMs));
  tail = mine;
  return mine;
}

/** Ends the warm compiler; the next source starts another. */
export async function closeCompiler(): Promise<void> {
  await worker?.close();
  worker = undefined;
}
