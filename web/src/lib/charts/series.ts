import { Pyramid, higher, lower } from './pyramid.ts';

/**
 * A value a bar; not a number where there is none. Values that come go into the room of those before: what `with` was called on must not be
 * read after it.
 */
export class Series {
  readonly #values: Float64Array;
  readonly #lows: Pyramid;
  readonly #highs: Pyramid;
  readonly length: number;
  /** Start of the bar of the first value: bars that were loaded since may be older. */
  readonly firstMs: number;

  private constructor(values: Float64Array, length: number, firstMs: number, lows: Pyramid, highs: Pyramid) {
    this.#values = values;
    this.length = length;
    this.firstMs = firstMs;
    this.#lows = lows;
    this.#highs = highs;
  }

  static of(values: Float64Array, firstMs: number): Series {
    return new Series(values, 0, firstMs, new Pyramid(lower), new Pyramid(higher)).with(values, 0);
  }

  /** With other values from an index on. */
  with(part: Float64Array, from: number): Series {
    const length = from + part.length;
    const fits = length <= this.#values.length;
    const values = fits ? this.#values : new Float64Array(Math.ceil(length * 1.5));
    if (!fits) values.set(this.#values.subarray(0, from));
    values.set(part, from);
    this.#lows.update(values, length, from);
    this.#highs.update(values, length, from);
    return new Series(values, length, this.firstMs, this.#lows, this.#highs);
  }

  at(index: number): number | undefined {
    const value = index < this.length ? this.#values[index] : undefined;
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** Lowest and highest of the values `from` to `to`, both included. */
  extent(from: number, to: number): readonly [number, number] | undefined {
    const low = this.#lows.over(from, to);
    return Number.isFinite(low) ? [low, this.#highs.over(from, to)] : undefined;
  }

  /** Lowest and highest of the `2 ** level` values from `at * 2 ** level` on. */
  bucket(level: number, at: number): readonly [number, number] {
    return [this.#lows.at(level, at), this.#highs.at(level, at)];
  }
}
