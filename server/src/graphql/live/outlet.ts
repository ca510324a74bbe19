/** Messages that follow each other, as the bytes that they are on the wire. */
interface Together {
  readonly key: string;
  readonly last: Payload;
  readonly count: number;
  readonly bytes: Buffer;
}

/** What an operation answered, as text: made once, and framed for each reader. */
export class Payload {
  private readonly bytes: Buffer;
  private messageKey: string | undefined;
  private message: Buffer | undefined;
  private together: Together | undefined;

  constructor(result: unknown) {
    this.bytes = Buffer.from(JSON.stringify(result));
  }

  get length(): number {
    return this.bytes.length;
  }

  /** As a message of its own. Most clients number their operations alike: it is made once for all whose messages have this key. */
  framed(key: string, frame: (answer: Buffer) => Buffer): Buffer {
    if (this.message === undefined || this.messageKey !== key) {
      this.message = frame(this.bytes);
      this.messageKey = key;
    }
    return this.message;
  }

  /** Messages that leave together, one after the other. Readers mostly are at the same place: the bytes are made once for all who are, too. */
  static framedTogether(payloads: readonly Payload[], key: string, frame: (answer: Buffer) => Buffer): Buffer {
    const [first, last] = [payloads[0], payloads.at(-1)];
    if (first === undefined || last === undefined) return Buffer.alloc(0);
    if (first === last) return first.framed(key, frame);
    const count = payloads.length;
    const known = first.together;
    if (known?.key === key && known.last === last && known.count === count) return known.bytes;
    const bytes = Buffer.concat(payloads.map((payload) => payload.framed(key, frame)));
    first.together = { key, last, count, bytes };
    return bytes;
  }
}

/** Where the messages of one subscription go. */
export interface Outlet {
  /** Whether everything that was given before has left. */
  isIdle(): boolean;
  /** Messages, together. `left` is called when they, and so all before them, have left, or when they never will. */
  give(payloads: readonly Payload[], left?: () => void): void;
}

/** Runs the operation once more. What is no stream is an answer that refuses it. */
export type Execute<Run> = (run: Run) => Promise<AsyncIterableIterator<unknown>>;

/**
 * A reader as the protocol sees it: a stream that gives nothing, because messages go straight to the outlet, and that ends or fails when the subscription
 * does. Nothing is sent before the protocol begins to read, nor after it has closed the stream.
 */
export abstract class Reader implements AsyncIterableIterator<never> {
  protected readonly outlet: Outlet;
  /** While it waits for the outlet, or runs the operation for itself. */
  protected isBusy = true;
  protected isOver = false;
  private readonly ended = Promise.withResolvers<IteratorResult<never>>();
  private hasBegun = false;

  constructor(outlet: Outlet) {
    this.outlet = outlet;
    // It may fail when nobody waits for it any more.
    this.ended.promise.catch(() => undefined);
  }

  /** Gives what there is, as far as the outlet takes it. */
  abstract pump(): void;
  protected abstract begin(): void;
  protected abstract leave(): void;

  next(): Promise<IteratorResult<never>> {
    if (!this.hasBegun && !this.isOver) {
      this.hasBegun = true;
      this.begin();
    }
    return this.ended.promise;
  }

  return(): Promise<IteratorResult<never>> {
    this.finish();
    return this.ended.promise;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave();
    this.ended.resolve({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave();
    this.ended.reject(error instanceof Error ? error : new Error(String(error)));
  }

  /** Whether there was room for it at once. Where there was none, nothing more is given until it has left: one message waits, never a queue. */
  protected give(payloads: readonly Payload[]): boolean {
    if (this.outlet.isIdle()) {
      this.outlet.give(payloads);
      return true;
    }
    this.isBusy = true;
    this.outlet.give(payloads, () => {
      this.isBusy = false;
      this.pump();
    });
    return false;
  }

  /** Goes on when the reader has run the operation for itself; fails where that did. */
  protected forItself(running: Promise<void>): void {
    const goOn = (): void => {
      this.isBusy = false;
      this.pump();
    };
    running.then(goOn, (error: unknown) => this.fail(error));
  }

  /** As `give`, for a reader that runs the operation for itself. */
  protected async giveAndWait(payload: Payload): Promise<void> {
    if (this.outlet.isIdle()) return this.outlet.give([payload]);
    await new Promise<void>((resolve) => this.outlet.give([payload], resolve));
  }
}
