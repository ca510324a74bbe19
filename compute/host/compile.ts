import { Worker } from 'node:worker_threads';
import type { CompileRequest } from './compile-thread.ts';
import type { CompileResult } from './types.ts';

export interface CompileOptions {
  /** Names the source in errors; `strategy.ts` when absent. It is no part of the module. */
  readonly name?: string;
  /** Milliseconds after which the compiler is ended; 60,000 when absent. */
  readonly deadlineMs?: number;
}

export const SOURCE_CHARACTERS_MAX = 64 * 1024;
const DEADLINE_MS = 60_000;
const HEAP_MB_MAX = 2048;

interface Job {
  readonly request: CompileRequest;
  readonly deadlineMs: number;
  readonly resolve: (result: CompileResult) => void;
}

/** One warm compiler for the process: it takes a second to warm up, and is ended when a source takes too long. */
let worker: Worker | undefined;
let running: Job | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let nextId = 1;
const waiting: Job[] = [];

function failure(file: string, message: string): CompileResult {
  return { ok: false, errors: [{ file, line: 1, column: 1, message }] };
}

function settle(result: CompileResult): void {
  const job = running;
  clearTimeout(timer);
  running = undefined;
  // A resting compiler does not keep the process alive.
  worker?.unref();
  job?.resolve(result);
  startNext();
}

function drop(message: string): void {
  const dropped = worker;
  worker = undefined;
  if (running !== undefined) settle(failure(running.request.file, message));
  dropped?.terminate().catch((error: unknown) => {
    throw error;
  });
}

function openWorker(): Worker {
  const opened = new Worker(new URL('compile-thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
  opened.on('message', (answer: { readonly id: number; readonly result: CompileResult }) => {
    if (running?.request.id === answer.id) settle(answer.result);
  });
  opened.on('error', (error) => {
    if (worker === opened) drop(`The compiler stopped: ${error instanceof Error ? error.message : String(error)}`);
  });
  return opened;
}

function startNext(): void {
  if (running !== undefined) return;
  running = waiting.shift();
  if (running === undefined) return;
  worker ??= openWorker();
  worker.ref();
  const { deadlineMs } = running;
  timer = setTimeout(() => drop(`Compiling took longer than ${deadlineMs / 1000} s and was stopped.`), deadlineMs);
  worker.postMessage(running.request);
}

/**
 * Compiles a strategy's source, with the SDK and the kernel, to one module whose SHA-256 is its version: the same source gives the
 * same bytes. Errors carry line and column in the author's file. Runs in a worker that is ended at the deadline; never throws for a
 * bad source.
 */
export function compileStrategy(source: string, options: CompileOptions = {}): Promise<CompileResult> {
  const file = options.name ?? 'strategy.ts';
  if (source.length > SOURCE_CHARACTERS_MAX) {
    return Promise.resolve(failure(file, `The source has ${source.length} characters; at most ${SOURCE_CHARACTERS_MAX} are allowed.`));
  }
  return new Promise((resolve) => {
    waiting.push({ request: { id: nextId, source, file }, deadlineMs: options.deadlineMs ?? DEADLINE_MS, resolve });
    nextId += 1;
    startNext();
  });
}

/** Ends the warm compiler; the next source starts another. */
export function closeCompiler(): void {
  drop('The compiler was closed.');
}
