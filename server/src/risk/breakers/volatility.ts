import { UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price, Ratio } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import type { Limits } from '../limits.ts';
import { isUnlimited } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** The highest and the lowest price of one minute. */
export interface MinuteRange {
  /** Whole minutes since 1970-01-01. */
  readonly minute: number;
  readonly high: Price;
  readonly low: Price;
}

const MINUTE_MS = 60_000;
export const RANGE_MINUTES = 30;
/** A half hour without a trip ends one. */
export const CALM_MS = RANGE_MINUTES * MINUTE_MS;
/** √(30 / 390): a half hour's usual range beside a day's, for a price that walks at random. */
const HALF_HOUR_OF_DAY = 277_350n;
const MILLION = 1_000_000n;

/** The ranges of the last half hour with one price more. */
export function withPrice(ranges: readonly MinuteRange[], price: Price, at: Instant): readonly MinuteRange[] {
  const minute = Math.floor(at / MINUTE_MS);
  const last = ranges.at(-1);
  if (last !== undefined && last.minute > minute) return ranges;
  const recent = ranges.filter((range) => range.minute > minute - RANGE_MINUTES && range.minute !== minute);
  const own = last?.minute === minute ? last : { minute, high: price, low: price };
  return [...recent, { minute, high: price > own.high ? price : own.high, low: price < own.low ? price : own.low }];
}

/** Range of the last half hour against what is usual for the symbol: more than so many times as much trips. */
export function volatility(ranges: readonly MinuteRange[], medianRange60: Ratio | undefined, limits: Limits): Verdict {
  const { volatilityHalfMultipleMax: half, volatilityOffMultipleMax: off } = limits;
  const [first] = ranges;
  if (first === undefined || medianRange60 === undefined || isUnlimited(half)) return CALM;
  let { high, low }: { high: Price; low: Price } = first;
  for (const range of ranges) {
    if (range.high > high) high = range.high;
    if (range.low < low) low = range.low;
  }
  if (low <= 0n) return CALM;
  // (high − low) / low > multiple · median · √(30/390), multiplied out.
  const moved = (high - low) * UNITS_PER_ONE * MILLION;
  const usual = medianRange60 * HALF_HOUR_OF_DAY * low;
  const beyond = (multiple: number): boolean => !isUnlimited(multiple) && moved > BigInt(multiple) * usual;
  const times = Number((moved * 100n) / usual) / 100;
  if (beyond(off)) return { effect: 'entries-off', because: `The range of 30 min is ${times} times what is usual; the limit is ${off}.` };
  if (beyond(half)) return { effect: 'half', because: `The range of 30 min is ${times} times what is usual; the limit is ${half}.` };
  return CALM;
}
