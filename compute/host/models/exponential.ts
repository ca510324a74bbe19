const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts: the first has few digits, so that a multiple of it is exact. */
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
/** Above and below, the result is no finite number, and none but zero. */
const TOP = 709.782712893384;
const BOTTOM = -745.1332191019412;

/** 1/n! from the last term that counts to the first. */
const COEFFICIENTS = inverseFactorials(14).toReversed();
/** 2^k for k from 0 to 1023: products of two are exact. */
const POWERS = powersOf(2);
const INVERSE_POWERS = powersOf(0.5);

function inverseFactorials(count: number): readonly number[] {
  const values = [1];
  let factorial = 1;
  for (let n = 1; n < count; n += 1) {
    factorial *= n;
    values.push(1 / factorial);
  }
  return values;
}

function powersOf(base: number): Float64Array {
  const powers = new Float64Array(1024).fill(1);
  for (let k = 1; k < powers.length; k += 1) powers[k] = (powers[k - 1] ?? 1) * base;
  return powers;
}

function timesPowerOfTwo(value: number, k: number): number {
  const powers = k < 0 ? INVERSE_POWERS : POWERS;
  const half = Math.min(Math.abs(k), 1000);
  return value * (powers[half] ?? Number.NaN) * (powers[Math.abs(k) - half] ?? Number.NaN);
}

/**
 * e^x to within two units in the last place, by additions and multiplications alone: every machine gives the same bits, which `Math.exp` does
 * not promise. Taylor's series after taking a multiple of ln 2 away.
 */
export function exponential(x: number): number {
  if (!(x <= TOP)) return x > TOP ? Infinity : Number.NaN;
  if (x < BOTTOM) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const rest = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 0;
  for (const coefficient of COEFFICIENTS) sum = sum * rest + coefficient;
  return timesPowerOfTwo(sum, k);
}
