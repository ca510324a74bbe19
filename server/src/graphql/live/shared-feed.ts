import type { LiveRun } from './live-run.ts';
import type { Execute, Reader } from './outlet.ts';
import { Rounds } from './rounds.ts';

/** One operation that runs for all who ask the same: whoever reads it, until nobody does any more or it has failed. */
export abstract class SharedFeed<R extends Reader> {
  readonly execute: Execute<LiveRun>;
  protected readonly rounds = new Rounds<R>();
  private readonly onEmpty: () => void;
  private events: AsyncIterableIterator<unknown> | undefined;
  /** Nobody reads it any more, or it has failed: whoever comes begins anew. */
  isClosed = false;

  constructor(execute: Execute<LiveRun>, onEmpty: () => void) {
    this.execute = execute;
    this.onEmpty = onEmpty;
  }

  protected abstract readonly run: LiveRun;
  /** Makes a result ready for the readers. */
  protected abstract take(result: unknown): void;
  /** After the last result, once it is closed. */
  protected abstract finish(): void;

  /** Rejects where the operation is refused. */
  async open(): Promise<void> {
    this.events = await this.execute(this.run);
    void this.follow(this.events);
  }

  protected admit(reader: R): R {
    this.rounds.readers.add(reader);
    return reader;
  }

  leave(reader: R): void {
    this.rounds.readers.delete(reader);
    if (this.rounds.readers.size > 0) return;
    this.close();
    void this.events?.return?.();
  }

  private close(): void {
    this.isClosed = true;
    this.onEmpty();
  }

  private async follow(events: AsyncIterableIterator<unknown>): Promise<void> {
    try {
      for await (const result of events) {
        this.take(result);
        this.rounds.go();
      }
      this.close();
      this.finish();
    } catch (error) {
      this.close();
      for (const reader of this.rounds.readers) reader.fail(error);
    }
  }
}
