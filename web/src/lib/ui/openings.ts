/** One dialog serves many openings: an answer that comes after its own has ended must not be taken for another's. */
export class Openings {
  #number = 0;

  /** It was opened, or closed. */
  renew(): void {
    this.#number += 1;
  }

  /** Whether the opening of now still goes on, whenever it is asked. */
  current(): () => boolean {
    const mine = this.#number;
    return () => mine === this.#number;
  }
}
