/** Real work that simulated time must wait for: files and databases know nothing of it. */
export interface Outside {
  readonly of: <T>(work: Promise<T>) => Promise<T>;
  /** From now until what it gives is called, real work is under way. */
  readonly hold: () => () => void;
  /** Resolves when all of it is done, and everything that was waiting for it has gone on. */
  readonly settled: () => Promise<void>;
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export function openOutside(): Outside {
  const pending = new Set<Promise<unknown>>();
  return {
    of: async (work) => {
      pending.add(work);
      try {
        return await work;
      } finally {
        pending.delete(work);
      }
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      pending.add(promise);
      return () => {
        pending.delete(promise);
        resolve();
      };
    },
    settled: async () => {
      await turn();
      while (pending.size > 0) {
        await Promise.allSettled(pending);
        await turn();
      }
    },
  };
}
