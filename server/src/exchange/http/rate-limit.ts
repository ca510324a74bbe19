const WINDOW_MS = 60_000;

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds at which the counter starts again. */
  readonly resetAtSeconds: number;
}

/** A fixed window of one minute per key, as the broker counts. */
export class RateLimiter {
  readonly #limit: number;
  #windowStartMs = 0;
  readonly #used = new Map<string, number>();

  constructor(limitPerMinute: number) {
    this.#limit = limitPerMinute;
  }

  take(key: string, nowMs: number): RateVerdict {
    const start = nowMs - (nowMs % WINDOW_MS);
    if (start !== this.#windowStartMs) {
      this.#windowStartMs = start;
      this.#used.clear();
    }
    const used = (this.#used.get(key) ?? 0) + 1;
    this.#used.set(key, used);
    return {
      allowed: used <= this.#limit,
      limit: this.#limit,
      remaining: Math.max(this.#limit - used, 0),
      resetAtSeconds: (start + WINDOW_MS) / 1000,
    };
  }
}
