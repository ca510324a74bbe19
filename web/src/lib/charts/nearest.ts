/** Index of the value nearest to `at`, the first of equals; `undefined` where there is none. Values need no order. */
export function nearestIndex(values: readonly number[], at: number): number | undefined {
  let best: number | undefined;
  values.forEach((value, index) => {
    const distance = Math.abs(value - at);
    if (best === undefined || distance < Math.abs((values[best] ?? Number.POSITIVE_INFINITY) - at)) best = index;
  });
  return best;
}

/** Index of the point nearest to a place, the first of equals; `undefined` where there is none within `most`. All in pixels. */
export function nearestPoint(
  points: readonly { readonly x: number; readonly y: number }[],
  at: { readonly x: number; readonly y: number },
  most: number,
): number | undefined {
  let best: number | undefined;
  let least = most;
  for (const [index, { x, y }] of points.entries()) {
    const distance = Math.hypot(x - at.x, y - at.y);
    if (distance > least || (best !== undefined && distance === least)) continue;
    [best, least] = [index, distance];
  }
  return best;
}
