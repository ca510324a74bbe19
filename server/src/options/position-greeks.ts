import type { Greeks } from './quote.ts';

/** Something that is held: shares, or contracts with what is known of them. */
export interface HeldUnits {
  readonly symbol: string;
  /** What it is written on; of shares themselves. */
  readonly underlying: string;
  /** Signed shares or contracts. */
  readonly quantity: number;
  /** Shares of a unit: 1 of a share. */
  readonly multiplier: number;
  /** Of one share's option; `undefined` where they are not known. Shares need none. Rho is in no figure of a position. */
  readonly greeks: Omit<Greeks, 'rho'> | undefined;
  readonly isOption: boolean;
}

/** What a position gains or loses, in dollars. */
export interface PositionGreeks {
  readonly symbol: string;
  /** Dollars of the underlying that it moves like. */
  readonly delta: number;
  /** Change of those dollars when the underlying moves by one percent. */
  readonly gamma: number;
  /** For each calendar day. */
  readonly theta: number;
  /** For each point of volatility. */
  readonly vega: number;
}

export interface AccountGreeks extends Omit<PositionGreeks, 'symbol'> {
  readonly positions: readonly PositionGreeks[];
  /** Σ of each delta times its underlying's beta. */
  readonly betaWeightedDelta: number;
  /** Options whose figures are not known: while there are any, the sums are not the whole. */
  readonly unknown: readonly string[];
}

const PERCENT = 0.01;

/** `undefined` where the figures or the underlying's price are not known: never a zero for what is not known. */
export function positionGreeks(held: HeldUnits, spot: number | undefined): PositionGreeks | undefined {
  if (spot === undefined) return undefined;
  const units = held.quantity * held.multiplier;
  if (!held.isOption) return { symbol: held.symbol, delta: units * spot, gamma: 0, theta: 0, vega: 0 };
  const { greeks } = held;
  if (greeks === undefined) return undefined;
  return {
    symbol: held.symbol,
    delta: units * greeks.delta * spot,
    gamma: units * greeks.gamma * spot * spot * PERCENT,
    theta: units * greeks.theta,
    vega: units * greeks.vega,
  };
}

/** The greeks of all that is held. A beta that is not known counts as 1. */
export function accountGreeks(
  held: readonly HeldUnits[],
  spotOf: (underlying: string) => number | undefined,
  betaOf: (underlying: string) => number | undefined,
): AccountGreeks {
  const known = held.map((one) => ({ one, greeks: positionGreeks(one, spotOf(one.underlying)) }));
  const positions = known.flatMap(({ greeks }) => greeks ?? []);
  const sum = (read: (greeks: PositionGreeks) => number): number => positions.reduce((total, greeks) => total + read(greeks), 0);
  return {
    positions,
    delta: sum(({ delta }) => delta),
    gamma: sum(({ gamma }) => gamma),
    theta: sum(({ theta }) => theta),
    vega: sum(({ vega }) => vega),
    betaWeightedDelta: known.reduce((total, { one, greeks }) => total + (greeks?.delta ?? 0) * (betaOf(one.underlying) ?? 1), 0),
    unknown: known.filter(({ greeks }) => greeks === undefined).map(({ one }) => one.symbol),
  };
}

/** Closes of one symbol by day, which is text that names it. */
export type ClosesByDay = ReadonlyMap<string, number>;

const RETURNS_MIN = 60;

/**
 * Slope of a symbol's daily log returns against the market's, over the days on which both have a close and had one on the common day before.
 * `undefined` with fewer than sixty returns, or where the market did not move.
 */
export function betaAgainst(symbol: ClosesByDay, market: ClosesByDay): number | undefined {
  const days = [...symbol.keys()].filter((day) => market.has(day)).sort();
  const pairs: (readonly [own: number, market: number])[] = [];
  for (let at = 1; at < days.length; at++) {
    const [before = '', day = ''] = [days[at - 1], days[at]];
    const own = Math.log((symbol.get(day) ?? Number.NaN) / (symbol.get(before) ?? Number.NaN));
    const whole = Math.log((market.get(day) ?? Number.NaN) / (market.get(before) ?? Number.NaN));
    if (Number.isFinite(own) && Number.isFinite(whole)) pairs.push([own, whole]);
  }
  if (pairs.length < RETURNS_MIN) return undefined;
  const mean = (read: (pair: readonly [number, number]) => number): number =>
    pairs.reduce((total, pair) => total + read(pair), 0) / pairs.length;
  const ownMean = mean(([own]) => own);
  const marketMean = mean(([, whole]) => whole);
  const covariance = mean(([own, whole]) => (own - ownMean) * (whole - marketMean));
  const variance = mean(([, whole]) => (whole - marketMean) ** 2);
  return variance > 0 ? covariance / variance : undefined;
}
