/** What something was at each moment: so that a read can be answered from a while ago. */
export class Versions<T> {
  private readonly times: number[] = [];
  private readonly values: T[] = [];

  set(at: number, value: T): void {
    if (this.times.at(-1) === at) {
      this.values[this.values.length - 1] = value;
      return;
    }
    this.times.push(at);
    this.values.push(value);
  }

  /** The newest at or before that time; `undefined` before the first. */
  at(time: number): T | undefined {
    let index = this.times.length - 1;
    while (index >= 0 && (this.times[index] ?? 0) > time) index -= 1;
    return this.values[index];
  }
}
