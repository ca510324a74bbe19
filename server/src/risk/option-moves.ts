import { divide, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import type { SymbolExposure } from './exposure.ts';
import type { RiskContext } from './types.ts';
import { countedPrice } from './valuation.ts';

/** Figures that are older belong to another market: quotes of what is held or ordered are read every 10 s. */
export const FIGURES_MS_MAX = 60_000;
/** Clocks are this far apart. */
const AHEAD_MS_MAX = 1_000;
const RATIO_PER_MILLIONTH = 1_000n;

/** What a market's prices are known by, as far as moves of options need it. */
export type MarketView = Pick<RiskContext, 'profiles' | 'marks' | 'options' | 'now'>;

/** How an option's worth follows its underlying, in whole millionths of equity, for a move of 100 %. */
export interface OptionMoves {
  /** The underlying. */
  readonly follows: string;
  /** Worth of all units now: more than it nobody can lose who bought them. */
  readonly premium: number;
  /** Of the underlying's move; a long option loses no more by it, because its worth is convex. */
  readonly delta: number;
  /** What a day takes from a long option. */
  readonly decay: number;
  readonly isLong: boolean;
}

/**
 * How units of an option follow their underlying: long ones by their delta, less a day's theta, short ones by as much as the underlying moves against them.
 * `undefined` where nothing fresh is known of it.
 */
export function optionMovesOf(
  of: SymbolExposure,
  units: Quantity,
  equity: Money,
  { options, marks, now }: MarketView,
): OptionMoves | undefined {
  const contract = options?.contracts.get(of.symbol);
  const figures = marks.get(of.symbol)?.option;
  if (contract === undefined || figures === undefined) return undefined;
  const age = now - figures.at;
  const spot = countedPrice(marks.get(contract.underlying));
  const isCall = contract.right === 'call';
  const size = isCall ? figures.delta : -figures.delta;
  if (!(age >= -AHEAD_MS_MAX && age <= FIGURES_MS_MAX) || spot === undefined || size < 0n || size > UNITS_PER_ONE) return undefined;
  const isLong = units > 0n;
  const shares = units * of.multiplier;
  const per = equity * RATIO_PER_MILLIONTH;
  // A short option rises by no more than its underlying moves its way, and what it falls by is not counted as a gain.
  const exposure = isLong
    ? divide(shares * spot * figures.delta, per * UNITS_PER_ONE, 'away-from-zero')
    : divide(shares * spot, per, 'away-from-zero');
  const decay = isLong && figures.theta < 0n ? divide(shares * -figures.theta, per, 'away-from-zero') : 0n;
  return {
    follows: contract.underlying,
    premium: Number(divide(shares * (of.price ?? 0n), per, 'away-from-zero')),
    delta: Number(isLong || isCall ? exposure : -exposure),
    decay: Number(decay),
    isLong,
  };
}

const MILLION = 1_000_000;

/** The result of one day in which the underlying moved by so many millionths, in units of 1e-12 of equity. */
export const movedBy = ({ premium, delta, decay, isLong }: OptionMoves, move: number): number =>
  isLong ? Math.max(-premium * MILLION, delta * move - decay * MILLION) : Math.min(0, delta * move);
