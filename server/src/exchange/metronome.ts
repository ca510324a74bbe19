import { STEPS_PER_SLICE } from './market/replay.ts';

const MINUTE_MS = 60_000;
/** Further behind than this is not caught up: the machine slept, or cannot keep the pace. */
const LATE_MS_MAX = 1_000;

/** Calls a step at a steady pace of real time, one after the other, never two at once. */
export class Metronome {
  readonly #step: () => Promise<unknown>;
  readonly #onError: (error: unknown) => void;
  #speed = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #dueAtMs = 0;
  #beating = false;

  constructor(step: () => Promise<unknown>, onError: (error: unknown) => void) {
    this.#step = step;
    this.#onError = onError;
  }

  /** Bars a minute; 0 stands still. */
  get speed(): number {
    return this.#speed;
  }

  setSpeed(barsPerMinute: number): void {
    this.#speed = barsPerMinute;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (barsPerMinute <= 0) return;
    this.#dueAtMs = performance.now() + this.#intervalMs;
    if (!this.#beating) this.#schedule();
  }

  /** Stands still, and waits for a step that is under way. */
  async stop(): Promise<void> {
    this.setSpeed(0);
    await this.#running;
  }

  get #intervalMs(): number {
    return MINUTE_MS / this.#speed / STEPS_PER_SLICE;
  }

  #schedule(): void {
    this.#timer = setTimeout(
      () => {
        this.#running = this.#beat();
      },
      Math.max(this.#dueAtMs - performance.now(), 0),
    );
  }

  async #beat(): Promise<void> {
    this.#beating = true;
    try {
      while (this.#speed > 0 && this.#dueAtMs <= performance.now()) {
        await this.#step();
        this.#dueAtMs = Math.max(this.#dueAtMs + this.#intervalMs, performance.now() - LATE_MS_MAX);
        // Between two late steps everybody else gets a turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#speed = 0;
      this.#onError(error);
    }
    this.#beating = false;
    if (this.#speed > 0) this.#schedule();
  }
}
