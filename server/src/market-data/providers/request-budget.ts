/** Kinds of requests that never wait for each other, most urgent first. */
export const LANES = ['cancel', 'order', 'lookup', 'read'] as const;
export type Lane = (typeof LANES)[number];

/** Whatever is read or sent. */
export const LEFT_TO_CANCELS = 0.2;
/** The share of a window's requests that a lane leaves to those before it. */
const LEFT_TO_OTHERS: Readonly<Record<Lane, number>> = { cancel: 0, order: LEFT_TO_CANCELS, lookup: 0.3, read: 0.5 };

export interface RateHeaders {
  readonly limit?: number;
  readonly remaining?: number;
  /** Wall-clock milliseconds at which the window ends. */
  readonly resetAtMs?: number;
}

/** Alpaca counts in fixed windows of a minute; the broker's own figures replace this guess with the first answer. */
const WINDOW_MS = 60_000;

/** What may still be asked in this window. */
export interface RequestsLeft {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until it begins anew. */
  readonly resetInMs: number;
}

/** How many requests are left, by our own count and by the broker's, whichever is smaller: other programs may use the same account. */
export class RequestBudget {
  #limit: number;
  #remaining: number;
  #resetAtMs = 0;
  readonly #stoppedUntilMs: Record<Lane, number> = { cancel: 0, order: 0, lookup: 0, read: 0 };

  constructor(limit: number) {
    this.#limit = limit;
    this.#remaining = limit;
  }

  /** Milliseconds until the lane may send; 0 where it may now. */
  waitMs(lane: Lane, nowMs: number): number {
    this.#roll(nowMs);
    const stopped = this.#stoppedUntilMs[lane] - nowMs;
    if (stopped > 0) return Math.min(stopped, WINDOW_MS * 2);
    if (this.#remaining > Math.floor(this.#limit * LEFT_TO_OTHERS[lane])) return 0;
    return Math.max(this.#resetAtMs - nowMs, 1);
  }

  left(nowMs: number): RequestsLeft {
    this.#roll(nowMs);
    return { limit: this.#limit, remaining: this.#remaining, resetInMs: Math.max(this.#resetAtMs - nowMs, 0) };
  }

  /** A request leaves. */
  spend(nowMs: number): void {
    this.#roll(nowMs);
    this.#remaining = Math.max(this.#remaining - 1, 0);
  }

  /** What the broker says of the window. An answer of the window before says nothing of this one. */
  learn({ limit, remaining, resetAtMs }: RateHeaders, nowMs: number): void {
    this.#roll(nowMs);
    if (limit !== undefined && limit > 0 && limit !== this.#limit) {
      this.#remaining = Math.max(this.#remaining + limit - this.#limit, 0);
      this.#limit = limit;
    }
    if (resetAtMs === undefined || resetAtMs < nowMs || resetAtMs > nowMs + WINDOW_MS * 2) return;
    if (remaining !== undefined) this.#remaining = Math.min(this.#remaining, remaining);
    this.#resetAtMs = resetAtMs;
  }

  /** The broker has refused for too many requests: the lane and all less urgent ones stop until the window ends, and a little longer. */
  stop(lane: Lane, headers: RateHeaders, nowMs: number, jitterMs: number): void {
    const { resetAtMs } = headers;
    const believable = resetAtMs !== undefined && resetAtMs >= nowMs && resetAtMs <= nowMs + WINDOW_MS * 2;
    const until = (believable ? resetAtMs : nowMs + WINDOW_MS) + jitterMs;
    for (const each of LANES.slice(LANES.indexOf(lane))) this.#stoppedUntilMs[each] = Math.max(this.#stoppedUntilMs[each], until);
  }

  #roll(nowMs: number): void {
    // A clock that was set back must not keep a window for hours.
    if (nowMs < this.#resetAtMs && this.#resetAtMs - nowMs <= WINDOW_MS * 2) return;
    this.#remaining = this.#limit;
    this.#resetAtMs = nowMs + WINDOW_MS;
  }
}
