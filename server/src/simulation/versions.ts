/** What something was at each moment: so that a read can be answered from a while ago. */
export class Versions<T> {
  private readonly times: number[] = [];
  private readonly values: T[] = [];

  /** Times never fall. What something was for no time at all is kept too: a read at that very moment may have seen it. */
  set(at: number, value: T): void {
    this.times.push(at);
    this.values.push(value);
  }

  /** The newest at or before that time; `undefined` before the first. */
  at(time: number): T | undefined {
    let index = this.times.length - 1;
    while (index >= 0 && (this.times[index] ?? 0) > time) index -= 1;
    return this.values[index];
  }

  /** All that it was from one time to another, both included, newest first. */
  *between(from: number, to: number): Generator<T> {
    for (let index = this.times.length - 1; index >= 0; index -= 1) {
      const [since, value] = [this.times[index] ?? 0, this.values[index] as T];
      if (since <= to) yield value;
      if (since <= from) return;
    }
  }
}
