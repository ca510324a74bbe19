import { divide } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import type { Exposure } from './exposure.ts';
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

/**
 * Positions and open entries put through the returns of the last 250 days. On a day whose return is not known a symbol loses its stress. Shares
 * of equity are rounded up to whole millionths, so that all else is whole numbers. `undefined` where a price is missing, or a figure too large.
 */
export function tailOf(exposure: Exposure, equity: Money, profiles: ReadonlyMap<string, InstrumentProfile>): Tail | undefined {
  const returns = returnsOf(profiles);
  const results = new Float64Array(SCENARIO_DAYS);
  for (const { symbol, position, opened, price, multiplier, unpriced } of exposure.bySymbol.values()) {
    const units = position + opened;
    if (unpriced || (units !== 0n && price === undefined)) return undefined;
    if (units === 0n) continue;
    const weight = Number(divide(units * multiplier * (price ?? 0n), equity * RATIO_PER_MILLIONTH, 'away-from-zero'));
    const stress = stressRatio(units > 0n ? 'buy' : 'sell', profiles.get(symbol)?.dailyVolatility60);
    addSymbol(results, weight, returns.get(symbol), Number(divide(stress, RATIO_PER_MILLIONTH, 'ceil')));
  }
  if (!results.every((result) => Number.isSafeInteger(result))) return undefined;
  const [worst = 0, second = 0, third = 0] = results.toSorted().subarray(0, TAIL);
  const loss = (result: number): bigint => BigInt(-result);
  return { valueAtRisk: loss(third), fiveShortfalls: 2n * loss(worst) + 2n * loss(second) + loss(third) };
}
