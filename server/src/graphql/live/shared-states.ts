import { stateRun } from './live-run.ts';
import type { LiveRun } from './live-run.ts';
import { Payload, Reader } from './outlet.ts';
import type { Execute, Outlet } from './outlet.ts';
import { Rounds } from './rounds.ts';

/** The newest value, made ready. */
interface Shown {
  /** 1, 2, 3, … */
  readonly number: number;
  readonly readAt: number;
  readonly shownSeq: number | undefined;
  readonly payload: Payload;
}

/**
 * One operation on a state for all who ask the same: executed and serialised once for each value. Only the newest is kept. A reader that comes later, or that
 * has missed a value, gets one that is made for it alone: what a value says since the one before must be since the one that this reader has seen.
 */
export class SharedStates {
  readonly execute: Execute<LiveRun>;
  private readonly rounds = new Rounds<StateReader>();
  private readonly run = stateRun(undefined);
  private readonly onEmpty: () => void;
  private events: AsyncIterableIterator<unknown> | undefined;
  newest: Shown | undefined;
  /** After the newest value comes no other. */
  hasEnded = false;
  /** Nobody reads it any more, or it has failed: whoever comes begins anew. */
  isClosed = false;

  constructor(execute: Execute<LiveRun>, onEmpty: () => void) {
    this.execute = execute;
    this.onEmpty = onEmpty;
  }

  /** Rejects where the operation is refused. */
  async open(): Promise<void> {
    this.events = await this.execute(this.run);
    void this.follow(this.events);
  }

  join(outlet: Outlet): Reader {
    const reader = new StateReader(this, outlet);
    this.rounds.readers.add(reader);
    return reader;
  }

  leave(reader: StateReader): void {
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
        const { readAt, shownSeq } = this.run;
        this.newest = { number: (this.newest?.number ?? 0) + 1, readAt, shownSeq, payload: new Payload(result) };
        this.rounds.go();
      }
      this.hasEnded = true;
      this.close();
      this.rounds.go();
    } catch (error) {
      this.close();
      for (const reader of this.rounds.readers) reader.fail(error);
    }
  }
}

class StateReader extends Reader {
  private readonly feed: SharedStates;
  /** Values up to this number are given or outdated. */
  private number: number;
  private readAt = 0;
  private shownSeq: number | undefined;

  constructor(feed: SharedStates, outlet: Outlet) {
    super(outlet);
    this.feed = feed;
    this.number = feed.newest?.number ?? 0;
  }

  protected override begin(): void {
    this.isBusy = false;
    // Where nothing has been shown yet, the first value is everybody's.
    if (this.feed.newest !== undefined) this.readForItself();
  }

  protected override leave(): void {
    this.feed.leave(this);
  }

  override pump(): void {
    if (this.isBusy || this.isOver) return;
    const { newest, hasEnded } = this.feed;
    if (newest !== undefined && newest.number > this.number && newest.readAt <= this.readAt) this.number = newest.number;
    if (newest !== undefined && newest.number > this.number) {
      // The last of all is whole by itself.
      if (newest.number > this.number + 1 && !hasEnded) return this.readForItself();
      this.number = newest.number;
      this.readAt = newest.readAt;
      this.shownSeq = newest.shownSeq;
      if (!this.give([newest.payload])) return;
    }
    if (hasEnded) this.finish();
  }

  private readForItself(): void {
    this.isBusy = true;
    this.number = this.feed.newest?.number ?? 0;
    this.forItself(this.showOnce());
  }

  private async showOnce(): Promise<void> {
    const run = stateRun(this.shownSeq);
    const events = await this.feed.execute(run);
    try {
      const { done, value } = await events.next();
      if (done === true || this.isOver) return;
      this.readAt = run.readAt;
      this.shownSeq = run.shownSeq;
      await this.giveAndWait(new Payload(value));
    } finally {
      await events.return?.();
    }
  }
}
