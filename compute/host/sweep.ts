import { availableParallelism } from 'node:os';
import { openKillableWorker, type KillableWorker } from './killable-worker.ts';
import type { BacktestRequest } from './kernel-run.ts';
import type { ParameterAxis } from './parameter-axis.ts';
import type { GridSet } from './parameter-grid.ts';
import { setEncoder, type SetEncoder } from './sweep-sets.ts';
import { refusedIn, setRowAt, type SetRow } from './sweep-rows.ts';
import type { SweepSpan } from './sweep-runner.ts';
import type { SpanBacktest, SpanBacktestRequest, SweepMessage } from './sweep-thread.ts';
import { cutSeries, type SymbolSeries } from './timeline.ts';
import { StrategyTrap, type BarSeries } from './types.ts';

export interface SweepRequest {
  /** Bars, options, strategy, and the parameters that no axis varies. */
  readonly backtest: BacktestRequest;
  readonly axes: readonly ParameterAxis[];
  /** Any number of sets, in the order in which results are wanted: they are taken as they are needed. */
  readonly sets: Iterable<GridSet>;
}

export interface SweepOptions {
  /** Threads; as many as there are processors when absent. */
  readonly threads?: number;
  /** Sets that a thread works on at a time; 512 when absent. */
  readonly chunk?: number;
  /** False: every set is run bar by bar. */
  readonly fast?: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds that one chunk may take; 600,000 when absent. */
  readonly deadlineMs?: number;
}

export interface SweepRow extends SetRow {
  readonly set: GridSet;
}

/** Results of some sets, in their order. */
export class SweepChunk {
  readonly sets: readonly GridSet[];
  /** Rows of `SET_FIELDS` numbers: see `sweep-runner.ts`. */
  readonly figures: Float64Array;
  /** Sets whose parameters break the strategy's own rule: they have no figures. */
  readonly refused: number;

  constructor(sets: readonly GridSet[], figures: Float64Array) {
    this.sets = sets;
    this.figures = figures;
    this.refused = refusedIn(figures);
  }

  /** A row for each set that was run. */
  rows(): readonly SweepRow[] {
    return this.sets.flatMap((set, index) => {
      const row = setRowAt(this.figures, index);
      return row === undefined ? [] : [{ set, ...row }];
    });
  }
}

/** Moments of the returns of some sets, in their order. */
export interface MomentsChunk {
  readonly sets: readonly GridSet[];
  readonly moments: Float64Array;
}

