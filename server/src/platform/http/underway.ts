import type { ServerResponse } from 'node:http';

/** Requests that wait for their answer. */
export class Underway {
  readonly #responses = new Set<ServerResponse>();
  #onEmpty: (() => void) | undefined;
  #ending = false;

  /** From the first word of the end on nothing new is begun. */
  get isEnding(): boolean {
    return this.#ending;
  }

  add(response: ServerResponse): void {
    this.#responses.add(response);
    response.once('close', () => {
      this.#responses.delete(response);
      if (this.#responses.size === 0) this.#onEmpty?.();
    });
  }

  /** Resolves when every request has its answer, or after a while. */
  async ended(limitMs: number): Promise<void> {
    this.#ending = true;
    // A client that would keep the connection for another request is told not to.
    for (const response of this.#responses) if (!response.headersSent) response.setHeader('Connection', 'close');
    if (this.#responses.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
