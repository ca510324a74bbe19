import { philoxUniform } from '@tidemark/compute';
import type { MarkedPrices } from './marked-prices.ts';
import type { Stretch } from './stretches.ts';

const WORD = 2 ** 32;

/** Numbers from 0 to below 1, the same for the same seed and draw. */
export function uniformsOf(seed: number, draw: number): () => number {
  let count = 0;
  const high = draw + Math.floor(seed / WORD) * 2 ** 20;
  return () => {
    count += 1;
    return philoxUniform(count, high, seed % WORD);
  };
}

export interface Room {
  /** First mark that may be held. */
  readonly first: number;
  /** Marks within the room at which nothing is held. */
  readonly flat: number;
}

/** The marks at which a symbol can be held: from its first bar on, and never at an open before any close is known. */
export function roomOf({ close }: MarkedPrices, stretches: readonly Stretch[], atClose: boolean): Room {
  const listed = close.findIndex((price) => !Number.isNaN(price));
  const first = listed < 0 ? close.length : listed + (atClose ? 0 : 1);
  const held = stretches.reduce((total, { shape }) => total + shape.length, 0);
  return { first, flat: close.length - first - held };
}

/** Whether any other plan than the run's own is possible. */
export const canMove = (stretches: readonly Stretch[], { flat }: Room): boolean =>
  flat >= 0 && stretches.length > 0 && (flat > 0 || stretches.length > 1);

export interface RandomPlan {
  readonly stretches: readonly Stretch[];
  readonly starts: Float64Array;
}

/**
 * The same stretches at other times: in an order drawn anew, each put at a point of the flat time that is drawn uniformly. It looks at no
 * price.
 */
export function randomPlanOf(stretches: readonly Stretch[], { first, flat }: Room, uniform: () => number): RandomPlan {
  const order = [...stretches];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(uniform() * (last + 1));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  const starts = Float64Array.from(order, () => Math.floor(uniform() * (flat + 1))).toSorted();
  let held = 0;
  for (const [index, { shape }] of order.entries()) {
    starts[index] = first + (starts[index] ?? 0) + held;
    held += shape.length;
  }
  return { stretches: order, starts };
}
