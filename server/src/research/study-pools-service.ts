/** Something costly to open that several jobs use at once. */
export interface Shared {
  close(): Promise<void>;
}

/** How long it is kept when nobody uses it: the next part of a sweep comes at once, or never. */
const KEPT_MS = 5_000;

interface Held<T> {
  readonly opened: Promise<T>;
  users: number;
  timer?: NodeJS.Timeout;
}

/** Keeps what several jobs share open while one of them uses it, and a moment longer. */
export function openPools<T extends Shared>() {
  const held = new Map<string, Held<T>>();

  const drop = async (key: string): Promise<void> => {
    const found = held.get(key);
    if (found === undefined) return;
    held.delete(key);
    clearTimeout(found.timer);
    await (await found.opened).close();
  };

  return {
    /** Opens it, or joins those who use it. */
    use: async <R>(key: string, open: () => Promise<T>, work: (opened: T) => Promise<R>): Promise<R> => {
      const own = held.get(key) ?? { opened: open(), users: 0 };
      held.set(key, own);
      clearTimeout(own.timer);
      own.users += 1;
      try {
        return await work(await own.opened);
      } catch (error) {
        // It may be what failed: whoever comes next opens anew.
        if (held.get(key) === own) held.delete(key);
        throw error;
      } finally {
        own.users -= 1;
        if (own.users === 0) {
          if (held.get(key) === own) own.timer = setTimeout(() => void drop(key), KEPT_MS);
          else
            await own.opened.then(
              (opened) => opened.close(),
              () => undefined,
            );
        }
      }
    },
    close: async (): Promise<void> => {
      await Promise.allSettled([...held.keys()].map(drop));
    },
  };
}
