/** Index of the value nearest to `at`, the first of equals; `undefined` where there is none. Values need no order. */
export function nearestIndex(values: readonly number[], at: number): number | undefined {
  let best: number | undefined;
  values.forEach((value, index) => {
    const distance = Math.abs(value - at);
    if (best === undefined || distance < Math.abs((values[best] ?? Number.POSITIVE_INFINITY) - at)) best = index;
  });
  return best;
}
