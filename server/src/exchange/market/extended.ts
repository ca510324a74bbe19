import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Phase } from '../core/state.ts';
import type { VenueSession } from '../core/types.ts';
import { roundToIncrement } from './laps.ts';
import type { Laps } from './laps.ts';
import { barsOf } from './replay.ts';
import type { MarketStep, ReplayPosition, StepPrice } from './replay.ts';
import { atNewYork } from './sessions.ts';

/** A step of the hours between two sessions: when, in which of them, and how far the price goes on its way to the next open. */
interface Between {
  readonly phase: Exclude<Phase, 'core'>;
  readonly at: Instant;
  /** Share of what is left of the way; `undefined` where nothing is traded. */
  readonly way: number | undefined;
}

/** Of a bar's volume, what a step outside of regular hours has. */
const THIN = 0.01;
const HALF_DAY_EVENING_MS = 14_400_000;
const EARLY = '16:00';

/** 20:00, or four hours after an early close at 13:00. */
export const eveningEnd = ({ date, closeAt }: VenueSession): Instant =>
  closeAt < atNewYork(date, EARLY) ? instantFromMs(closeAt + HALF_DAY_EVENING_MS) : atNewYork(date, '20:00');

/** The hours from one session to the next. The night belongs to the next trading day: it begins the evening before, whatever day that is. */
function betweenSessions(before: VenueSession | undefined, next: VenueSession): readonly Between[] {
  const eve = Temporal.PlainDate.from(next.date).subtract({ days: 1 }).toString();
  const evening: Between[] =
    before === undefined
      ? []
      : [
          { phase: 'post', at: before.closeAt, way: undefined },
          { phase: 'post', at: instantFromMs((before.closeAt + eveningEnd(before)) / 2), way: 0.2 },
          { phase: 'closed', at: eveningEnd(before), way: undefined },
        ];
  return [
    ...evening,
    { phase: 'overnight', at: atNewYork(eve, '20:00'), way: undefined },
    { phase: 'overnight', at: atNewYork(next.date, '00:00'), way: 0.3 },
    { phase: 'pre', at: atNewYork(next.date, '04:00'), way: undefined },
    { phase: 'pre', at: atNewYork(next.date, '08:00'), way: 0.5 },
  ];
}

/**
 * The next step of the hours before a session; `undefined` when it opens next. Bars of these hours are not recorded: a symbol goes part of
 * the way from where it stands to its next opening price, so that what is played agrees with what comes.
 */
export function extendedStep(
  laps: Laps,
  position: ReplayPosition,
  lastOf: (symbol: string) => number | undefined,
): { readonly step: MarketStep; readonly position: ReplayPosition } | undefined {
  const { slice, step } = position;
  const index = laps.sessionOf(slice);
  if (step !== 0 || (slice > 0 && laps.sessionOf(slice - 1) === index)) return undefined;
  const played = position.between ?? 0;
  const next = betweenSessions(index === 0 ? undefined : laps.session(index - 1), laps.session(index))[played];
  if (next === undefined) return undefined;
  const { way } = next;
  const at = instantFromMs(Math.max(next.at, slice === 0 ? 0 : position.now));
  const prices =
    way === undefined ? [] : barsOf(laps, slice).flatMap(({ symbol, open, volume }) => towards(symbol, lastOf(symbol), open, way, volume));
  return {
    step: {
      at,
      name: next.phase,
      lap: laps.lapOf(slice),
      opens: undefined,
      phase: next.phase,
      prices,
      closes: false,
      bars: [],
      dailyBars: [],
    },
    position: { ...position, between: played + 1, now: at },
  };
}

function towards(symbol: string, last: number | undefined, open: number, way: number, volume: number): readonly StepPrice[] {
  if (last === undefined) return [];
  return [{ symbol, price: roundToIncrement(last + (open - last) * way), move: 'path', volume: volume * THIN }];
}
