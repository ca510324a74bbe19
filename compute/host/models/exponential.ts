/** ln 2 in two parts: whole multiples of the first are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Beyond it e^x is too near to zero for a probability to notice, and 2^k would leave the normal numbers. */
const EXPONENT_MAX = 700;
/** The last term of the series: the next would be below 2⁻⁵⁶ of the sum. */
const TERMS = 14;

/**
 * e^x for x from −700 to 0; lower is taken as −700. Only of additions, multiplications and divisions, whose results IEEE 754 fixes: a model gives the
 * same bits on every machine and in every engine, where `Math.exp` is left to each of them. x = k ln 2 + r, and e^r by its series.
 */
export function exponential(x: number): number {
  const bounded = Math.max(-EXPONENT_MAX, Math.min(0, x));
  const k = Math.round(bounded / Math.LN2);
  const r = bounded - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let term = TERMS; term >= 1; term -= 1) sum = 1 + (r * sum) / term;
  return sum * powerOfTwo(k);
}

/** 2^k for k from −1022 to 0. */
function powerOfTwo(k: number): number {
  let [power, base] = [1, 0.5];
  for (let rest = -k; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= base;
    base *= base;
  }
  return power;
}

/** 1 / (1 + e^−z), without overflow for any finite z. */
export function sigmoid(z: number): number {
  const e = exponential(-Math.abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}
