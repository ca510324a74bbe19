import { setTimeout as sleep } from 'node:timers/promises';
import { noteRead } from './live-run.ts';
import type { LiveRun } from './live-run.ts';
import { WakeUp } from './wake-up.ts';

export interface StateSource<V> {
  read(): V;
  onChange(listener: () => void): () => void;
}

export interface StateOptions<V> {
  /** Whether a reader of `before` must hear of `now`. */
  readonly changed: (before: V, now: V) => boolean;
  /** The least time between two values, in milliseconds. */
  readonly restMs: number;
  /** Where the operation does not run for one reader alone: hears when a value is read. */
  readonly run?: LiveRun | undefined;
}

/** Waits, or wakes early when the reader goes away. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * The newest value at once, then the newest again whenever it has changed: what came and went between two reads is left out. Nothing
 * queues: a slow reader only sees fewer values.
 */
export async function* states<V, T>(
  source: StateSource<V>,
  { changed, restMs, run }: StateOptions<V>,
  show: (value: V, before: V | undefined) => Promise<T> | T,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const wake = new WakeUp(signal);
  const stop = source.onChange(() => wake.now());
  try {
    noteRead(run);
    let value = source.read();
    yield await show(value, undefined);
    while (!signal.aborted) {
      await rest(restMs, signal);
      const before = value;
      await wake.next(() => changed(before, source.read()));
      noteRead(run);
      value = source.read();
      if (!signal.aborted && changed(before, value)) yield await show(value, before);
      else value = before;
    }
  } finally {
    stop();
  }
}
