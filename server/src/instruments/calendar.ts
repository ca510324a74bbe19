import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/**
 * The New York Stock Exchange's trading days, written down as rules and exceptions.
 *
 * Source: the exchange's published rule 7.2 (holidays) and its yearly notices of holidays and early closings; special
 * closings by its notices of the day. Checked in the tests against twenty-two years of traded dates.
 */
export const CALENDAR_YEARS = { first: 1993, last: 2299 } as const;

const ZONE = 'America/New_York';

/** One trading day. All times are UTC instants. */
export interface Session {
  /** New York calendar date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly preOpenAt: Instant;
  readonly openAt: Instant;
  readonly closeAt: Instant;
  readonly postCloseAt: Instant;
  /** Closes before 16:00. */
  readonly early: boolean;
}

/** A date or an instant that this calendar does not cover. */
export class CalendarRangeError extends Error {
  override readonly name = 'CalendarRangeError';
  constructor(what: string) {
    super(`The exchange calendar covers ${CALENDAR_YEARS.first} to ${CALENDAR_YEARS.last}; ${what} is outside`);
  }
}

const SPECIAL_CLOSINGS: ReadonlySet<string> = new Set([
  '1994-04-27', // funeral of President Nixon
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14', // attacks on New York
  '2004-06-11', // funeral of President Reagan
  '2007-01-02', // mourning for President Ford
  '2012-10-29',
  '2012-10-30', // hurricane Sandy
  '2018-12-05', // mourning for President G. H. W. Bush
  '2025-01-09', // mourning for President Carter
]);

/** Early closings that follow no rule. */
const SPECIAL_EARLY_CLOSINGS: ReadonlySet<string> = new Set(['1997-12-26', '1999-12-31', '2003-12-26']);

const MONDAY = 1;
const WEDNESDAY = 3;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;
const SUNDAY = 7;

const day = (year: number, month: number, dayOfMonth: number): Temporal.PlainDate =>
  Temporal.PlainDate.from({ year, month, day: dayOfMonth });

function nthWeekday(year: number, month: number, weekday: number, nth: number): Temporal.PlainDate {
  const first = day(year, month, 1);
  return first.add({ days: ((weekday - first.dayOfWeek + 7) % 7) + 7 * (nth - 1) });
}

function lastWeekday(year: number, month: number, weekday: number): Temporal.PlainDate {
  const last = day(year, month, 1).add({ months: 1 }).subtract({ days: 1 });
  return last.subtract({ days: (last.dayOfWeek - weekday + 7) % 7 });
}

/** Gregorian Easter Sunday (the anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8). */
function easter(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return day(year, Math.floor(n / 31), (n % 31) + 1);
}

/** A fixed holiday on a Saturday is kept on Friday, on a Sunday on Monday. */
function observed(date: Temporal.PlainDate): Temporal.PlainDate {
  if (date.dayOfWeek === SATURDAY) return date.subtract({ days: 1 });
  if (date.dayOfWeek === SUNDAY) return date.add({ days: 1 });
  return date;
}

function holidaysOf(year: number): ReadonlySet<string> {
  const newYear = day(year, 1, 1);
  const dates = [
    nthWeekday(year, 2, MONDAY, 3),
    easter(year).subtract({ days: 2 }),
    lastWeekday(year, 5, MONDAY),
    observed(day(year, 7, 4)),
    nthWeekday(year, 9, MONDAY, 1),
    nthWeekday(year, 11, THURSDAY, 4),
    observed(day(year, 12, 25)),
  ];
  // New Year's Day on a Saturday is not kept on the Friday before: that is the last trading day of the old year.
  if (newYear.dayOfWeek !== SATURDAY) dates.push(observed(newYear));
  if (year >= 1998) dates.push(nthWeekday(year, 1, MONDAY, 3));
  if (year >= 2022) dates.push(observed(day(year, 6, 19)));
  return new Set(dates.map(String));
}

/** The session that closes early for Independence Day: 3 July, but 5 July in the years before 2013 in which the 4th was a Thursday. */
function independenceEarlyClose(year: number): string | undefined {
  const third = day(year, 7, 3);
  if (year < 1995 || third.dayOfWeek >= FRIDAY) return undefined;
  return third.dayOfWeek === WEDNESDAY && year < 2013 ? `${year}-07-05` : String(third);
}

function earlyClosesOf(year: number): ReadonlySet<string> {
  const dates = [String(nthWeekday(year, 11, THURSDAY, 4).add({ days: 1 }))];
  const christmasEve = day(year, 12, 24);
  if (christmasEve.dayOfWeek <= THURSDAY) dates.push(String(christmasEve));
  const independence = independenceEarlyClose(year);
  if (independence !== undefined) dates.push(independence);
  return new Set(dates);
}

