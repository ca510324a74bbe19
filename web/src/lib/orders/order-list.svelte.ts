import { untrack } from 'svelte';
import { OrdersDocument } from '@tidemark/schema/documents';
import type { OrderPartsFragment } from '@tidemark/schema/documents';
import { throttle } from '#lib/live/frame.ts';
import { live } from '#lib/live/live.svelte.ts';
import { PageReads } from '#lib/live/page-reads.ts';
import type { ReadPage } from '#lib/live/page-reads.ts';
import { listIn } from '#lib/live/paged-list.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

const PAGE = 100;
/** Between two readings of what changes, for each so many orders that are open: a long list must not use up what one may ask for. */
const REREAD = { gapMs: 400, orders: 200 } as const;

/** Pages of a group's orders; of all without one. */
export const ordersOf =
  (group: string | undefined): ReadPage<OrderPartsFragment> =>
  async (after, wanted) => {
    const variables = { first: Math.max(PAGE, wanted), after, filter: group === undefined ? null : { group } };
    return listIn(await live.query(OrdersDocument, variables), (data) => data.orders);
  };

/** A group's orders, newest first, as much as is open, read again as they change. Make it inside a component. */
export class OrderList {
  items = $state.raw<readonly OrderPartsFragment[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  failure = $state<string>();
  total = $state<number>();
  readonly #reads = new PageReads<OrderPartsFragment>(this, (message) => toasts.bad(message));
  /** How many changes of orders had come when they were last asked for. */
  #known = 0;

  constructor(group: () => string | undefined) {
    const again = throttle(
      () => REREAD.gapMs * Math.max(1, Math.ceil(this.items.length / REREAD.orders)),
      () => {
        if (live.orderChanges !== this.#known) void this.again();
      },
    );
    $effect(() => {
      const now = group();
      untrack(() => this.#begin(now));
    });
    $effect(() => {
      if (live.orderChanges !== this.#known) again();
    });
  }

  /** As much as is open. */
  async again(): Promise<void> {
    await this.#reads.again();
  }

  async older(): Promise<void> {
    await this.#reads.older();
  }

  #begin(group: string | undefined): void {
    const page = ordersOf(group);
    this.items = [];
    void this.#reads.anew((after, wanted) => {
      if (after === null) this.#known = live.orderChanges;
      return page(after, wanted);
    });
  }
}
