import { untrack } from 'svelte';
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { Asking } from './asking.ts';
import { live } from './live.svelte.ts';
import type { Answer } from './client.ts';

/**
 * One question to the server that follows its variables. Old data stays in view while new data is on its way;
 * answers that come too late are dropped, and news that comes while one is on its way is asked for after it. Make it inside a component.
 */
export class Query<D, V extends AnyVariables> {
  data = $state.raw<D>();
  error = $state<string>();
  loading = $state(true);
  readonly #asking: Asking<V, Answer<D>>;
  readonly #variables: () => V | undefined;

  /**
   * `variables` may answer `undefined`: nothing is asked then. Where `again` is given, the question is asked again
   * whenever its answer changes: what is pushed says that there is news, and this reads them.
   */
  constructor(document: TypedDocumentNode<D, V>, variables: () => V | undefined, again?: () => unknown) {
    this.#asking = new Asking(
      (wanted) => live.query(document, wanted),
      (answer) => this.#take(answer),
    );
    this.#variables = variables;
    $effect(() => {
      again?.();
      const current = this.#variables();
      if (current !== undefined) untrack(() => void this.#ask(current));
    });
  }

  /** Asks again with the same variables. */
  reload(): void {
    const current = untrack(() => this.#variables());
    if (current !== undefined) void this.#ask(current);
  }

  async #ask(variables: V): Promise<void> {
    this.loading = true;
    await this.#asking.want(variables);
  }

  #take(answer: Answer<D>): void {
    this.loading = false;
    if (answer.ok) {
      this.data = answer.data;
      this.error = undefined;
    } else {
      this.error = answer.message;
    }
  }
}
