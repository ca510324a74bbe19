/** So many readers in one turn: what else the process does is not held up by ten thousand of them. */
const READERS_A_TURN = 200;

/** Goes round all readers whenever there is something new, a part in each turn of the event loop. */
export class Rounds<R extends { pump(): void }> {
  readonly readers = new Set<R>();
  private isGoing = false;
  private goesAgain = false;

  go(): void {
    if (this.isGoing) {
      this.goesAgain = true;
      return;
    }
    this.isGoing = true;
    this.goesAgain = false;
    this.turn(this.readers.values());
  }

  /** A set's iterator also meets who came meanwhile, and not who left. */
  private turn(left: SetIterator<R>): void {
    for (let count = 0; count < READERS_A_TURN; count += 1) {
      const { done, value } = left.next();
      if (done === true) {
        this.isGoing = false;
        if (this.goesAgain) this.go();
        return;
      }
      value.pump();
    }
    setImmediate(() => this.turn(left));
  }
}
