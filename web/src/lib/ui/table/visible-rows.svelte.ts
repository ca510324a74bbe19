import { untrack } from 'svelte';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';

/** Lists up to this length are drawn whole: the browser finds, prints and reads all of them. */
export const WHOLE_MAX = 80;
const OVERSCAN = 12;

export interface VisibleRowsInput {
  readonly count: number;
  readonly scroller: HTMLElement | undefined;
  readonly rowHeight: number;
  readonly keyOf: (index: number) => string;
}

export interface Stretch {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Pixels above and below, where rows are that are not drawn. */
  readonly above: number;
  readonly below: number;
}

/** Which rows of a long table are drawn: those in view, and some around. Make it inside a component. */
export class VisibleRows {
  #version = $state(0);
  readonly #input: () => VisibleRowsInput;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLTableRowElement>;

  constructor(input: () => VisibleRowsInput) {
    this.#input = input;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLTableRowElement>(
      this.#options({ count: 0, scroller: undefined, rowHeight: 34, keyOf: String }),
    );
    $effect(() => this.#virtualizer._didMount());
    $effect(() => {
      this.#virtualizer.setOptions(this.#options(input()));
      this.#virtualizer._willUpdate();
      untrack(() => (this.#version += 1));
    });
  }

  readonly stretch: Stretch = $derived.by(() => {
    const { count } = this.#input();
    if (count <= WHOLE_MAX) return { from: 0, to: count, above: 0, below: 0 };
    // The library tells by a call, not by a signal, that what it answers has changed.
    const items = this.#version >= 0 ? this.#virtualizer.getVirtualItems() : [];
    const [first, last] = [items[0], items.at(-1)];
    if (first === undefined || last === undefined) return { from: 0, to: Math.min(count, WHOLE_MAX), above: 0, below: 0 };
    return {
      from: first.index,
      to: Math.min(count, last.index + 1),
      above: first.start,
      below: Math.max(0, this.#virtualizer.getTotalSize() - last.end),
    };
  });

  /** Rows may be higher than the rest: each is measured once it is drawn. */
  readonly measure = (row: HTMLTableRowElement): (() => void) => {
    this.#virtualizer.measureElement(row);
    return () => this.#virtualizer.measureElement(null);
  };

  show(index: number): void {
    this.#virtualizer.scrollToIndex(index);
  }

  #options({ count, scroller, rowHeight, keyOf }: VisibleRowsInput) {
    return {
      count: count > WHOLE_MAX ? count : 0,
      getScrollElement: () => scroller ?? null,
      estimateSize: () => rowHeight,
      getItemKey: keyOf,
      overscan: OVERSCAN,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => untrack(() => (this.#version += 1)),
    };
  }
}
