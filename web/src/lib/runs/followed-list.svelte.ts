import { PagedList } from '#lib/live/paged-list.svelte.ts';
import type { PageSource } from '#lib/live/paged-list.svelte.ts';
import { follow, isOver } from './follow.svelte.ts';
import type { Worked } from './follow.svelte.ts';

interface Source<T> extends PageSource<T> {
  /** Listens to one until the returned function is called. */
  readonly subscribe: (id: string, apply: (item: T) => void) => () => void;
}

/** What is worked out, newest first, each followed until it has ended. Make it inside a component. */
export class FollowedList<T extends Worked> extends PagedList<T> {
  constructor({ subscribe, ...source }: Source<T>) {
    super(source);
    follow(
      () => this.items.filter(({ state }) => !isOver(state)).map(({ id }) => id),
      subscribe,
      (item: T) => this.put(item),
    );
  }
}
