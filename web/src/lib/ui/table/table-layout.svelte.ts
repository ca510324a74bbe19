import type { Column } from './column.ts';
import { changeKept, readKept } from './kept-layouts.ts';
import { fittedLayout } from './layout.ts';
import type { Layout } from './layout.ts';

/** A table's arrangement, kept in this browser under the table's name. */
export class TableLayout {
  readonly #name: string;
  readonly #columns: () => readonly Column<never>[];
  #kept = $state.raw<unknown>();
  /** By name, what this table was arranged like when it was saved. */
  #named = $state.raw<Readonly<Record<string, unknown>>>({});

  constructor(name: string, columns: () => readonly Column<never>[]) {
    this.#name = name;
    this.#columns = columns;
    const { layouts, named } = readKept();
    this.#kept = layouts[name];
    this.#named = named[name] ?? {};
  }

  readonly now: Layout = $derived.by(() => fittedLayout(this.#kept, this.#columns()));
  readonly names: readonly string[] = $derived(Object.keys(this.#named).sort());
  readonly isChanged: boolean = $derived(this.#kept !== undefined);

  set(layout: Layout): void {
    this.#kept = layout;
    changeKept((kept) => ({ ...kept, layouts: { ...kept.layouts, [this.#name]: layout } }));
  }

  change(change: Partial<Layout>): void {
    this.set({ ...this.now, ...change });
  }

  /** As the table comes. */
  reset(): void {
    this.#kept = undefined;
    changeKept((kept) => ({ ...kept, layouts: Object.fromEntries(Object.entries(kept.layouts).filter(([name]) => name !== this.#name)) }));
  }

  /** Keeps the arrangement under a name; one of the same name is replaced. */
  save(name: string): void {
    this.#setNamed({ ...this.#named, [name]: this.now });
  }

  use(name: string): void {
    this.set(fittedLayout(this.#named[name], this.#columns()));
  }

  forget(name: string): void {
    this.#setNamed(Object.fromEntries(Object.entries(this.#named).filter(([one]) => one !== name)));
  }

  #setNamed(named: Readonly<Record<string, unknown>>): void {
    this.#named = named;
    changeKept((kept) => ({ ...kept, named: { ...kept.named, [this.#name]: named } }));
  }
}
