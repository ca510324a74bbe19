import { divide } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { add } from '../money/money.ts';
import type { Exposure } from './exposure.ts';
import { movedBy, optionMovesOf } from './option-moves.ts';
import type { MarketView, OptionMoves } from './option-moves.ts';
import { stressRatio } from './order-risk.ts';
import type { InstrumentProfile } from './types.ts';

/** Days whose returns the positions of now are put through. */
export const SCENARIO_DAYS = 250;
/** Of 250 days two may lose more than the value at risk, which is 99 %: it is the third worst. */
const TAIL = 3;
const RATIO_PER_MILLIONTH = 1_000n;

/** The bad end of one day's results as shares of equity at 1e-12; a loss is positive. */
export interface Tail {
  readonly valueAtRisk: bigint;
  /** Five times the mean of the worst 1 %, two and a half days: whole, so that nothing is rounded. */
  readonly fiveShortfalls: bigint;
}

/** One symbol's returns on the scenario days, in millionths; not-a-number where none is known. */
type Returns = Float64Array;

/** Worked out once for each set of profiles. */
const known = new WeakMap<ReadonlyMap<string, InstrumentProfile>, ReadonlyMap<string, Returns>>();

function returnsOf(profiles: ReadonlyMap<string, InstrumentProfile>): ReadonlyMap<string, Returns> {
  const cached = known.get(profiles);
  if (cached !== undefined) return cached;
  const days = new Set<number>();
  for (const { dailyReturns } of profiles.values()) for (const day of dailyReturns?.days ?? []) days.add(day);
  const newest = [...days].sort((left, right) => left - right).slice(-SCENARIO_DAYS);
  const aligned = new Map<string, Returns>();
  for (const profile of profiles.values()) aligned.set(profile.symbol, alignedReturns(profile, newest));
  known.set(profiles, aligned);
  return aligned;
}

/** A day between the first and the last of a symbol's history on which it did not trade moved nothing. Days outside are not known. */
function alignedReturns({ dailyReturns }: InstrumentProfile, newest: readonly number[]): Returns {
  const aligned = new Float64Array(SCENARIO_DAYS).fill(Number.NaN);
  if (dailyReturns === undefined) return aligned;
  const { days, millionths } = dailyReturns;
  const byDay = new Map(days.map((day, index) => [day, millionths[index] ?? 0]));
  const first = days[0] ?? Number.POSITIVE_INFINITY;
  const last = days.at(-1) ?? Number.NEGATIVE_INFINITY;
  const offset = SCENARIO_DAYS - newest.length;
  for (const [index, day] of newest.entries()) {
    if (day >= first && day <= last) aligned[offset + index] = byDay.get(day) ?? 0;
  }
  return aligned;
}

/** Whole numbers in doubles: exact as long as they are safe. */
function addSymbol(results: Float64Array, weight: number, returns: Returns | undefined, stress: number): void {
  const unknown = -Math.abs(weight) * stress;
  for (let day = 0; day < SCENARIO_DAYS; day += 1) {
    const move = returns === undefined ? Number.NaN : (returns[day] as number);
    results[day] = (results[day] as number) + (Number.isNaN(move) ? unknown : weight * move);
  }
}

/** An option by its underlying's moves; a short one loses its stress on a day that is not known. */
function addOption(results: Float64Array, moves: OptionMoves, returns: Returns | undefined, unknown: number): void {
  for (let day = 0; day < SCENARIO_DAYS; day += 1) {
    const move = returns === undefined ? Number.NaN : (returns[day] as number);
    results[day] = (results[day] as number) + (Number.isNaN(move) ? unknown : movedBy(moves, move));
  }
}

/**
 * Positions and open entries put through the returns of the last 250 days, options through those of their underlyings where their figures are
 * fresh. On a day whose return is not known a symbol loses its stress. Shares of equity are rounded up to whole millionths, so that all else is whole numbers. `undefined` where a price is missing, or a figure too large.
 */
export function tailOf(exposure: Exposure, equity: Money, market: MarketView): Tail | undefined {
  const { profiles } = market;
  const returns = returnsOf(profiles);
  const results = new Float64Array(SCENARIO_DAYS);
  for (const of of exposure.bySymbol.values()) {
    const { symbol, position, opened, price, multiplier, unpriced } = of;
    const units = add(position, opened);
    if (unpriced || (units !== 0n && price === undefined)) return undefined;
    if (units === 0n) continue;
    const weight = Number(divide(units * multiplier * (price ?? 0n), equity * RATIO_PER_MILLIONTH, 'away-from-zero'));
    const stress = stressRatio(units > 0n ? 'buy' : 'sell', profiles.get(symbol)?.dailyVolatility60);
    const stressed = Number(divide(stress, RATIO_PER_MILLIONTH, 'ceil'));
    const moves = multiplier === 1n ? undefined : optionMovesOf(of, units, equity, market);
    if (moves === undefined) addSymbol(results, weight, returns.get(symbol), stressed);
    else addOption(results, moves, returns.get(moves.follows), -Math.abs(weight) * stressed);
  }
  if (!results.every((result) => Number.isSafeInteger(result))) return undefined;
  const [worst = 0, second = 0, third = 0] = results.toSorted().subarray(0, TAIL);
  const loss = (result: number): bigint => BigInt(-result);
  return { valueAtRisk: loss(third), fiveShortfalls: 2n * loss(worst) + 2n * loss(second) + loss(third) };
}
