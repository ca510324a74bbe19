/**
 * What is kept of a set's returns from bar to bar instead of the returns: of each block of bars the mean, and the sum of squared distances from it.
 * Blocks can be put together (Chan, Golub and LeVeque, 1979), so that mean and deviation of any choice of blocks follow, and memory does not grow
 * with the number of bars. Each block has a mean of its own because many a set stands still for long: what does not move must not seem to.
 */
export const MOMENT_FIELDS = 2;

/** Numbers of a row: two of each block. `bounds`: where blocks begin, and where the last ends. */
export const momentFields = (bounds: readonly number[]): number => MOMENT_FIELDS * (bounds.length - 1);

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
  for (let block = 0; block + 1 < bounds.length; block += 1) {
    writeBlock(returns.subarray(bounds[block], bounds[block + 1]), row.subarray(MOMENT_FIELDS * block));
  }
}

function writeBlock(returns: Float64Array, moments: Float64Array): void {
  let sum = 0;
  for (const each of returns) sum += each;
  const mean = returns.length === 0 ? 0 : sum / returns.length;
  let squares = 0;
  for (const each of returns) squares += (each - mean) ** 2;
  moments[0] = mean;
  moments[1] = squares;
}
