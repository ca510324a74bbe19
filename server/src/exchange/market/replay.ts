import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Price } from '../../money/fixed.ts';
import type { Phase } from '../core/state.ts';
import type { PriceMove, VenueSession } from '../core/types.ts';
import { archivedFrom } from './archive.ts';
import type { Laps, VenueBar } from './laps.ts';
import { TIMEFRAME_MS } from './tape.ts';

export const STEP_NAMES = ['open', 'first extreme', 'second extreme', 'close'] as const;
export const STEPS_PER_SLICE = STEP_NAMES.length;

/** 12:00 and 14:00 of a session from 09:30 to 16:00. */
const EXTREMES_OF_DAY = [150 / 390, 270 / 390] as const;
const EXTREMES_OF_INTERVAL = [1 / 3, 2 / 3] as const;
const BEFORE_FIRST_OPEN_MS = 1_800_000;
const LAST_MOMENT_MS = 1_000;

/** Where the replay stands. Plain data. */
export interface ReplayPosition {
  /** The slice that is being played, over all laps, and the step that comes next in it. */
  readonly slice: number;
  readonly step: number;
  /** How many slices' bars have been published. */
  readonly published: number;
  /** The venue's clock: it stands still between steps. */
  readonly now: Instant;
  /** How many steps of the hours before the next session have been played, where those are. */
  readonly between?: number;
}

export interface StepPrice {
  readonly symbol: string;
  readonly price: number;
  readonly move: PriceMove;
  /** The bar's volume, spread evenly over its steps. */
  readonly volume: number;
}

/** What happens in one step of the market, in this order: the session opens, prices move, the session closes, bars are published. */
export interface MarketStep {
  readonly at: Instant;
  readonly name: (typeof STEP_NAMES)[number] | Phase;
  readonly lap: number;
  readonly opens: VenueSession | undefined;
  /** Hours beside the regular session that begin, or go on. */
  readonly phase?: Exclude<Phase, 'core'>;
  readonly prices: readonly StepPrice[];
  readonly closes: boolean;
  /** Intraday bars that ended. */
  readonly bars: readonly VenueBar[];
  /** The day's bars: running ones with intraday data, final ones at the close. */
  readonly dailyBars: readonly VenueBar[];
  /** Halts and resumptions, and the limits up and down that have moved. */
  readonly statuses?: readonly TradingStatus[];
  readonly bands?: readonly SymbolBand[];
}

/** A message of the status channel: `code` H or P stops trading, T lets it go on. */
export interface TradingStatus {
  readonly symbol: string;
  readonly code: string;
  readonly reason: string;
}

export interface SymbolBand {
  readonly symbol: string;
  readonly up: Price;
  readonly down: Price;
}

export function startPosition(laps: Laps): ReplayPosition {
  return { slice: 0, step: 0, published: 0, now: instantFromMs(laps.session(laps.sessionOf(0)).openAt - BEFORE_FIRST_OPEN_MS) };
}

/** The session that is open or opens next. */
export const currentSession = (laps: Laps, position: ReplayPosition): VenueSession => laps.session(laps.sessionOf(position.slice));

/** The session after the one of {@link currentSession}. */
export function followingSession(laps: Laps, position: ReplayPosition): VenueSession {
  const current = laps.sessionOf(position.slice);
  let slice = position.slice;
  while (laps.sessionOf(slice) === current) slice++;
  return laps.session(laps.sessionOf(slice));
}

function priceIn(bar: VenueBar, step: number): number {
  if (step === 0) return bar.open;
  if (step === STEPS_PER_SLICE - 1) return bar.close;
  // A bar that rose is taken to have fallen first: the worse order for a long position's stop.
  const lowFirst = bar.close >= bar.open;
  return (step === 1) === lowFirst ? bar.low : bar.high;
}

const within = (value: number, session: VenueSession): number => Math.min(Math.max(value, session.openAt), session.closeAt);

/** The clock of a slice's steps. An intraday close is told a second early where the next bar follows at once. */
function timeOf(laps: Laps, slice: number, step: number, session: VenueSession, followed: boolean): Instant {
  if (laps.tape.timeframe === '1Day') {
    const length = session.closeAt - session.openAt;
    const fraction = [0, ...EXTREMES_OF_DAY, 1][step] ?? 1;
    return instantFromMs(session.openAt + length * fraction);
  }
  const startMs = laps.sliceStartAt(slice);
  const interval = TIMEFRAME_MS[laps.tape.timeframe];
  const fraction = [0, ...EXTREMES_OF_INTERVAL, 1][step] ?? 1;
  const early = followed && step === STEPS_PER_SLICE - 1 ? LAST_MOMENT_MS : 0;
  return instantFromMs(within(startMs + interval * fraction - early, session));
}

export function barsOf(laps: Laps, slice: number): readonly VenueBar[] {
  const rows = laps.tape.slices[slice % laps.tape.slices.length]?.rows ?? [];
  return rows.map(({ series, row }) => laps.bar(series, row, slice));
}

/** The day so far, up to and with the bars of `slice`, of the symbols that traded in it. */
function runningDays(laps: Laps, slice: number): readonly VenueBar[] {
  const session = laps.sessionOf(slice);
  let first = slice;
  while (first > 0 && laps.sessionOf(first - 1) === session) first--;
  const days = new Map<string, VenueBar>();
  for (let at = first; at <= slice; at++) {
    for (const bar of barsOf(laps, at)) days.set(bar.symbol, archivedFrom(days.get(bar.symbol), bar, laps.session(session).midnightAt));
  }
  return [...days.values()];
}

/** The next step of the market, and the position after it. */
export function nextStep(laps: Laps, position: ReplayPosition): { readonly step: MarketStep; readonly position: ReplayPosition } {
  const { slice, step } = position;
  const session = currentSession(laps, position);
  const index = laps.sessionOf(slice);
  const daily = laps.tape.timeframe === '1Day';
  const lastOfSession = daily || laps.sessionOf(slice + 1) !== index;
  const followed = !lastOfSession && laps.sliceStartAt(slice + 1) === laps.sliceEndAt(slice);
  const opens = step === 0 && (slice === 0 || laps.sessionOf(slice - 1) !== index);
  const ends = step === STEPS_PER_SLICE - 1;
  const closes = ends && lastOfSession;
  const due = closes ? session.closeAt : timeOf(laps, slice, step, session, followed);
  const at = instantFromMs(Math.max(due, position.now));

  // Bars that ended without a gap are published behind the next bar's opening price, so that whoever decides on a bar trades after it.
  const publishedNow = ends && !followed ? slice + 1 : slice;
  const bars: VenueBar[] = [];
  for (let done = position.published; done < publishedNow; done++) bars.push(...barsOf(laps, done));
  const published = bars.length > 0 ? publishedNow : position.published;
  return {
    step: {
      at,
      name: STEP_NAMES[step] ?? 'close',
      lap: laps.lapOf(slice),
      opens: opens ? session : undefined,
      prices: barsOf(laps, slice).map((bar) => ({
        symbol: bar.symbol,
        price: priceIn(bar, step),
        move: step === 0 ? 'gap' : 'path',
        volume: bar.volume / STEPS_PER_SLICE,
      })),
      closes,
      bars: daily ? [] : bars,
      dailyBars: daily ? bars : published > position.published ? runningDays(laps, published - 1) : [],
    },
    position: ends ? { slice: slice + 1, step: 0, published, now: at } : { slice, step: step + 1, published, now: at },
  };
}
