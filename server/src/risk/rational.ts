import { format } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';

const SCALE = 1_000_000_000n;

/** A fraction that is never rounded: the oracle's arithmetic, in tests. */
export class R {
  readonly #n: bigint;
  /** Positive. */
  readonly #d: bigint;

  private constructor(n: bigint, d: bigint) {
    this.#n = n;
    this.#d = d;
  }

  static of(n: bigint, d: bigint): R {
    if (d === 0n) throw new Error('Invariant: nothing is divided by zero');
    return d < 0n ? new R(-n, -d) : new R(n, d);
  }

  plus(other: R): R {
    return this.#d === other.#d ? new R(this.#n + other.#n, this.#d) : new R(this.#n * other.#d + other.#n * this.#d, this.#d * other.#d);
  }
  minus(other: R): R {
    return this.#d === other.#d ? new R(this.#n - other.#n, this.#d) : new R(this.#n * other.#d - other.#n * this.#d, this.#d * other.#d);
  }
  times(other: R): R {
    return new R(this.#n * other.#n, this.#d * other.#d);
  }
  over(other: R): R {
    return R.of(this.#n * other.#d, this.#d * other.#n);
  }
  abs(): R {
    return this.#n < 0n ? new R(-this.#n, this.#d) : this;
  }
  gt(other: R): boolean {
    return this.#n * other.#d > other.#n * this.#d;
  }
  lt(other: R): boolean {
    return other.gt(this);
  }
  gte(other: R): boolean {
    return !other.gt(this);
  }
  eq(other: R): boolean {
    return this.#n * other.#d === other.#n * this.#d;
  }
  isZero(): boolean {
    return this.#n === 0n;
  }
  /** Whole 1e-9, away from zero where it lies between two. */
  up(scale: bigint = SCALE): bigint {
    const size = (this.#n < 0n ? -this.#n : this.#n) * scale;
    const rounded = size / this.#d + (size % this.#d === 0n ? 0n : 1n);
    return this.#n < 0n ? -rounded : rounded;
  }
  /** Whole 1e-9, towards zero. */
  down(): bigint {
    return (this.#n * SCALE) / this.#d;
  }
  /** In whole 1e-9, which it must be. */
  nano(): bigint {
    if ((this.#n * SCALE) % this.#d !== 0n) throw new Error('Invariant: a price is whole in 1e-9');
    return this.down();
  }
  /** Decimal text, as denials write it. */
  text(): string {
    return format(this.up() as Money);
  }
}

/** A fixed-point figure as a fraction. */
export const F = (units: bigint): R => R.of(units, SCALE);
export const ZERO = R.of(0n, 1n);
export const ONE = R.of(1n, 1n);
