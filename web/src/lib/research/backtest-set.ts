import { BacktestSetDocument } from '@tidemark/schema/documents';
import { goto } from '$app/navigation';
import { sentences } from '#lib/format.ts';
import { live } from '#lib/live/live.svelte.ts';
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
  const result = answer.data.backtestSet;
  if (result.__typename === 'RunPayload') await goto(`/runs/${result.run.id}`);
  else
    toasts.bad(result.__typename === 'InvalidInputError' ? sentences(`${result.field}: ${result.message}`, result.hint) : result.message);
}
