/**
 * A generator that can be closed while it waits: `return` tells it through the signal, and its `finally` has run when `return` resolves.
 * A bare async generator would only hear of it after the event it waits for.
 */
export function closable<T>(start: (signal: AbortSignal) => AsyncGenerator<T, void, void>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const generator = start(controller.signal);
  return {
    next: () => generator.next(),
    return: async () => {
      controller.abort();
      await generator.return();
      return { done: true, value: undefined };
    },
    throw: async (error: unknown) => {
      controller.abort();
      await generator.return();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
