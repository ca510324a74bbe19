/** Sleeps until woken, or until the reader goes away. */
export class WakeUp {
  private readonly signal: AbortSignal;
  private wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', () => this.now(), { once: true });
  }

  now(): void {
    this.wake?.();
  }

  /** Resolves at the next `now`, at once where `ready` already holds, and when the reader goes away. */
  async next(ready: () => boolean): Promise<void> {
    if (this.signal.aborted || ready()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wake = resolve;
    await promise;
    this.wake = undefined;
  }
}
