import type { OrderState } from '@tidemark/schema/documents';

const DONE: ReadonlySet<OrderState> = new Set(['DENIED', 'FILLED', 'CANCELED', 'EXPIRED', 'REPLACED', 'REJECTED']);

/** Whether an order can still fill. */
export function isWorking(state: OrderState): boolean {
  return !DONE.has(state);
}
