/**
 * Sobol's sequence (1967) with the primitive polynomials and initial direction numbers of S. Joe and F. Y. Kuo, "Constructing Sobol
 * sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008): their table for dimensions 2 to 32. A row is the
 * polynomial's degree, its inner coefficients as a binary number, and the odd numbers m₁ … m_degree.
 */
const POLYNOMIALS: readonly (readonly [degree: number, coefficients: number, ...initial: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
  [7, 7, 1, 1, 3, 13, 7, 35, 63],
  [7, 8, 1, 3, 5, 9, 1, 25, 53],
  [7, 14, 1, 3, 1, 13, 9, 35, 107],
  [7, 19, 1, 3, 1, 5, 27, 61, 31],
  [7, 21, 1, 1, 5, 11, 19, 41, 61],
  [7, 28, 1, 3, 5, 3, 3, 13, 69],
  [7, 31, 1, 1, 7, 13, 1, 19, 1],
  [7, 32, 1, 3, 7, 5, 13, 19, 59],
  [7, 37, 1, 1, 3, 9, 25, 29, 41],
  [7, 41, 1, 3, 5, 13, 23, 1, 55],
  [7, 42, 1, 3, 7, 3, 13, 59, 17],
];

const BITS = 32;
export const SOBOL_DIMENSIONS_MAX = POLYNOMIALS.length + 1;
/** Points after which the sequence would begin again. */
export const SOBOL_POINTS_MAX = 2 ** BITS;

/** Direction numbers of a dimension from 0: 32 of them, as fractions of 2³². */
export function sobolDirections(dimension: number): Uint32Array {
  if (dimension === 0) return Uint32Array.from({ length: BITS }, (_, bit) => 2 ** (BITS - 1 - bit));
  const polynomial = POLYNOMIALS[dimension - 1];
  if (polynomial === undefined) throw new RangeError(`Invariant: Sobol's sequence has dimensions 0 to ${SOBOL_DIMENSIONS_MAX - 1} here`);
  const [degree, coefficients, ...initial] = polynomial;
  const directions = new Uint32Array(BITS);
  const direction = (bit: number): number => directions[bit] ?? 0;
  for (let bit = 0; bit < BITS; bit += 1) {
    if (bit < degree) {
      directions[bit] = (initial[bit] ?? 0) * 2 ** (BITS - 1 - bit);
      continue;
    }
    let value = direction(bit - degree) ^ (direction(bit - degree) >>> degree);
    for (let term = 1; term < degree; term += 1) {
      if ((coefficients >>> (degree - 1 - term)) & 1) value ^= direction(bit - term);
    }
    directions[bit] = value;
  }
  return directions;
}

/** The point with this index, below 2³², in one dimension: a fraction of 2³². In Gray-code order, as published. */
export function sobolAt(directions: Uint32Array, index: number): number {
  let value = 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit += 1) {
    if (gray & 1) value ^= directions[bit] ?? 0;
  }
  return value >>> 0;
}
