import { CancelOrderDocument } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** Asks for the end of an order, and says how that went. */
export async function cancelOrder(id: string): Promise<void> {
  const answer = await live.mutate(CancelOrderDocument, { id });
  if (!answer.ok) return toasts.bad(answer.message);
  const result = answer.data.cancelOrder;
  if (result.__typename !== 'OrderPayload') return toasts.bad(result.message);
  live.takeOrder(result.order);
  toasts.good('Cancel requested.');
}
