import { RunLiveDocument } from '@tidemark/schema/documents';
import type { RunPartsFragment, RunState } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';

const OVER: ReadonlySet<RunState> = new Set(['DONE', 'FAILED', 'ABORTED']);

export function isOver(state: RunState): boolean {
  return OVER.has(state);
}

/** Follows runs that are not over yet; make it inside a component. `ids` says which, `apply` gets each change. */
export function followRuns(ids: () => readonly string[], apply: (run: RunPartsFragment) => void): void {
  // Joined, so that the same runs in a new list do not subscribe again.
  const key = $derived(ids().join(' '));
  $effect(() => {
    const stops =
      key === '' ? [] : key.split(' ').map((id) => live.subscribe(RunLiveDocument, { id }, ({ runProgress }) => apply(runProgress)));
    return () => stops.forEach((stop) => stop());
  });
}
