import { RunLiveDocument } from '@tidemark/schema/documents';
import type { RunPartsFragment, RunState } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';

const OVER: ReadonlySet<RunState> = new Set(['DONE', 'FAILED', 'ABORTED']);

export function isOver(state: RunState): boolean {
  return OVER.has(state);
}

/** Follows what is not over yet; make it inside a component. `ids` says which, `begin` subscribes to one, `apply` gets each change. */
export function follow<T>(
  ids: () => readonly string[],
  begin: (id: string, apply: (change: T) => void) => () => void,
  apply: (change: T) => void,
): void {
  // Joined, so that the same ones in a new list do not subscribe again.
  const key = $derived(ids().join(' '));
  $effect(() => {
    const stops = key === '' ? [] : key.split(' ').map((id) => begin(id, apply));
    return () => stops.forEach((stop) => stop());
  });
}

/** What is worked out by jobs: a run, a sweep, a walk-forward. */
export interface Worked {
  readonly id: string;
  readonly state: RunState;
}

interface OneSource<Parts, Detail> {
  readonly detail: () => Detail | undefined;
  readonly subscribe: (id: string, apply: (change: Parts) => void) => () => void;
  /** Reads the detail again. */
  readonly reload: () => void;
}

/** What was read of one, with what it has told since; read once more when it has ended. Make it inside a component. */
export function followOne<Parts extends Worked, Detail extends Parts>({
  detail,
  subscribe,
  reload,
}: OneSource<Parts, Detail>): { readonly current: Detail | undefined } {
  let pushed = $state.raw<Parts>();
  const current = $derived.by(() => {
    const read = detail();
    return read && pushed?.id === read.id && !isOver(read.state) ? { ...read, ...pushed } : read;
  });
  follow(
    () => {
      const read = detail();
      return read && !isOver(read.state) ? [read.id] : [];
    },
    subscribe,
    (next: Parts) => {
      pushed = next;
      if (isOver(next.state)) reload();
    },
  );
  return {
    get current() {
      return current;
    },
  };
}

export const subscribeRun = (id: string, apply: (run: RunPartsFragment) => void): (() => void) =>
  live.subscribe(RunLiveDocument, { id }, ({ runProgress }) => apply(runProgress));
