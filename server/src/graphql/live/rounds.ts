/** So many readers in one turn: what else the process does is not held up by ten thousand of them. */
const READERS_A_TURN = 200;
/** How much longer a round rests than the one before it has worked. */
const REST = 2;
/** The longest rest between two rounds. */
const REST_MS_MAX = 40;
/** Shorter than what a timer can tell. */
const REST_MS_LEAST = 1;

/**
 * Goes round all readers whenever there is something new, a part in each turn of the event loop. A round rests for twice as long as
 * the one before it has worked: at most a third of the time goes into writing to readers, and what happens meanwhile leaves together, in one write to each of
 * them. Where events are few, or readers are, nothing waits.
 */
export class Rounds<R extends { pump(): void }> {
  readonly readers = new Set<R>();
  private isGoing = false;
  private goesAgain = false;
  private workedMs = 0;
  private restsUntilMs = 0;

  go(): void {
    if (this.isGoing) {
      this.goesAgain = true;
      return;
    }
    this.isGoing = true;
    const restMs = this.restsUntilMs - performance.now();
    if (restMs < REST_MS_LEAST) this.begin();
    else setTimeout(() => this.begin(), restMs);
  }

  private begin(): void {
    this.goesAgain = false;
    this.workedMs = 0;
    this.turn(this.readers.values());
  }

  private turn(left: SetIterator<R>): void {
    const startedMs = performance.now();
    const isOver = this.pumpSome(left);
    const now = performance.now();
    this.workedMs += now - startedMs;
    if (!isOver) {
      setImmediate(() => this.turn(left));
      return;
    }
    this.restsUntilMs = now + Math.min(REST * this.workedMs, REST_MS_MAX);
    this.isGoing = false;
    if (this.goesAgain) this.go();
  }

  /** Whether there are no more. A set's iterator also meets who came meanwhile, and not who left. */
  private pumpSome(left: SetIterator<R>): boolean {
    for (let count = 0; count < READERS_A_TURN; count += 1) {
      const { done, value } = left.next();
      if (done === true) return true;
      value.pump();
    }
    return false;
  }
}
