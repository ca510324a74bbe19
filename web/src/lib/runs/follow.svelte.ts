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

export function followRuns(ids: () => readonly string[], apply: (run: RunPartsFragment) => void): void {
  follow(ids, (id, next) => live.subscribe(RunLiveDocument, { id }, ({ runProgress }) => next(runProgress)), apply);
}
