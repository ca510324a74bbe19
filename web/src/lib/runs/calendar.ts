export interface PeriodReturn {
  readonly period: string;
  readonly return: number;
}

/** A year's row: twelve months from January on, `undefined` where the run has none of it. */
export interface CalendarYear {
  readonly year: string;
  readonly months: readonly (number | undefined)[];
  readonly total: number;
}

const MONTHS = 12;

/** Months and years of a run as rows of a calendar, in the order of the years. */
export function calendarRows(months: readonly PeriodReturn[], years: readonly PeriodReturn[]): readonly CalendarYear[] {
  const byPeriod = new Map(months.map((one) => [one.period, one.return]));
  return years.map(({ period: year, return: total }) => ({
    year,
    total,
    months: Array.from({ length: MONTHS }, (_, month) => byPeriod.get(`${year}-${String(month + 1).padStart(2, '0')}`)),
  }));
}

/** A month of ±10 % has its full colour; where all are smaller, the largest has. Text stays readable on the deepest, in dark and in light. */
const FULL = 0.1;
const [FAINTEST, DEEPEST] = [8, 55];

/** How much of its colour a return has, in percent, beside the largest of its calendar. */
export function tintOf(value: number, months: readonly PeriodReturn[]): number {
  const largest = months.reduce((most, one) => Math.max(most, Math.abs(one.return)), 0);
  const share = largest === 0 ? 0 : Math.min(1, Math.abs(value) / Math.min(FULL, largest));
  return Math.round(FAINTEST + share * (DEEPEST - FAINTEST));
}
