import { instant } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { VenueSession } from '../core/types.ts';
import { eveningEnd } from '../market/extended.ts';
import { atNewYork, newYorkDateOf } from '../market/sessions.ts';
import type { SessionTimes } from '../market/sessions.ts';
import type { Venue } from '../venue.ts';
import { newYorkStamp } from '../wire.ts';
import { sessionsIn, upcoming } from './clock.ts';
import { listIn } from './orders.ts';
import { badQuery, notFoundReply, ok } from './reply.ts';
import type { Call, Reply, Route } from './reply.ts';

/** The markets that this exchange stands for: they keep the same hours. */
const MARKETS = ['NYSE', 'NASDAQ'] as const;
const PRE_OPEN = '04:00';

type MarketPhase = 'closed' | 'pre' | 'core' | 'post';

interface Now {
  readonly day: VenueSession | undefined;
  readonly phase: MarketPhase;
  readonly until: Instant;
}

/** The phase of a market day at a time, and when it ends. */
function phaseAt(times: SessionTimes, at: Instant): Now {
  const date = newYorkDateOf(at);
  const day = times.sessionOn(date);
  const nextPre = atNewYork(times.nextSession(date).date, PRE_OPEN);
  if (day === undefined) return { day, phase: 'closed', until: nextPre };
  const [pre, evening] = [atNewYork(date, PRE_OPEN), eveningEnd(day)];
  if (at < pre) return { day, phase: 'closed', until: pre };
  if (at < day.openAt) return { day, phase: 'pre', until: day.openAt };
  if (at < day.closeAt) return { day, phase: 'core', until: day.closeAt };
  if (at < evening) return { day, phase: 'post', until: evening };
  return { day, phase: 'closed', until: nextPre };
}

function marketClock(venue: Venue, market: string, asked: Instant | undefined) {
  const { times } = venue.laps;
  const at = asked ?? venue.now;
  const { day, phase, until } = phaseAt(times, at);
  const next = times.nextSession(newYorkDateOf(at));
  const live = asked === undefined ? upcoming(venue) : undefined;
  const open = day !== undefined && at < day.openAt ? day : next;
  const close = day !== undefined && at < day.closeAt ? day : next;
  return {
    market: { acronym: market, mic: market === 'NYSE' ? 'XNYS' : 'XNAS', name: market, timezone: 'America/New_York' },
    timestamp: newYorkStamp(at),
    is_market_day: day !== undefined,
    phase,
    phase_until: newYorkStamp(until),
    next_market_open: newYorkStamp(live?.nextOpen.openAt ?? open.openAt),
    next_market_close: newYorkStamp(live?.nextClose.closeAt ?? close.closeAt),
  };
}

function clock({ host: { venue }, query }: Call): Reply {
  const markets = listIn(query, 'markets');
  if (markets.length === 0) return badQuery('markets is required');
  const unknown = markets.find((market) => !MARKETS.some((one) => one === market));
  if (unknown !== undefined) return badQuery(`unknown market: ${unknown.slice(0, 20)}; this exchange has ${MARKETS.join(' and ')}`);
  try {
    const text = query.get('time');
    const asked = text === null ? undefined : instant(text);
    return ok({ clocks: markets.map((market) => marketClock(venue, market, asked)) });
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid time');
  }
}

function marketDay(day: VenueSession, settlement: string) {
  const { date, openAt, closeAt } = day;
  return {
    date,
    pre_start: newYorkStamp(atNewYork(date, PRE_OPEN)),
    pre_end: newYorkStamp(openAt),
    core_start: newYorkStamp(openAt),
    core_end: newYorkStamp(closeAt),
    post_start: newYorkStamp(closeAt),
    post_end: newYorkStamp(eveningEnd(day)),
    lunch_start: null,
    lunch_end: null,
    settlement_date: settlement,
  };
}

function calendar({ host: { venue }, query, params: [market = ''] }: Call): Reply {
  if (!MARKETS.some((one) => one === market)) return notFoundReply(`market not found for ${market.slice(0, 20)}`);
  const { times } = venue.laps;
  const [start, end] = ['start', 'end'].map((name) => (query.get(name) ?? newYorkDateOf(venue.now)).slice(0, 10));
  try {
    const days = sessionsIn(times, start ?? '', end ?? '');
    if (days === undefined) return badQuery('the range holds too many sessions');
    return ok({
      market: { acronym: market, timezone: 'America/New_York' },
      calendar: days.map((day) => marketDay(day, times.nextSession(day.date).date)),
    });
  } catch (error) {
    return badQuery(error instanceof Error ? error.message : 'invalid date');
  }
}

export const marketRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v3\/clock$/, handler: clock },
  { method: 'GET', path: /^\/v3\/calendar\/([^/]+)$/, handler: calendar },
];
