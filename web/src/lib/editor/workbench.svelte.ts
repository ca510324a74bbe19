import type { BacktestResult, CompileError, CompileResult, ParameterValues, StrategyModule } from '@tidemark/compute/types';
import type { ToldBar } from './bars.ts';
import type { RunRequest } from './run.worker.ts';
import { Ended, WorkerClient } from '#lib/worker/worker-client.ts';
import { openCompiler, openRunner } from './workers.ts';

/** Typing pauses so long before the compiler begins. */
const PAUSE_MS = 400;
const COMPILE_DEADLINE_MS = 60_000;
const RUN_DEADLINE_MS = 20_000;
const LATE_COMPILE = `Compiling took longer than ${COMPILE_DEADLINE_MS / 1000} s and was stopped: is there an endless loop outside onStart and onBar?`;
const LATE_RUN = `The run took longer than ${RUN_DEADLINE_MS / 1000} s and was ended: is there an endless loop?`;
const SUPERSEDED = 'superseded';

export interface RunInput {
  readonly symbol: string;
  readonly bars: readonly ToldBar[];
  readonly parameters: ParameterValues;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Compiles what is typed and runs what was compiled, each in a thread of its own; only the newest text counts. */
export class Workbench {
  source = $state('');
  /** What the errors and the module below are of. */
  compiled = $state.raw<string>();
  errors = $state.raw<readonly CompileError[]>([]);
  module = $state.raw<StrategyModule>();
  compiling = $state(false);
  running = $state(false);
  result = $state.raw<BacktestResult>();
  failure = $state<string>();
  /** How long the last run took, with its bars' way into the worker. */
  tookMs = $state(0);

  readonly isCurrent = $derived(this.compiled === this.source);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;
  #ran = 0;
  readonly #compiler = new WorkerClient<string, CompileResult>(openCompiler);
  readonly #runner = new WorkerClient<RunRequest, BacktestResult>(openRunner);

  /** Loads the compiler while the page is read. */
  open(source: string): void {
    this.#compiler.warm();
    this.#runner.warm();
    this.edit(source, 0);
  }

  edit(source: string, pauseMs = PAUSE_MS): void {
    this.source = source;
    if (this.running) this.stop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#compile(), pauseMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#compiler.end(SUPERSEDED);
    this.#runner.end(SUPERSEDED);
  }

  /** Ends a run in the middle of it. */
  stop(): void {
    this.#ran += 1;
    this.running = false;
    this.#runner.end(SUPERSEDED);
    this.#runner.warm();
  }

  async run({ symbol, bars, parameters }: RunInput): Promise<void> {
    const { module } = this;
    if (module === undefined) return;
    if (this.running) this.stop();
    this.#ran += 1;
    const mine = this.#ran;
    this.running = true;
    const startedAt = performance.now();
    try {
      // What is handed to a worker is copied, and the reactive wrapping of a form's values cannot be.
      const result = await this.#runner.ask({ module, symbol, bars, parameters: { ...parameters } }, RUN_DEADLINE_MS, LATE_RUN);
      if (mine !== this.#ran) return;
      this.result = result;
      this.failure = undefined;
      this.tookMs = performance.now() - startedAt;
    } catch (error) {
      if (mine !== this.#ran) return;
      this.result = undefined;
      this.failure = messageOf(error);
    }
    this.running = false;
  }

  /** One text at a time: while the compiler is at one, the next waits, and only the newest of those that wait is taken. */
  async #compile(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.compiling = true;
    while (this.compiled !== this.source) {
      const { source } = this;
      const answer = await this.#ask(source);
      if (answer === undefined) break;
      this.compiled = source;
      this.module = answer.ok ? answer.module : undefined;
      this.errors = answer.ok ? [] : answer.errors;
    }
    this.compiling = false;
    this.#isBusy = false;
  }

  async #ask(source: string): Promise<CompileResult | undefined> {
    try {
      return await this.#compiler.ask(source, COMPILE_DEADLINE_MS, LATE_COMPILE);
    } catch (error) {
      if (error instanceof Ended && error.message === SUPERSEDED) return undefined;
      return { ok: false, errors: [{ file: 'strategy.ts', line: 1, column: 1, message: messageOf(error) }] };
    }
  }
}
