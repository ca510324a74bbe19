import { checkReturns } from './statistics-input.ts';
import type { Figure } from './statistics-input.ts';

/** Compounded return of a calendar month (`2024-03`) or year (`2024`), in UTC. */
export interface PeriodReturn {
  readonly period: string;
  readonly return: number;
}

export type CalendarUnit = 'month' | 'year';

/**
 * Simple returns compounded by calendar period. `timesMs` are milliseconds since 1970 in ascending order, one a return: the period that a
 * return counts in. Periods without a return are left out. Throws a RangeError for a bad return or time.
 */
export function calendarReturns(returns: Float64Array, timesMs: Float64Array, unit: CalendarUnit): readonly PeriodReturn[] {
  checkReturns('returns', returns);
  checkTimes(timesMs, returns.length);
  const found: PeriodReturn[] = [];
  let [wealth, end, period] = [1, -Infinity, ''];
  for (const [index, timeMs] of timesMs.entries()) {
    if (timeMs >= end) {
      if (index > 0) found.push({ period, return: wealth - 1 });
      wealth = 1;
      [period, end] = periodAt(timeMs, unit);
    }
    wealth *= 1 + (returns[index] ?? 0);
  }
  return returns.length === 0 ? found : [...found, { period, return: wealth - 1 }];
}

const YEAR_MS = 365.25 * 86_400_000;

/**
 * Compound annual growth over the time that passed, in years of 365.25 days. `fromMs` is the time of the first mark, before the first
 * return. `null` where no time passed. Throws a RangeError for a return below -1 or a time that is none.
 */
export function compoundAnnualGrowth(cumulativeReturn: number, fromMs: number, toMs: number): Figure {
  checkReturns('cumulativeReturn', Float64Array.of(cumulativeReturn));
  checkTimes(Float64Array.of(fromMs, toMs), 2);
  return fromMs === toMs ? null : (1 + cumulativeReturn) ** (YEAR_MS / (toMs - fromMs)) - 1;
}

/** The name of the period that holds a time, and when the next one begins. */
function periodAt(timeMs: number, unit: CalendarUnit): [name: string, endMs: number] {
  const date = new Date(timeMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const name = String(year).padStart(4, '0');
  if (unit === 'year') return [name, Date.UTC(year + 1, 0)];
  return [`${name}-${String(month + 1).padStart(2, '0')}`, Date.UTC(year, month + 1)];
}

/** From the year 100 on, for JavaScript takes a smaller one for a year of the last century, to the end of the year 9999. */
const [TIME_MIN, TIME_MAX] = [Date.parse('0100-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

function checkTimes(timesMs: Float64Array, length: number): void {
  if (timesMs.length !== length) {
    throw new RangeError(`There are ${timesMs.length} times for ${length} returns: give each return its time.`);
  }
  let before = -Infinity;
  for (const [index, timeMs] of timesMs.entries()) {
    if (!(timeMs >= TIME_MIN && timeMs <= TIME_MAX)) {
      throw new RangeError(`timesMs[${index}] is ${timeMs}, but must be milliseconds since 1970, in the years 100 to 9999.`);
    }
    if (timeMs < before)
      throw new RangeError(`timesMs[${index}] is before the time at ${index - 1}: put the returns in the order of time.`);
    before = timeMs;
  }
}