const CHUNK = 512;
/** At work on one and with the next at hand, a thread never waits. */
const PIECES_A_THREAD = 2;
/** Results that wait for one before them, and what is underway. */
const HELD_A_THREAD = 8;
const DEADLINE_MS = 600_000;
const HEAP_MB_MAX = 512;
const COLUMNS = ['startAtMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** The column in memory that all threads see. */
function share(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function shareSeries({ symbol, bars }: SymbolSeries, from: number | undefined, to: number | undefined): SymbolSeries {
  const cut = cutSeries(bars, from, to);
  const [startAtMs, open, high, low, close, volume] = COLUMNS.map((column) => share(cut[column]));
  if (startAtMs && open && high && low && close && volume) {
    const shared: BarSeries = { length: cut.length, startAtMs, open, high, low, close, volume };
    return { symbol, bars: shared };
  }
  throw new Error('Invariant: a series has six columns');
}

/** Sets that a thread works on. */
interface Piece<T> {
  isDone: boolean;
  readonly result: Promise<T>;
}

/** What threads do with a piece, and what comes of it. */
interface Task<T> {
  readonly encoder: SetEncoder;
  readonly message: (sets: Float64Array<ArrayBuffer>) => SweepMessage;
  readonly read: (sets: readonly GridSet[], output: Float64Array) => T;
}

/** Takes sets in pieces as they are asked for. */
function* pieces(sets: Iterable<GridSet>, length: number): Generator<readonly GridSet[], void, undefined> {
  let piece: GridSet[] = [];
  for (const set of sets) {
    piece.push(set);
    if (piece.length < length) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Threads that hold the bars and the strategy, ready for sets. They stay warm from sweep to sweep. */
export class SweepPool {
  private readonly workers: readonly KillableWorker[];
  private readonly request: SweepRequest;
  private readonly options: SweepOptions;
  private readonly opened: readonly Promise<unknown>[];
  /** Pieces that each thread has. */
  private readonly loads: number[];
  private readonly piecesMax: number;
  /** Resolved, and made anew, whenever a thread has done a piece. */
  private roomier = Promise.withResolvers<void>();

  constructor(request: SweepRequest, options: SweepOptions = {}) {
    this.request = request;
    this.options = options;
    const { backtest, axes } = request;
    const { module } = backtest;
    const encoder = setEncoder(module, axes);
    const series = backtest.series.map((each) => shareSeries(each, backtest.from, backtest.to));
    const message: SweepMessage = {
      kind: 'open',
      setup: { request: { ...backtest, series }, indexes: encoder.indexes, fast: options.fast ?? true },
    };
    const threads = Math.max(1, options.threads ?? availableParallelism());
    this.workers = Array.from({ length: threads }, () => openKillableWorker(new URL('sweep-thread.ts', import.meta.url), HEAP_MB_MAX));
    this.loads = this.workers.map(() => 0);
    this.piecesMax = HELD_A_THREAD * threads;
    this.opened = this.workers.map((worker) => this.ask(worker, message));
    // Whoever runs a sweep learns of it.
    for (const each of this.opened) each.catch(() => undefined);
  }

  private async ask(worker: KillableWorker, message: SweepMessage): Promise<unknown> {
    const deadlineMs = this.options.deadlineMs ?? DEADLINE_MS;
    const late = `A part of the sweep took longer than ${deadlineMs / 1000} s and was ended: is there an endless loop in the strategy?`;
    try {
      const transfer = message.kind === 'run' || message.kind === 'moments' ? [message.sets.buffer] : [];
      return await worker.request(message, { deadlineMs, late, transfer });
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkerLost') throw new StrategyTrap(error.message, { cause: error });
      throw error;
    }
  }

  /** The thread with the least to do. */
  private idlest(): { readonly worker: KillableWorker; readonly thread: number; readonly load: number } {
    const load = Math.min(...this.loads);
    const thread = this.loads.indexOf(load);
    const worker = this.workers[thread];
    if (worker === undefined) throw new Error('Invariant: a pool has a thread');
    return { worker, thread, load };
  }

  /**
   * Hands a piece to a thread that has room for it, and waits for one where none has: pieces differ in their work, and no thread should
   * wait for another.
   */
  private async hand<T>(piece: readonly GridSet[], task: Task<T>): Promise<Piece<T>> {
    for (;;) {
      const { worker, thread, load } = this.idlest();
      if (load < PIECES_A_THREAD) return this.begin(worker, thread, piece, task);
      await this.roomier.promise;
    }
  }

  private begin<T>(worker: KillableWorker, thread: number, sets: readonly GridSet[], task: Task<T>): Piece<T> {
    const message = task.message(task.encoder.encode(sets));
    const begun: Piece<T> = {
      isDone: false,
      result: this.work(worker, thread, message).then((output) => task.read(sets, output as Float64Array)),
    };
    // Whoever takes the result learns of a failure.
    begun.result.then(
      () => (begun.isDone = true),
      () => (begun.isDone = true),
    );
    return begun;
  }

  private async work(worker: KillableWorker, thread: number, message: SweepMessage): Promise<unknown> {
    this.loads[thread] = (this.loads[thread] ?? 0) + 1;
    try {
      return await this.ask(worker, message);
    } finally {
      this.loads[thread] = (this.loads[thread] ?? 1) - 1;
      this.roomier.resolve();
      this.roomier = Promise.withResolvers();
    }
  }

  /** Results in the order of the sets, a piece at a time; no more than eight pieces a thread are ever held. */
  private async *each<T>(sets: Iterable<GridSet>, task: Task<T>): AsyncGenerator<T, void, undefined> {
    const { signal, chunk = CHUNK } = this.options;
    await Promise.all(this.opened);
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const held: Piece<T>[] = [];
    try {
      signal?.throwIfAborted();
      for (const piece of pieces(sets, chunk)) {
        held.push(await Promise.race([aborted.promise, this.hand(piece, task)]));
        for (let first = held[0]; first !== undefined && (first.isDone || held.length >= this.piecesMax); [first] = held) {
          held.shift();
          yield await Promise.race([aborted.promise, first.result]);
        }
      }
      for (const { result } of held) yield await Promise.race([aborted.promise, result]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private encoder(): SetEncoder {
    return setEncoder(this.request.backtest.module, this.request.axes);
  }

  /** Figures of sets, over the bars of the request or over those from `span.from` to `span.to`. */
  run(sets: Iterable<GridSet> = this.request.sets, span: SweepSpan = {}): AsyncGenerator<SweepChunk, void, undefined> {
    return this.each(sets, {
      encoder: this.encoder(),
      message: (encoded) => ({ kind: 'run', sets: encoded, span }),
      read: (piece, output) => new SweepChunk(piece, output),
    });
  }

  /** What is left of each set's returns from bar to bar in each block of bars: rows as `return-moments.ts` has them. */
  moments(sets: Iterable<GridSet>, bounds: readonly number[]): AsyncGenerator<MomentsChunk, void, undefined> {
    return this.each(sets, {
      encoder: this.encoder(),
      message: (encoded) => ({ kind: 'moments', sets: encoded, bounds }),
      read: (piece, moments) => ({ sets: piece, moments }),
    });
  }

  /** One backtest in a thread of the pool. */
  async backtest(request: SpanBacktestRequest): Promise<SpanBacktest> {
    const { signal } = this.options;
    await Promise.all(this.opened);
    signal?.throwIfAborted();
    const { worker, thread } = this.idlest();
    return (await this.work(worker, thread, { kind: 'backtest', request })) as SpanBacktest;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }
}

/**
 * Runs a sweep and ends its threads. Rejects with `ParameterError` for values that the strategy does not take, `StrategyTrap` where it fails,
 * or the signal's reason.
 */
export async function* runSweep(request: SweepRequest, options: SweepOptions = {}): AsyncGenerator<SweepChunk, void, undefined> {
  const pool = new SweepPool(request, options);
  try {
    yield* pool.run();
  } finally {
    await pool.close();
  }
}
