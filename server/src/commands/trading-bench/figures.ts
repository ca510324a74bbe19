/** One line of the table: what was measured, and what it should be. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'count';
  readonly p50?: number;
  readonly p99?: number;
  readonly value?: number;
  readonly goal?: number;
}

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

export const spread = (name: string, values: readonly number[], goal?: number): Figure => ({
  name,
  unit: 'ms',
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
  ...(goal === undefined ? {} : { goal }),
});

/** How long something takes, again and again. */
export async function timed(times: number, action: () => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const startedAt = performance.now();
    await action();
    taken.push(performance.now() - startedAt);
  }
  return taken;
}

/** Whether it is as good as it should be; `undefined` of figures without a goal. */
export const isMet = ({ p99, value, goal }: Figure): boolean | undefined =>
  goal === undefined ? undefined : (p99 ?? value ?? Number.POSITIVE_INFINITY) <= goal;
