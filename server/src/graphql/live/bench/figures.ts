/** Milliseconds that mean the same in every process of the machine. */
export const sharedNowMs = (): number => performance.timeOrigin + performance.now();

/** Latencies of one measurement, in milliseconds. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Of values that are many: sorted in place. */
export function spreadOf(values: Float64Array): Spread {
  values.sort();
  const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
  return { count: values.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Numbers without end, and without a box for each. */
export class Gathered {
  private values = new Float64Array(1 << 16);
  private length = 0;

  add(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    this.length += 1;
  }

  spread(): Spread {
    return spreadOf(this.values.slice(0, this.length));
  }

  clear(): void {
    this.length = 0;
  }
}
