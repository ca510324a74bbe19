import { ParameterError } from './errors.ts';
import { openKillableWorker, type KillableWorker } from './killable-worker.ts';
import type { StrategyRequest } from './strategy-thread.ts';
import { checkedWish, type StrategySetup } from './strategy.ts';
import { StrategyTrap, type Slice, type SliceWish, type StrategyModule } from './types.ts';

export interface StrategyWorkerSetup extends StrategySetup {
  /** Milliseconds that the strategy has for one slice. */
  readonly deadlineMs: number;
}

/** A strategy in a thread of its own. After a {@link StrategyTrap} it is gone, and every later call says the same. */
export interface StrategyWorker {
  readonly version: string;
  readonly warmUp: number;
  onBars(slice: Slice): Promise<readonly SliceWish[]>;
  close(): Promise<void>;
}

const HEAP_MB_MAX = 64;
/** Starting compiles the module first: it has at least this long. */
export const START_MS_MIN = 2_000;

function asTrap(error: unknown): Error {
  if (error instanceof StrategyTrap || error instanceof ParameterError) return error;
  return new StrategyTrap(error instanceof Error ? error.message : String(error), { cause: error });
}

/** Asks the thread of a strategy; one that fails or is late is ended. Rejects with a {@link StrategyTrap}. */
export async function askStrategyThread(worker: KillableWorker, request: unknown, deadlineMs: number): Promise<unknown> {
  try {
    return await worker.request(request, { deadlineMs, late: `The strategy took longer than ${deadlineMs} ms and was ended` });
  } catch (error) {
    const trap = asTrap(error);
    await worker.close(trap);
    throw trap;
  }
}

/**
 * Opens a strategy in a worker thread: an endless loop is ended at its deadline, and a crash hurts this strategy only.
 * Rejects with `ParameterError` for parameters that it does not take, and with `StrategyTrap` when it fails.
 */
export async function openStrategyWorker(module: StrategyModule, setup: StrategyWorkerSetup): Promise<StrategyWorker> {
  const { parameters, symbols, deadlineMs } = setup;
  const worker = openKillableWorker(new URL('strategy-thread.ts', import.meta.url), HEAP_MB_MAX);
  const ask = (request: StrategyRequest, withinMs: number): Promise<unknown> => askStrategyThread(worker, request, withinMs);
  const warmUp = await ask({ kind: 'open', module, setup: { parameters, symbols } }, Math.max(deadlineMs, START_MS_MIN));
  const onBars = async (slice: Slice): Promise<readonly SliceWish[]> => {
    const wishes = (await ask({ kind: 'onBars', slice }, deadlineMs)) as readonly SliceWish[];
    return wishes.map((wish) => checkedWish(wish, symbols.length));
  };
  return { version: module.version, warmUp: Number(warmUp), onBars, close: () => worker.close() };
}
