import type { OptionContract } from '../instruments/option-contract.ts';
import type { Price } from '../money/fixed.ts';

/** What stands on one line of a chain: the call to the left, the put to the right. */
export interface StrikeRow<T> {
  readonly strike: Price;
  readonly call: T | undefined;
  readonly put: T | undefined;
}

/** Options of one expiration by strike. Of two roots at one strike the one that was not adjusted stands first, and alone. */
export function strikeRows<T extends { readonly contract: OptionContract }>(options: readonly T[]): readonly StrikeRow<T>[] {
  const rows = new Map<Price, { call: T | undefined; put: T | undefined }>();
  for (const option of options.toSorted((left, right) => left.contract.root.length - right.contract.root.length)) {
    const { strike, right } = option.contract;
    const row = rows.get(strike) ?? { call: undefined, put: undefined };
    row[right] ??= option;
    rows.set(strike, row);
  }
  return [...rows].map(([strike, row]) => ({ strike, ...row })).sort((left, right) => (left.strike < right.strike ? -1 : 1));
}

const distance = (left: Price, right: Price): bigint => (left > right ? left - right : right - left);

/** The rows nearest to a price: at most `each` below and above the nearest one. All of them where no price is known. */
export function nearMoney<T>(rows: readonly StrikeRow<T>[], spot: Price | undefined, each: number): readonly StrikeRow<T>[] {
  if (spot === undefined || rows.length === 0) return rows;
  let nearest = 0;
  rows.forEach(({ strike }, at) => {
    if (distance(strike, spot) < distance(rows[nearest]?.strike ?? strike, spot)) nearest = at;
  });
  return rows.slice(Math.max(0, nearest - each), nearest + each + 1);
}

/** The expiration that is shown when none is named: the first one that is not of today, else the first. */
export const firstExpiration = (expirations: readonly string[], today: string): string | undefined =>
  expirations.find((expiresOn) => expiresOn > today) ?? expirations[0];
