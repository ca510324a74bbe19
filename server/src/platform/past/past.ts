import { Worker } from 'node:worker_threads';
import type { Feeding } from '../../engine/recorded-lives.ts';
import type { ReplayProblem } from '../../engine/replay-journal.ts';
import type { EngineState } from '../../engine/state.ts';

/** Where a thread of its own finds the journal. */
export type JournalPlace =
  | { readonly kind: 'files'; readonly dir: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string | undefined };

export interface PastWorkerData {
  readonly place: JournalPlace;
  /** The state before the first entry. */
  readonly initial: EngineState;
}

export type PastRequest =
  | { readonly kind: 'state'; readonly id: number; readonly seq: number }
  | { readonly kind: 'keep'; readonly id: number; readonly seq: number }
  | { readonly kind: 'life'; readonly id: number; readonly seq: number; readonly strategyId: string }
  | { readonly kind: 'close' };
export type PastReply =
  | { readonly kind: 'state'; readonly id: number; readonly state: EngineState; readonly problem: ReplayProblem | undefined }
  | { readonly kind: 'life'; readonly id: number; readonly life: readonly Feeding[]; readonly problem: ReplayProblem | undefined }
  | { readonly kind: 'kept'; readonly id: number; readonly problem: ReplayProblem | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'ignored'; readonly message: string };

/** The past could not be read, or not in time. */
export class PastUnavailable extends Error {
  override readonly name = 'PastUnavailable';
}

/** What was known at an entry, worked out in a thread beside the engine's: trading never waits for it. */
export interface Past {
  /** Throws {@link PastUnavailable}. */
  readonly stateAt: (seq: number) => Promise<{ readonly state: EngineState; readonly problem: ReplayProblem | undefined }>;
  /** Writes a snapshot of the state after this entry. Throws {@link PastUnavailable}. */
  readonly keep: (seq: number) => Promise<ReplayProblem | undefined>;
  /** What a strategy's module was fed up to this entry since it was last enabled. Throws {@link PastUnavailable}. */
  readonly lifeAt: (
    seq: number,
    strategyId: string,
  ) => Promise<{ readonly life: readonly Feeding[]; readonly problem: ReplayProblem | undefined }>;
  readonly close: () => Promise<void>;
}

type PastQuestion =
  { readonly kind: 'state' | 'keep'; readonly seq: number } | { readonly kind: 'life'; readonly seq: number; readonly strategyId: string };

export interface PastOptions extends PastWorkerData {
  readonly onWarning: (message: string) => void;
  /** A question that takes longer fails, and its thread ends with it. */
  readonly deadlineMs?: number;
  /** A thread that nobody asks ends, and gives its memory back. */
  readonly idleMs?: number;
}

interface Waiter {
  readonly resolve: (reply: PastReply) => void;
  readonly reject: (error: PastUnavailable) => void;
  readonly timer: NodeJS.Timeout;
}

const DEADLINE_MS = 60_000;
const IDLE_MS = 120_000;

/** One thread at work, with the questions that wait for it. */
interface PastThread {
  readonly ask: (request: PastQuestion) => Promise<PastReply>;
  readonly close: () => Promise<void>;
}

function startThread(data: PastWorkerData, deadlineMs: number, onWarning: (message: string) => void, onGone: () => void): PastThread {
  const worker = new Worker(new URL('./past-worker.ts', import.meta.url), { workerData: data });
  // A reader of the past keeps no process alive.
  worker.unref();
  const waiters = new Map<number, Waiter>();
  let lastId = 0;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const fail = (why: string): void => {
    onGone();
    for (const { reject, timer } of waiters.values()) {
      clearTimeout(timer);
      reject(new PastUnavailable(why));
    }
    waiters.clear();
  };
  worker.on('error', (error: unknown) => fail(`The reader of the past failed: ${error instanceof Error ? error.message : String(error)}`));
  worker.on('exit', () => fail('The reader of the past has ended'));
  worker.on('message', (reply: PastReply) => {
    if (reply.kind === 'ignored') return onWarning(reply.message);
    const waiter = waiters.get(reply.id);
    waiters.delete(reply.id);
    if (waiter === undefined) return;
    clearTimeout(waiter.timer);
    if (reply.kind === 'failed') waiter.reject(new PastUnavailable(`The past could not be read: ${reply.message}`));
    else waiter.resolve(reply);
  });
  return {
    ask: async (request) =>
      await new Promise((resolve, reject) => {
        const id = ++lastId;
        const timer = setTimeout(() => {
          fail(`The past was not worked out within ${deadlineMs / 1000} s`);
          void worker.terminate();
        }, deadlineMs);
        waiters.set(id, { resolve, reject, timer });
        worker.postMessage({ ...request, id } satisfies PastRequest);
      }),
    close: async () => {
      worker.postMessage({ kind: 'close' } satisfies PastRequest);
      await exited;
    },
  };
}

/** The thread is started by the first question, and ends when nobody asks for a while. */
export function openPast({ onWarning, deadlineMs = DEADLINE_MS, idleMs = IDLE_MS, ...data }: PastOptions): Past {
  let thread: PastThread | undefined;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;
  const ask: PastThread['ask'] = async (request) => {
    if (closed) throw new PastUnavailable('The reader of the past is closed');
    clearTimeout(idle);
    const started = (thread ??= startThread(data, deadlineMs, onWarning, () => {
      if (thread === started) thread = undefined;
    }));
    try {
      return await started.ask(request);
    } finally {
      clearTimeout(idle);
      idle = setTimeout(() => {
        const resting = thread;
        thread = undefined;
        void resting?.close();
      }, idleMs).unref();
    }
  };
  return {
    stateAt: async (seq) => {
      const reply = await ask({ kind: 'state', seq });
      if (reply.kind !== 'state') throw new Error(`Invariant: a state was asked for, and ${reply.kind} came`);
      return { state: reply.state, problem: reply.problem };
    },
    keep: async (seq) => {
      const reply = await ask({ kind: 'keep', seq });
      if (reply.kind !== 'kept') throw new Error(`Invariant: a snapshot was asked for, and ${reply.kind} came`);
      return reply.problem;
    },
    lifeAt: async (seq, strategyId) => {
      const reply = await ask({ kind: 'life', seq, strategyId });
      if (reply.kind !== 'life') throw new Error(`Invariant: a life was asked for, and ${reply.kind} came`);
      return { life: reply.life, problem: reply.problem };
    },
    close: async () => {
      closed = true;
      clearTimeout(idle);
      await thread?.close();
    },
  };
}
