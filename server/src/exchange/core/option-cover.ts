import { CONTRACT_SHARES } from '../../instruments/option-contract.ts';
import { UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Price } from '../../money/fixed.ts';
import { termsOf } from './option-terms.ts';

/** Signed units by symbol: contracts and shares. */
export type Units = ReadonlyMap<string, bigint>;

interface Leg {
  readonly right: 'call' | 'put';
  readonly strike: Price;
  readonly expiresOn: string;
  /** Signed contracts, at 1e-9. */
  readonly contracts: bigint;
}

export interface Cover {
  /** Short calls that neither shares nor long calls bound, in contracts at 1e-9. */
  readonly uncoveredCalls: bigint;
  /** Shares that short calls need, at 1e-9. */
  readonly sharesBound: bigint;
  /** What the legs can lose at expiry at most, premium left out; short puts may lose down to a price of nothing. */
  readonly worstLoss: Money;
}

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const lesser = (left: bigint, right: bigint): bigint => (left < right ? left : right);

function legsOf(units: Units, underlying: string): Leg[] {
  const legs: Leg[] = [];
  for (const [symbol, contracts] of units) {
    const terms = termsOf(symbol);
    if (terms?.root === underlying && contracts !== 0n) legs.push({ ...terms, contracts });
  }
  return legs;
}

/** Contracts that bound short ones of a right: long ones of it that live at least as long as the shortest-lived cover needs. */
function longCover(legs: readonly Leg[], right: Leg['right']): { readonly short: bigint; readonly covered: bigint } {
  let short = 0n;
  let covered = 0n;
  const long = legs.filter((leg) => leg.right === right && leg.contracts > 0n).map((leg) => ({ ...leg }));
  // Shorts that live longest choose first, for only long ones that live as long can cover them.
  const shorts = legs
    .filter((leg) => leg.right === right && leg.contracts < 0n)
    .sort((left, other) => (left.expiresOn < other.expiresOn ? 1 : -1));
  for (const leg of shorts) {
    let left = -leg.contracts;
    short += left;
    for (const cover of long) {
      if (cover.expiresOn < leg.expiresOn || left === 0n) continue;
      const used = lesser(left, cover.contracts);
      cover.contracts -= used;
      left -= used;
      covered += used;
    }
  }
  return { short, covered };
}

const intrinsic = ({ right, strike }: Leg, at: bigint): bigint => larger(right === 'call' ? at - strike : strike - at, 0n);

/**
 * What the shorts of one underlying need. The loss is a broken line in the price, so that its worst lies at nothing or at a strike; beyond the
 * last strike it falls only with uncovered calls.
 */
export function coverOf(units: Units, underlying: string): Cover {
  const legs = legsOf(units, underlying);
  const calls = longCover(legs, 'call');
  const open = calls.short - calls.covered;
  const sharesBound = lesser(
    open * CONTRACT_SHARES,
    (larger(units.get(underlying) ?? 0n, 0n) / CONTRACT_SHARES / UNITS_PER_ONE) * CONTRACT_SHARES * UNITS_PER_ONE,
  );
  const byShares = sharesBound / CONTRACT_SHARES;
  const counted = withoutCovered(legs, byShares);
  let worst = 0n;
  for (const at of [0n, ...counted.map(({ strike }) => strike as bigint)]) {
    const value = counted.reduce((total, leg) => total + leg.contracts * intrinsic(leg, at), 0n);
    worst = lesser(worst, value);
  }
  return { uncoveredCalls: open - byShares, sharesBound, worstLoss: ((-worst * CONTRACT_SHARES) / UNITS_PER_ONE) as Money };
}

/** The legs without the short calls that shares cover: those with the lowest strikes, which are called away first. */
function withoutCovered(legs: readonly Leg[], contracts: bigint): readonly Leg[] {
  let left = contracts;
  return legs
    .toSorted((one, other) => (one.strike < other.strike ? -1 : 1))
    .map((leg) => {
      if (leg.right !== 'call' || leg.contracts > 0n || left === 0n) return leg;
      const used = lesser(left, -leg.contracts);
      left -= used;
      return { ...leg, contracts: leg.contracts + used };
    });
}

/** The underlyings of all options among the units. */
export function underlyingsOf(units: Units): readonly string[] {
  const found = new Set<string>();
  for (const symbol of units.keys()) {
    const terms = termsOf(symbol);
    if (terms !== undefined) found.add(terms.root);
  }
  return [...found].sort();
}
