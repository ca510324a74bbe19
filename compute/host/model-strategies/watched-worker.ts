import type { LabelSpec } from '../datasets/dataset-spec.ts';
import { openKillableWorker } from '../killable-worker.ts';
import { askStrategyThread, START_MS_MIN, type StrategyWorkerSetup } from '../strategy-worker.ts';
import { checkedWish } from '../strategy.ts';
import type { Slice, StrategyModule } from '../types.ts';
import type { BarOutcome, PendingBar, WatchedAnswer } from './watched-module.ts';
import type { WatchedRequest } from './watched-thread.ts';

/** A {@link WatchedModule} in a thread of its own. After a StrategyTrap it is gone, and every later call says the same. */
export interface WatchedWorker {
  readonly version: string;
  readonly warmUp: number;
  onBars(slice: Slice): Promise<WatchedAnswer>;
  outcomes(label: LabelSpec, pending: readonly PendingBar[]): Promise<readonly BarOutcome[]>;
  close(): Promise<void>;
}

const HEAP_MB_MAX = 128;

/** Rejects with what opening a strategy's worker rejects with; with a StrategyTrap also where the module does not carry this model. */
export async function openWatchedWorker(module: StrategyModule, setup: StrategyWorkerSetup, model: Uint8Array): Promise<WatchedWorker> {
  const { parameters, symbols, deadlineMs } = setup;
  const worker = openKillableWorker(new URL('watched-thread.ts', import.meta.url), HEAP_MB_MAX);
  const ask = (request: WatchedRequest, withinMs = deadlineMs): Promise<unknown> => askStrategyThread(worker, request, withinMs);
  const warmUp = await ask({ kind: 'open', module, setup: { parameters, symbols }, model }, Math.max(deadlineMs, START_MS_MIN));
  return {
    version: module.version,
    warmUp: Number(warmUp),
    onBars: async (slice) => {
      const { wishes, predictions } = (await ask({ kind: 'onBars', slice })) as WatchedAnswer;
      return { wishes: wishes.map((wish) => checkedWish(wish, symbols.length)), predictions };
    },
    outcomes: async (label, pending) => (await ask({ kind: 'outcomes', label, pending })) as readonly BarOutcome[],
    close: () => worker.close(),
  };
}
