import * as calendar from '../../instruments/calendar.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { VenueSession } from '../core/types.ts';

const ZONE = 'America/New_York';
const SATURDAY = 6;

/** When the market trades: the exchange's calendar, or another one in tests. Dates are New York's, `YYYY-MM-DD`. */
export interface SessionTimes {
  sessionOn(date: string): VenueSession | undefined;
  /** The first session after a date. */
  nextSession(date: string): VenueSession;
}

/** A time of day in New York, `HH:MM`. */
export const atNewYork = (date: string, time: string): Instant =>
  instantFromMs(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: ZONE, plainTime: time }).epochMilliseconds);

/** Midnight in New York, the stamp of a daily bar. */
export const midnightOf = (date: string): Instant => atNewYork(date, '00:00');

/** 09:30 to 16:00 on any date, holiday or not. */
export const regularSession = (date: string): VenueSession => ({
  date,
  openAt: atNewYork(date, '09:30'),
  closeAt: atNewYork(date, '16:00'),
});

/** Every weekday, without holidays: what is left where the calendar's knowledge ends. */
export const weekdaySessions: SessionTimes = {
  sessionOn: (date) => (Temporal.PlainDate.from(date).dayOfWeek < SATURDAY ? regularSession(date) : undefined),
  nextSession: (date) => {
    let day = Temporal.PlainDate.from(date).add({ days: 1 });
    while (day.dayOfWeek >= SATURDAY) day = day.add({ days: 1 });
    return regularSession(day.toString());
  },
};

const covered = (date: string): boolean => {
  const year = Number(date.slice(0, 4));
  return year >= calendar.CALENDAR_YEARS.first && year < calendar.CALENDAR_YEARS.last;
};

/** The exchange's calendar over the years that it covers, and weekdays beyond. */
export const exchangeSessions: SessionTimes = {
  sessionOn: (date) => (covered(date) ? calendar.sessionOn(date) : weekdaySessions.sessionOn(date)),
  nextSession: (date) => (covered(date) ? calendar.nextSession(date) : weekdaySessions.nextSession(date)),
};

const newYorkDateFormat = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });

/** The New York date of an instant. */
export const newYorkDateOf = (atMs: number): string => newYorkDateFormat.format(atMs);
