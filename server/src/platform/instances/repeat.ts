/** One thing again and again, never twice at once; of failures in a row the first is reported. Gives the way to stop, which waits for the last. */
export function repeat(everyMs: number, work: () => Promise<void>, failed: (error: unknown) => void): () => Promise<void> {
  let working: Promise<void> | undefined;
  let failing = false;
  const once = async (): Promise<void> => {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing) failed(error);
      failing = true;
    }
    working = undefined;
  };
  const timer = setInterval(() => {
    working ??= once();
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await working;
  };
}
