import type { Instant } from '../money/instant.ts';
import type { Watch } from './watch-service.ts';

/** What is worked on, by its id, as the tables know it. */
export interface LifeParts {
  readonly watch: Pick<Watch, 'add' | 'notify'>;
  readonly report: (what: string, error: unknown) => void;
}

/** Aborts when it has ended in another way: somebody aborted it, in this process or another. */
export function untilEnded(
  id: string,
  stateOf: () => Promise<string | undefined>,
  { watch, report }: LifeParts,
): { readonly signal: AbortSignal; stop(): void } {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    const state = await stateOf();
    if (state !== 'queued' && state !== 'running') ended.abort(new Error(`${id} is ${state ?? 'gone'}`));
  };
  const stop = watch.add(id, () => void look().catch((error: unknown) => report(`${id} could not be looked at`, error)));
  return { signal: ended.signal, stop };
}

const PROGRESS_MS_MIN = 250;

/** Writes how far it is, not more often than people can see. */
export function writtenProgress(
  id: string,
  write: (fraction: number) => Promise<unknown>,
  { watch, report, now }: LifeParts & { readonly now: () => Instant },
): { readonly note: (fraction: number) => void; readonly settled: () => Promise<void> } {
  let writtenAtMs = 0;
  let last: Promise<void> = Promise.resolve();
  const failed = (error: unknown): void => report(`the progress of ${id} was not written`, error);
  const written = async (fraction: number): Promise<void> => {
    await write(fraction);
    watch.notify(id);
  };
  return {
    note: (fraction) => {
      if (now() - writtenAtMs < PROGRESS_MS_MIN) return;
      writtenAtMs = now();
      last = last.then(() => written(fraction)).catch(failed);
    },
    settled: () => last,
  };
}
