import { stateRun } from './live-run.ts';
import { Payload, Reader } from './outlet.ts';
import type { Outlet } from './outlet.ts';
import { SharedFeed } from './shared-feed.ts';

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
export class SharedStates extends SharedFeed<StateReader> {
  protected readonly run = stateRun(undefined);
  newest: Shown | undefined;
  /** After the newest value comes no other. */
  hasEnded = false;

  join(outlet: Outlet): Reader {
    return this.admit(new StateReader(this, outlet));
  }

  protected override take(result: unknown): void {
    const { readAt, shownSeq } = this.run;
    this.newest = { number: (this.newest?.number ?? 0) + 1, readAt, shownSeq, payload: new Payload(result) };
  }

  protected override finish(): void {
    this.hasEnded = true;
    this.rounds.go();
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
