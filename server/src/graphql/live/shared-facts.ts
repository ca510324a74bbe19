import { factRun } from './live-run.ts';
import type { LiveRun } from './live-run.ts';
import { Payload, Reader } from './outlet.ts';
import type { Execute, Outlet } from './outlet.ts';
import { SharedFeed } from './shared-feed.ts';

/** One event, made ready: what it tells of the entries after `from` up to `to`. */
interface Frame {
  readonly from: number;
  readonly to: number;
  readonly payload: Payload;
}

/** Newest events kept ready, for readers that are a little behind: whoever is further behind reads the journal for itself. */
const FRAMES_MAX = 1_024;
const FRAMES_BYTES_MAX = 8 * 1024 * 1024;
/** Given to one reader in one turn, in one write. */
const FRAMES_A_TURN = 64;
const BYTES_A_TURN = 256 * 1024;

/**
 * One operation on facts for all who ask the same: executed and serialised once for each event. A reader is a cursor into what is kept ready. It begins by
 * running the operation for itself, from its own cursor up to a place that is kept ready, and does so again when it has fallen out.
 */
export class SharedFacts extends SharedFeed<FactReader> {
  protected readonly run: LiveRun;
  private frames: Frame[] = [];
  private bytes = 0;
  /** The number of the first frame kept: numbers only grow. */
  first = 0;
  /** Frames are kept for everything after this entry. */
  start: number;
  private pushedSeq: number;
  /** After what is kept ready comes nothing. */
  hasEnded = false;

  /** From the journal's head at this moment. */
  constructor(head: number, execute: Execute<LiveRun>, onEmpty: () => void) {
    super(execute, onEmpty);
    this.start = head;
    this.pushedSeq = head;
    this.run = factRun(head, undefined, Number.POSITIVE_INFINITY);
  }

  /** Everything up to this entry is kept ready, or was before anything was kept. */
  get at(): number {
    return Math.max(this.pushedSeq, this.run.takenSeq);
  }

  /** The number that the next frame will have. */
  get end(): number {
    return this.first + this.frames.length;
  }

  frame(number: number): Frame | undefined {
    return this.frames[number - this.first];
  }

  /** A reader of what comes after the cursor. Cursors beyond the journal's head and those that are too old are answered by the operation itself. */
  join(cursor: number, outlet: Outlet): Reader {
    return this.admit(new FactReader(this, cursor, outlet));
  }

  protected override take(result: unknown): void {
    this.push({ from: this.at, to: this.run.eventSeq, payload: new Payload(result) });
  }

  /** Readers end once they have had what is kept ready. */
  protected override finish(): void {
    this.hasEnded = true;
    this.rounds.go();
  }

  private push(frame: Frame): void {
    this.frames.push(frame);
    this.bytes += frame.payload.length;
    this.pushedSeq = frame.to;
    while (this.frames.length > 1 && (this.frames.length > FRAMES_MAX || this.bytes > FRAMES_BYTES_MAX)) {
      const oldest = this.frames.shift();
      if (oldest === undefined) return;
      this.first += 1;
      this.start = oldest.to;
      this.bytes -= oldest.payload.length;
    }
  }
}

class FactReader extends Reader {
  private readonly feed: SharedFacts;
  /** Everything up to this entry has been given. */
  private at: number;
  /** The frame that may come next. */
  private frameNumber: number;

  constructor(feed: SharedFacts, cursor: number, outlet: Outlet) {
    super(outlet);
    this.feed = feed;
    this.at = cursor;
    this.frameNumber = feed.first;
  }

  protected override begin(): void {
    this.isBusy = false;
    this.pump();
  }

  protected override leave(): void {
    this.feed.leave(this);
  }

  override pump(): void {
    if (this.isBusy || this.isOver) return;
    const ready = this.takeReady();
    const isFree = ready.length === 0 || this.give(ready);
    if (!isFree) return;
    if (this.mustRead()) this.readForItself();
    else if (ready.length > 0 && this.frameNumber < this.feed.end) setImmediate(() => this.pump());
    else if (this.feed.hasEnded) this.finish();
  }

  /** What is kept ready and comes next; several go in one write. A reader that is slow gets the next one alone. */
  private takeReady(): Payload[] {
    const ready: Payload[] = [];
    const most = this.outlet.isIdle() ? FRAMES_A_TURN : 1;
    let bytes = 0;
    while (ready.length < most && bytes < BYTES_A_TURN && !this.mustRead()) {
      this.frameNumber = Math.max(this.frameNumber, this.feed.first);
      const frame = this.feed.frame(this.frameNumber);
      if (frame === undefined) break;
      this.frameNumber += 1;
      if (frame.to <= this.at) continue;
      this.at = frame.to;
      ready.push(frame.payload);
      bytes += frame.payload.length;
    }
    return ready;
  }

  /** Whether what comes next is not kept ready, or stands in one event with what the reader has had. */
  private mustRead(): boolean {
    if (this.at < this.feed.start) return true;
    const frame = this.feed.frame(Math.max(this.frameNumber, this.feed.first));
    return frame !== undefined && frame.from < this.at && this.at < frame.to;
  }

  private readForItself(): void {
    this.isBusy = true;
    this.forItself(this.catchUp(this.feed.at));
  }

  private async catchUp(until: number): Promise<void> {
    const run = factRun(this.at, until, undefined);
    const events = await this.feed.execute(run);
    for await (const result of events) {
      if (this.isOver) return;
      await this.giveAndWait(new Payload(result));
      if (run.isResync) return this.finish();
    }
    this.at = until;
  }
}
