import { goto } from '$app/navigation';
import { problemText } from '#lib/live/problem.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** What starting a backtest answers: its page is shown, or why there is none. */
export async function showStarted(result: { readonly run: { readonly id: string } } | Parameters<typeof problemText>[0]): Promise<void> {
  if ('run' in result) await goto(`/runs/${result.run.id}`);
  else toasts.bad(problemText(result));
}
