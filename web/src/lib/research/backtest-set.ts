import { BacktestSetDocument } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';
import { showStarted } from '#lib/runs/show-started.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

export interface ParameterPair {
  readonly name: string;
  readonly value: string;
}

/** Starts the whole backtest of one set of a sweep or a walk-forward, and shows it. */
export async function backtestSet(id: string, set: readonly ParameterPair[]): Promise<void> {
  const parameters = set.map(({ name, value }) => ({ name, value }));
  const answer = await live.mutate(BacktestSetDocument, { id, parameters });
  if (!answer.ok) {
    toasts.bad(answer.message);
    return;
  }
  await showStarted(answer.data.backtestSet);
}
