/** What was opened, closed again in reverse order: all of it, whatever fails on the way. */
export class Closers {
  readonly #closers: { readonly what: string; readonly close: () => Promise<void> }[] = [];
  readonly #report: (what: string, error: unknown) => void;

  constructor(report: (what: string, error: unknown) => void) {
    this.#report = report;
  }

  add(what: string, close: () => Promise<void>): void {
    this.#closers.push({ what, close });
  }

  async close(): Promise<void> {
    for (const { what, close } of this.#closers.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        this.#report(`${what} did not close`, error);
      }
    }
  }
}
