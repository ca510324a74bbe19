import { instantFromMs } from '../../money/instant.ts';
import type { VenueSession } from '../core/types.ts';
import { currentSession, followingSession } from '../market/replay.ts';
import type { SessionTimes } from '../market/sessions.ts';
import type { Venue } from '../venue.ts';
import { newYorkStamp } from '../wire.ts';
import { badQuery, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

const SESSIONS_MAX = 12_000;
const DATE = /^\d{4}-\d{2}-\d{2}/;

/** The session that opens next, and the close that comes next: those that the replay will play, not those of the real calendar. */
export function upcoming(venue: Venue): { readonly nextOpen: VenueSession; readonly nextClose: VenueSession } {
  const current = currentSession(venue.laps, venue.position);
  return { nextOpen: venue.isOpen ? followingSession(venue.laps, venue.position) : current, nextClose: current };
}

function clock({ host: { venue }, skewMs }: Call): Reply {
  const { nextOpen, nextClose } = upcoming(venue);
  return ok({
    timestamp: newYorkStamp(instantFromMs(venue.now + skewMs)),
    is_open: venue.isOpen,
    next_open: newYorkStamp(nextOpen.openAt),
    next_close: newYorkStamp(nextClose.closeAt),
  });
}

/** Sessions from `start` to `end`, both included. `undefined` when there are too many. */
export function sessionsIn(times: SessionTimes, start: string, end: string): readonly VenueSession[] | undefined {
  const found: VenueSession[] = [];
  for (let session = times.sessionOn(start) ?? times.nextSession(start); session.date <= end; session = times.nextSession(session.date)) {
    found.push(session);
    if (found.length > SESSIONS_MAX) return undefined;
  }
  return found;
}

/** A week earlier: no settlement is further from its trade. */
const before = (date: string): string => Temporal.PlainDate.from(date).subtract({ days: 7 }).toString();

const timeOf = (at: number): string => newYorkStamp(at as VenueSession['openAt']).slice(11, 16);

function calendarDay({ date, openAt, closeAt }: VenueSession, settlement: string) {
  const close = timeOf(closeAt);
  return {
    date,
    open: timeOf(openAt),
    close,
    session_open: '0400',
    session_close: close < '16:00' ? '1700' : '2000',
    settlement_date: settlement,
  };
}

/** Trades settle on the next trading day. With `date_type=SETTLEMENT` the range counts by those dates. */
function calendar({ host: { venue }, query }: Call): Reply {
  const year = Number(newYorkStamp(venue.now).slice(0, 4));
  const start = (query.get('start') ?? `${year - 1}-01-01`).slice(0, 10);
  const end = (query.get('end') ?? `${year + 1}-12-31`).slice(0, 10);
  const byDate = query.get('date_type') ?? 'TRADING';
  if (byDate !== 'TRADING' && byDate !== 'SETTLEMENT') return badQuery(`invalid date_type: ${byDate.slice(0, 20)}`);
  if (!DATE.test(start) || !DATE.test(end)) return badQuery('start and end must be dates, YYYY-MM-DD');
  try {
    const { times } = venue.laps;
    const inRange = sessionsIn(times, byDate === 'SETTLEMENT' ? before(start) : start, end);
    const settles = (day: VenueSession): string => (byDate === 'SETTLEMENT' ? times.nextSession(day.date).date : day.date);
    const found = inRange?.filter((day) => settles(day) >= start && settles(day) <= end);
    return found === undefined
      ? badQuery(`the range holds more than ${SESSIONS_MAX} sessions`)
      : ok(found.map((day) => calendarDay(day, times.nextSession(day.date).date)));
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid date');
  }
}

export const clockRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/clock$/, handler: clock },
  { method: 'GET', path: /^\/v2\/calendar$/, handler: calendar },
];
