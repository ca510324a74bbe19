interface Current {
  readonly key: string;
  /** Wanted once more, since it was asked. */
  again: boolean;
}

const isWanted = ({ again }: Current): boolean => again;

/**
 * One question after the other. What is wanted again while its answer is on its way is asked once more after that answer, which may be older than what it was
 * wanted for; what is wanted with other variables is asked at once, and the answer before is dropped.
 */
export class Asking<V, A> {
  #current: Current | undefined;
  readonly #ask: (variables: V) => Promise<A>;
  readonly #take: (answer: A) => void;

  constructor(ask: (variables: V) => Promise<A>, take: (answer: A) => void) {
    this.#ask = ask;
    this.#take = take;
  }

  async want(variables: V): Promise<void> {
    const key = JSON.stringify(variables);
    if (this.#current?.key === key) {
      this.#current.again = true;
      return;
    }
    const mine: Current = { key, again: false };
    this.#current = mine;
    try {
      do {
        mine.again = false;
        const answer = await this.#ask(variables);
        if (this.#current !== mine) return;
        this.#take(answer);
      } while (isWanted(mine));
    } finally {
      if (this.#current === mine) this.#current = undefined;
    }
  }
}
