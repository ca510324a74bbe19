import type { RestrictionLists } from '../engine/events.ts';

export const RESTRICTION_LISTS = ['denied', 'allowed', 'excepted'] as const satisfies readonly (keyof RestrictionLists)[];
export type RestrictionList = (typeof RESTRICTION_LISTS)[number];

export const LIST_TITLES: Record<RestrictionList, string> = {
  denied: 'Symbols that are not opened',
  allowed: 'Symbols of which alone anything is opened',
  excepted: 'Symbols outside of exchanges, or with leverage, that are let through',
};

/** A list as it is kept: sorted, each symbol once. */
export const listed = (symbols: readonly string[]): readonly string[] => [...new Set(symbols)].sort();

export const sameList = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((symbol, index) => symbol === right[index]);

/** True where a symbol could be opened afterwards that could not before. */
export function loosensList(list: RestrictionList, from: readonly string[], to: readonly string[]): boolean {
  const added = to.some((symbol) => !from.includes(symbol));
  if (list === 'denied') return from.some((symbol) => !to.includes(symbol));
  if (list === 'excepted') return added;
  // An empty list of allowed symbols allows all.
  return from.length > 0 && (to.length === 0 || added);
}
