import { openBell } from '../jobs/bell.ts';
import type { Timers } from '../market-data/providers/timers.ts';
import { openReader } from './reader-service.ts';
import type { ReaderOptions } from './reader-service.ts';

export interface WatchOptions extends ReaderOptions {
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

export interface PredictionWatch {
  /** The last entry that was gone through. */
  readonly doneSeq: () => number;
  /** Takes no more; what is left is gone through at the next start. */
  close(): Promise<void>;
}

const RETRY_MS = 5_000;

/**
 * Follows the journal beside the engine: every decision of a strategy that carries a model is made again by its module, and what the model said is written down. Where the
 * module decides otherwise than the journal holds, people are told. After a failure it begins again from what is written down.
 */
export function startPredictionWatch(options: WatchOptions): PredictionWatch {
  const { journal, timers, report } = options;
  const bell = openBell(timers);
  /** Not rung by the journal: what fails is not tried again at each of its entries. */
  const rest = openBell(timers);
  const closing = new AbortController();
  let done = 0;

  const follow = async (): Promise<void> => {
    const reader = await openReader(options);
    try {
      while (!closing.signal.aborted) {
        const moved = await reader.takePage(closing.signal);
        done = reader.doneSeq();
        if (!moved) await bell.wait(undefined);
      }
    } finally {
      await reader.close();
    }
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (closing.signal.aborted) break;
        report('predictions could not be written down; they are tried again', error);
        await rest.wait(RETRY_MS);
      }
    }
  };
  const running = run();
  const stop = journal.onAppended(() => bell.ring());
  return {
    doneSeq: () => done,
    close: async () => {
      stop();
      closing.abort();
      bell.ring();
      rest.ring();
      await running;
    },
  };
}