function newYork(date: Temporal.PlainDate, time: string): Instant {
  return instantFromMs(date.toZonedDateTime({ timeZone: ZONE, plainTime: time }).epochMilliseconds);
}

function sessionOf(date: Temporal.PlainDate, early: boolean): Session {
  return {
    date: String(date),
    preOpenAt: newYork(date, '04:00'),
    openAt: newYork(date, '09:30'),
    closeAt: newYork(date, early ? '13:00' : '16:00'),
    postCloseAt: newYork(date, early ? '17:00' : '20:00'),
    early,
  };
}

function buildYear(year: number): readonly Session[] {
  const holidays = holidaysOf(year);
  const early = earlyClosesOf(year);
  const sessions: Session[] = [];
  for (let date = day(year, 1, 1); date.year === year; date = date.add({ days: 1 })) {
    const text = String(date);
    if (date.dayOfWeek >= SATURDAY || holidays.has(text) || SPECIAL_CLOSINGS.has(text)) continue;
    sessions.push(sessionOf(date, early.has(text) || SPECIAL_EARLY_CLOSINGS.has(text)));
  }
  return sessions;
}

/** Years already worked out: a pure function's results, kept because time zones are slow to look up. */
const years = new Map<number, readonly Session[]>();

function sessionsOfYear(year: number): readonly Session[] {
  if (!(year >= CALENDAR_YEARS.first && year <= CALENDAR_YEARS.last)) throw new CalendarRangeError(`the year ${year}`);
  const known = years.get(year);
  if (known !== undefined) return known;
  const built = buildYear(year);
  years.set(year, built);
  return built;
}

const yearOf = (date: string): number => Number(date.slice(0, 4));

/** The New York calendar date of an instant, `YYYY-MM-DD`. */
export const newYorkDate = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).toPlainDate().toString();

/** The trading session on a date, or `undefined` on a weekend or holiday. */
export const sessionOn = (date: string): Session | undefined => sessionsOfYear(yearOf(date)).find((session) => session.date === date);

/** The first session on or after `date`. */
export function sessionOnOrAfter(date: string): Session {
  for (let year = yearOf(date); ; year += 1) {
    const found = sessionsOfYear(year).find((session) => session.date >= date);
    if (found !== undefined) return found;
  }
}

/** The first session after `date`. */
export function nextSession(date: string): Session {
  return sessionOnOrAfter(Temporal.PlainDate.from(date).add({ days: 1 }).toString());
}

/** The last session before `date`. */
export function previousSession(date: string): Session {
  for (let year = yearOf(date); ; year -= 1) {
    const found = sessionsOfYear(year).findLast((session) => session.date < date);
    if (found !== undefined) return found;
  }
}

/** Sessions from `from` to `to`, both included, in order. */
export function sessionsBetween(from: string, to: string): readonly Session[] {
  const sessions: Session[] = [];
  for (let year = yearOf(from); year <= yearOf(to); year += 1) {
    sessions.push(...sessionsOfYear(year).filter((session) => session.date >= from && session.date <= to));
  }
  return sessions;
}

/** The session whose regular hours, `[open, close)`, hold the instant. */
export function sessionAt(at: Instant): Session | undefined {
  const session = sessionOn(newYorkDate(at));
  return session !== undefined && at >= session.openAt && at < session.closeAt ? session : undefined;
}

export const isOpen = (at: Instant): boolean => sessionAt(at) !== undefined;

/** The next opening strictly after the instant. */
export function nextOpenAt(at: Instant): Instant {
  const session = sessionOnOrAfter(newYorkDate(at));
  return session.openAt > at ? session.openAt : nextSession(session.date).openAt;
}

/** The next close strictly after the instant: of the running session, or of the next one. */
export function nextCloseAt(at: Instant): Instant {
  const session = sessionOnOrAfter(newYorkDate(at));
  return session.closeAt > at ? session.closeAt : nextSession(session.date).closeAt;
}

export type SessionPhase = 'closed' | 'pre' | 'core' | 'post';

/** Which part of the trading day the instant is in. */
export function phaseAt(at: Instant): SessionPhase {
  const session = sessionOn(newYorkDate(at));
  if (session === undefined || at < session.preOpenAt || at >= session.postCloseAt) return 'closed';
  if (at < session.openAt) return 'pre';
  return at < session.closeAt ? 'core' : 'post';
}
