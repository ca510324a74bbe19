/**
 * What is kept of a set's returns from bar to bar instead of the returns: of blocks of bars, sums of powers of their distance from the
 * mean of all of them. Sums of blocks add up, so that mean, deviation, skew and kurtosis of any choice of blocks follow, and memory does not
 * grow with the number of bars. Taking the mean off first keeps the sums exact where returns hardly move.
 */
export const MOMENT_FIELDS = 4;

/** Numbers of a row: the mean of all returns, then the four sums of each block. `bounds`: where blocks begin, and where the last ends. */
export const momentFields = (bounds: readonly number[]): number => 1 + MOMENT_FIELDS * (bounds.length - 1);

/**
 * Simple returns of equity from bar to bar, the first against the cash at the start; false after a ruin, when there is nothing to divide by.
 */
function writeReturns(equity: Float64Array, cash: number, returns: Float64Array): boolean {
  let before = cash;
  for (let bar = 0; bar < equity.length; bar += 1) {
    const value = equity[bar] ?? Number.NaN;
    if (!(before > 0) || !(value >= 0)) return false;
    returns[bar] = value / before - 1;
    before = value;
  }
  return true;
}

let room = new Float64Array();

/** Writes the row of a curve; not-a-number all along for an account that was ruined. */
export function writeMoments(equity: Float64Array, cash: number, bounds: readonly number[], row: Float64Array): void {
  if (room.length < equity.length) room = new Float64Array(equity.length);
  const returns = room.subarray(0, equity.length);
  row.fill(Number.NaN);
  if (!writeReturns(equity, cash, returns)) return;
  let sum = 0;
  for (const each of returns) sum += each;
  const mean = sum / returns.length;
  row[0] = mean;
  for (let block = 0; block + 1 < bounds.length; block += 1) {
    writeBlock(returns.subarray(bounds[block], bounds[block + 1]), mean, row.subarray(1 + MOMENT_FIELDS * block));
  }
}

function writeBlock(returns: Float64Array, mean: number, sums: Float64Array): void {
  let [one, two, three, four] = [0, 0, 0, 0];
  for (const each of returns) {
    const distance = each - mean;
    const square = distance * distance;
    one += distance;
    two += square;
    three += square * distance;
    four += square * square;
  }
  sums.set([one, two, three, four]);
}
