import { nextCloseAt, nextOpenAt, phaseAt } from '../instruments/calendar.ts';
import type { SessionPhase } from '../instruments/calendar.ts';
import type { Instant } from '../money/instant.ts';

export type MarketPhase = 'pre-market' | 'open' | 'after-hours' | 'closed';

/** Closed by the venue during regular hours is a halt, which is closed. */
const NAMES: Record<SessionPhase, MarketPhase> = { pre: 'pre-market', core: 'closed', post: 'after-hours', closed: 'closed' };

/** The venue's own word on whether it is open wins over the calendar: a halt, or a simulated clock, may differ. */
export const marketPhase = (now: Instant, isOpen: boolean): MarketPhase => (isOpen ? 'open' : NAMES[phaseAt(now)]);

/** When the market next opens, or closes where it is open. */
export const nextChangeAfter = (now: Instant, isOpen: boolean): Instant => (isOpen ? nextCloseAt(now) : nextOpenAt(now));
