/** What was opened, closed again in reverse order: all of it, whatever fails or hangs on the way. */
export class Closers {
  readonly #closers: { readonly what: string; readonly close: () => Promise<void> }[] = [];
  readonly #report: (what: string, error: unknown) => void;

  constructor(report: (what: string, error: unknown) => void) {
    this.#report = report;
  }

  add(what: string, close: () => Promise<void>): void {
    this.#closers.push({ what, close });
  }

  /**
   * With a limit no part may take more than half of the time that is left, so that there is always some for those after it: the journal is the last but
   * one. What has not closed by then is reported and left behind.
   */
  async close(limitMs?: number): Promise<void> {
    const endAt = limitMs === undefined ? undefined : performance.now() + limitMs;
    for (const { what, close } of this.#closers.splice(0).toReversed()) {
      try {
        await within(close(), endAt === undefined ? undefined : (endAt - performance.now()) / 2);
      } catch (error) {
        this.#report(`${what} did not close`, error);
      }
    }
  }
}

/** With what it takes to stop a container in ten seconds. */
const STOP_MS = 9_000;

/** What is opened part by part, with the way to close it again. Where a later part fails, those before it are closed, and it is thrown. */
export async function untilClosed<T>(
  report: (what: string, error: unknown) => void,
  open: (closers: Closers) => Promise<T>,
): Promise<T & { readonly close: () => Promise<void> }> {
  const closers = new Closers(report);
  try {
    return { ...(await open(closers)), close: () => closers.close(STOP_MS) };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function within(closing: Promise<void>, limitMs: number | undefined): Promise<void> {
  if (limitMs === undefined) return await closing;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${Math.max(0, Math.round(limitMs))} ms`)), Math.max(0, limitMs));
  });
  try {
    await Promise.race([closing, late]);
  } finally {
    clearTimeout(timer);
  }
}
