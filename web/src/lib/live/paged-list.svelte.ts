import { untrack } from 'svelte';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import type { Answer } from './client.ts';
import { live } from './live.svelte.ts';
import { PageReads } from './page-reads.ts';
import type { PageOf, ReadPage } from './page-reads.ts';

export interface PageSource<T> {
  /** Asked anew for each page: it may follow a filter, where a change of that reads from the beginning. */
  readonly page: ReadPage<T>;
  /** Nothing is asked while it answers no; always yes when absent. */
  readonly wanted?: () => boolean;
}

/** A list, newest first, read page by page, and anew whenever the connection is back. Make it inside a component. */
export class PagedList<T extends { readonly id: string }> {
  items = $state.raw<readonly T[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  failure = $state<string>();
  total = $state<number>();
  readonly #page: ReadPage<T>;
  readonly #reads: PageReads<T>;

  constructor({ page, wanted }: PageSource<T>) {
    this.#page = page;
    this.#reads = new PageReads<T>(this, (message) => toasts.bad(message));
    // Another tab, or the command line, may have begun something while the connection was down.
    $effect(() => {
      if (live.connection === 'live' && wanted?.() !== false) untrack(() => void this.read(null));
    });
  }

  /** From the newest on without a cursor; with the list's own one, the next page. */
  async read(after: string | null): Promise<void> {
    await (after === null ? this.#reads.anew(this.#page) : this.#reads.older());
  }

  /** One that is known stays in its place; something that was begun here stands first. */
  put(item: T): void {
    const isKnown = this.items.some(({ id }) => id === item.id);
    this.items = isKnown ? this.items.map((one) => (one.id === item.id ? item : one)) : [item, ...this.items];
  }
}

/** An answer's own list. */
export const listIn = <D, T>(answer: Answer<D>, list: (data: D) => PageOf<T>): Answer<PageOf<T>> =>
  answer.ok ? { ok: true, data: list(answer.data) } : answer;
