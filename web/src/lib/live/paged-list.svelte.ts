import { untrack } from 'svelte';
import type { Answer } from './client.ts';
import { live } from './live.svelte.ts';

/** A page of a list, as the server's connections give it. */
export interface PageOf<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface PageSource<T> {
  /** The page after a cursor; the newest where there is none. */
  readonly page: (after: string | null) => Promise<Answer<PageOf<T>>>;
  /** Nothing is asked while it answers no; always yes when absent. */
  readonly wanted?: () => boolean;
}

/** A list, newest first, read page by page, and anew whenever the connection is back. Make it inside a component. */
export class PagedList<T extends { readonly id: string }> {
  items = $state.raw<readonly T[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  failure = $state<string>();
  readonly #page: PageSource<T>['page'];

  constructor({ page, wanted }: PageSource<T>) {
    this.#page = page;
    // Another tab, or the command line, may have begun something while the connection was down.
    $effect(() => {
      if (live.connection === 'live' && wanted?.() !== false) untrack(() => void this.read(null));
    });
  }

  async read(after: string | null): Promise<void> {
    const answer = await this.#page(after);
    this.loading = false;
    this.failure = answer.ok ? undefined : answer.message;
    if (!answer.ok) return;
    const nodes = answer.data.edges.map(({ node }) => node);
    this.items = after === null ? nodes : [...this.items, ...nodes];
    this.cursor = answer.data.pageInfo.hasNextPage ? answer.data.pageInfo.endCursor : null;
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
