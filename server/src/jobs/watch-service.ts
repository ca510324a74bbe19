/** What can be told of rows that other processes change: a text that differs after each change that matters. */
export type ReadMarks = (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export interface Watch {
  /** Called after each change; returns the way to stop. */
  add(id: string, listener: () => void): () => void;
  /** Tells at once of a change that was made here. */
  notify(id: string): void;
  close(): void;
}

const LOOK_MS = 400;

/** Looks at the rows that somebody waits for, in one query, and only while somebody does. */
export function openWatch(read: ReadMarks, report: (what: string, error: unknown) => void): Watch {
  const listeners = new Map<string, Set<() => void>>();
  const marks = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  const notify = (id: string): void => listeners.get(id)?.forEach((listener) => listener());

  const look = async (): Promise<void> => {
    if (listeners.size === 0) return;
    const found = await read([...listeners.keys()]);
    for (const [id, mark] of found) {
      const before = marks.get(id);
      if (before === mark || !listeners.has(id)) continue;
      marks.set(id, mark);
      notify(id);
    }
  };

  const again = (): void => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => report('runs could not be looked at', error))
        .finally(() => (listeners.size > 0 && timer !== undefined ? again() : (timer = undefined)));
    }, LOOK_MS);
  };

  return {
    add: (id, listener) => {
      const own = listeners.get(id) ?? new Set();
      own.add(listener);
      listeners.set(id, own);
      if (timer === undefined) again();
      return () => {
        own.delete(listener);
        if (own.size > 0 || listeners.get(id) !== own) return;
        listeners.delete(id);
        marks.delete(id);
      };
    },
    notify,
    close: () => {
      clearTimeout(timer);
      timer = undefined;
      listeners.clear();
    },
  };
}
