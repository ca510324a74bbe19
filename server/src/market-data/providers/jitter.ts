/** Numbers from 0 to 1, without 1: what spreads retries of many clients apart. */
export type Jitter = () => number;

const GOLDEN = 0x9e3779b9;

/** splitmix32: the same seed gives the same waits, so that a test can name them. */
export function seededJitter(seed: number): Jitter {
  let state = seed | 0;
  return () => {
    state = (state + GOLDEN) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
}
