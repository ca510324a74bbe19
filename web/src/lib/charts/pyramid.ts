/** Joins two neighbours; what is not a number is no value, and leaves the other as it is. */
export type Join = (left: number, right: number) => number;

export const lower: Join = (left, right) => (left <= right || Number.isNaN(right) ? left : right);
export const higher: Join = (left, right) => (left >= right || Number.isNaN(right) ? left : right);
export const total: Join = (left, right) => (Number.isNaN(left) ? right : Number.isNaN(right) ? left : left + right);

/**
 * A column joined two by two, and those again, up to one value: what a stretch of a hundred thousand values comes to is then read from a few.
 * Level `k` has a value for each `2 ** k` of the column, which begin at multiples of that; the last may have fewer.
 */
export class Pyramid {
  readonly #join: Join;
  #levels: Float64Array[] = [];
  #length = 0;

  constructor(join: Join) {
    this.#join = join;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes the first `length` values of the column, of which those from `from` on have changed. */
  update(column: Float64Array, length: number, from = 0): void {
    this.#length = length;
    this.#levels[0] = column;
    let below = column;
    let belowLength = length;
    let changed = from;
    let level = 1;
    for (; belowLength > 1; level += 1) {
      const size = Math.ceil(belowLength / 2);
      changed = Math.floor(changed / 2);
      const values = this.#room(level, size);
      for (let at = changed; at < size; at += 1) {
        const right = at * 2 + 1 < belowLength ? below[at * 2 + 1] : Number.NaN;
        values[at] = this.#join(below[at * 2] ?? Number.NaN, right ?? Number.NaN);
      }
      below = values;
      belowLength = size;
    }
    this.#levels.length = level;
  }

  /** Of the values from `at * 2 ** level` on, as many as there are of `2 ** level`. */
  at(level: number, at: number): number {
    return this.#levels[Math.min(level, this.#levels.length - 1)]?.[level < this.#levels.length ? at : 0] ?? Number.NaN;
  }

  /** Of the values `from` to `to`, both included; not a number where there is none. */
  over(from: number, to: number): number {
    let low = Math.max(0, from);
    let high = Math.min(this.#length - 1, to);
    let out = Number.NaN;
    for (let level = 0; low <= high; level += 1) {
      if (low % 2 === 1) out = this.#join(this.at(level, low), out);
      if (high % 2 === 0) out = this.#join(this.at(level, high), out);
      low = Math.ceil(low / 2);
      high = Math.floor((high - 1) / 2);
    }
    return out;
  }

  #room(level: number, size: number): Float64Array {
    const known = this.#levels[level];
    if (known !== undefined && known.length >= size) return known;
    const larger = new Float64Array(size * 2);
    if (known !== undefined) larger.set(known);
    this.#levels[level] = larger;
    return larger;
  }
}
