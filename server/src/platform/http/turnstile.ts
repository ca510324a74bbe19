import { performance } from 'node:perf_hooks';
import type { EventLoopUtilization } from 'node:perf_hooks';

/** So few in one turn of the event loop: what came before them, and what everybody else waits for, is not held up by a crowd. */
const STEPS_A_TURN = 4;
/** How much longer others have between two turns of a crowd than it has taken. */
const REST = 2;
/** The longest time from one turn of a crowd to the next, for it goes on also where the process is always busy. */
const TURN_MS_MAX = 10;
/** Shorter than what a timer can tell. */
const REST_MS_LEAST = 1;

/** Comes first, goes first; what has been taken is let go of when the last one has. */
class Queue {
  private steps: (() => void)[] = [];
  private next = 0;

  get length(): number {
    return this.steps.length - this.next;
  }

  push(step: () => void): void {
    this.steps.push(step);
  }

  shift(): (() => void) | undefined {
    const step = this.steps[this.next];
    if (step === undefined) return undefined;
    this.next += 1;
    if (this.next === this.steps.length) {
      this.steps = [];
      this.next = 0;
    }
    return step;
  }
}

/**
 * Steps of those who come in, and of those who have gone: a few in each turn of the event loop, and then twice as much rest as the process has worked since, so
 * that a crowd has a third of its time at most. Where there is no crowd nobody waits. A thousand who come back at once would else leave no time for those who
 * have stayed. Whoever is in comes before who is new, each kind in the order in which it came: what has begun is finished, within its time limit, before more
 * begins. What whoever has gone leaves behind hurts nobody, and is tidied up last.
 */
export class Turnstile {
  private readonly begun = new Queue();
  private readonly fresh = new Queue();
  private readonly gone = new Queue();
  /** Whose step is taken at each place of a turn, the first who waits: one place is kept for who has gone and one for who is new. */
  private readonly places: readonly (readonly Queue[])[] = [
    ...Array.from({ length: STEPS_A_TURN - 2 }, () => [this.begun, this.fresh, this.gone]),
    [this.gone, this.begun, this.fresh],
    [this.fresh, this.begun, this.gone],
  ];
  private taken = 0;
  private isGoing = false;
  private since: EventLoopUtilization = performance.eventLoopUtilization();

  /** A step of somebody who is in. */
  enter(step: () => void): void {
    this.come(this.begun, step);
  }

  /** The first step of somebody. */
  arrive(step: () => void): void {
    this.come(this.fresh, step);
  }

  /** The step after somebody has gone. */
  leave(step: () => void): void {
    this.come(this.gone, step);
  }

  /** Takes at once what is left of those who have gone: nobody is to be spared any more. */
  tidyUp(): void {
    for (let step = this.gone.shift(); step !== undefined; step = this.gone.shift()) step();
  }

  /** How many wait for their first step. */
  get arriving(): number {
    return this.fresh.length;
  }

  private isCrowd(): boolean {
    return this.begun.length + this.fresh.length + this.gone.length > 0;
  }

  private come(queue: Queue, step: () => void): void {
    if (this.taken >= STEPS_A_TURN || this.isCrowd()) queue.push(step);
    else this.take(step);
  }

  private take(step: () => void): void {
    this.taken += 1;
    if (!this.isGoing) {
      this.isGoing = true;
      this.since = performance.eventLoopUtilization();
      setImmediate(() => this.rest());
    }
    step();
  }

  /** After a turn: a crowd rests, and else the next one who comes is the first. */
  private rest(): void {
    if (!this.isCrowd()) return this.turn();
    const { active, idle } = performance.eventLoopUtilization(this.since);
    const restMs = Math.min(REST * active - idle, TURN_MS_MAX - active - idle);
    if (restMs < REST_MS_LEAST) this.turn();
    else setTimeout(() => this.rest(), restMs);
  }

  private turn(): void {
    this.isGoing = false;
    this.taken = 0;
    while (this.taken < STEPS_A_TURN) {
      const step = this.places[this.taken]?.find(({ length }) => length > 0)?.shift();
      if (step === undefined) return;
      this.take(step);
    }
  }
}
