/** The last entry of this time or before; 0 where there is none. The engine's clock never goes back, so halves are enough. */
export async function lastSeqUntil(at: number, headSeq: number, timeOf: (seq: number) => Promise<number>): Promise<number> {
  let [low, high] = [0, headSeq];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await timeOf(middle)) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
