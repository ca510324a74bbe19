import { OrderLifeDocument } from '@tidemark/schema/documents';
import type { OrderLifeQuery } from '@tidemark/schema/documents';
import { live } from '#lib/live/live.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** The one dialog that replaces an order: the life of an order and the exits of a position open it. */
class Replacing {
  /** As it was read when the dialog was asked for: its form opens with these terms. */
  order = $state.raw<NonNullable<OrderLifeQuery['order']>>();

  async show(id: string): Promise<void> {
    const answer = await live.query(OrderLifeDocument, { id });
    if (!answer.ok) return toasts.bad(answer.message);
    if (!answer.data.order) return toasts.bad('There is no such order.');
    this.order = answer.data.order;
  }

  close(): void {
    this.order = undefined;
  }
}

export const replacing = new Replacing();
