const MULTIPLIER = 0xd256d193;
const KEY_STEP = 0x9e3779b9;
const ROUNDS = 10;

/** The upper half of a product of two 32-bit numbers, by halves of 16 bits. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle % 0x1_0000) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000)) >>> 0;
}

/**
 * Philox2x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): 64 random bits from a counter of
 * two 32-bit words and a key of one. Any point of the sequence is there at once.
 */
export function philox(low: number, high: number, key: number): readonly [number, number] {
  let [left, right, step] = [low >>> 0, high >>> 0, key >>> 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const product = Math.imul(MULTIPLIER, left) >>> 0;
    left = (multiplyHigh(MULTIPLIER, left) ^ step ^ right) >>> 0;
    right = product;
    step = (step + KEY_STEP) >>> 0;
  }
  return [left, right];
}

/** A number from 0 to below 1 in steps of 2⁻⁵³. */
export function philoxUniform(low: number, high: number, key: number): number {
  const [left, right] = philox(low, high, key);
  return ((left >>> 5) * 0x400_0000 + (right >>> 6)) / 2 ** 53;
}
