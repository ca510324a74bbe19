import { untrack } from 'svelte';
import type { Answer } from '#lib/live/client.ts';
import { live } from '#lib/live/live.svelte.ts';
import { follow, isOver } from './follow.svelte.ts';
import type { Worked } from './follow.svelte.ts';

/** A page of a list, as the server's connections give it. */
export interface PageOf<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface Source<T> {
  /** The page after a cursor; the newest where there is none. */
  readonly page: (after: string | null) => Promise<Answer<PageOf<T>>>;
  /** Listens to one until the returned function is called. */
  readonly subscribe: (id: string, apply: (item: T) => void) => () => void;
  /** Nothing is asked while it answers no; always yes when absent. */
  readonly wanted?: () => boolean;
}

/** What is worked out, newest first, each followed until it has ended; read anew whenever the connection is back. Make it inside a component. */
export class FollowedList<T extends Worked> {
  items = $state.raw<readonly T[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  failure = $state<string>();
  readonly #page: Source<T>['page'];

  constructor({ page, subscribe, wanted }: Source<T>) {
    this.#page = page;
    // Another tab, or the command line, may have begun something while the connection was down.
    $effect(() => {
      if (live.connection === 'live' && wanted?.() !== false) untrack(() => void this.read(null));
    });
    follow(
      () => this.items.filter(({ state }) => !isOver(state)).map(({ id }) => id),
      subscribe,
      (item: T) => {
        this.items = this.items.map((one) => (one.id === item.id ? item : one));
      },
    );
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

  /** Something that was begun here stands first. */
  put(item: T): void {
    this.items = [item, ...this.items.filter(({ id }) => id !== item.id)];
  }
}

/** An answer's own list. */
export const listIn = <D, T>(answer: Answer<D>, list: (data: D) => PageOf<T>): Answer<PageOf<T>> =>
  answer.ok ? { ok: true, data: list(answer.data) } : answer;
