import type { Watch } from './watch-service.ts';

export interface UntilEnded {
  /** Aborts when the work has ended in another way. */
  readonly signal: AbortSignal;
  stop(): void;
}

export interface EndedSources {
  readonly watch: Pick<Watch, 'add'>;
  readonly report: (what: string, error: unknown) => void;
  /** What is recorded of the work; `undefined` where it is gone. */
  readonly stateOf: (id: string) => Promise<string | undefined>;
}

/** Whether somebody, in this process or another, ended what is worked on here: it neither waits nor runs any longer. */
export function untilEnded(id: string, { watch, report, stateOf }: EndedSources): UntilEnded {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    const state = await stateOf(id);
    if (state !== 'queued' && state !== 'running') ended.abort(new Error(`${id} is ${state ?? 'gone'}`));
  };
  const stop = watch.add(id, () => void look().catch((error: unknown) => report(`${id} could not be looked at`, error)));
  return { signal: ended.signal, stop };
}
