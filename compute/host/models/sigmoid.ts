import { exponential } from './exponential.ts';

/** Beyond it e^x is too near to zero for a probability to notice, and would soon be none. */
const EXPONENT_MAX = 700;

/** 1 / (1 + e^−z), never 0 and without overflow; the same bits on every machine and in every engine, as {@link exponential} is. */
export function sigmoid(z: number): number {
  const e = exponential(-Math.min(EXPONENT_MAX, Math.abs(z)));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}
