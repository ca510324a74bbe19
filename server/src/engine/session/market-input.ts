import { CalendarRangeError, sessionAt, sessionOn } from '../../instruments/calendar.ts';
import type { Session as TradingSession } from '../../instruments/calendar.ts';
import type { Bar } from '../../market-data/bar.ts';
import type { Instant } from '../../money/instant.ts';
import type { Mark } from '../../risk/types.ts';
import type { EngineEvent, SymbolMark } from '../events.ts';
import type { EngineState } from '../state.ts';
import type { Background } from './background.ts';
import { SessionHalted } from './loop.ts';
import type { Loop } from './loop.ts';

const GATHER_MS = 5;

export interface MarketInput {
  /** One instant's closed bars of one timeframe. Resolves when they are durable. */
  readonly onBars: (bars: readonly Bar[], closedAt: Instant) => Promise<void>;
  readonly onBarRefused: (symbol: string, reason: string, raw: string) => Promise<void>;
  /** Any number of prices: the newest of each symbol is taken at most once in `everyMs`. */
  readonly onMark: (symbol: string, mark: Mark) => void;
  /** Take waiting prices of these symbols now: something is about to be decided by them. */
  readonly flush: (symbols: readonly string[]) => void;
  /** Venue time has come this far: sessions open and close by the calendar. */
  readonly noteTime: (at: Instant) => void;
}

/** The session that holds an instant; none where the calendar does not reach. */
function coreSessionAt(at: Instant): TradingSession | undefined {
  try {
    return sessionAt(at);
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

/** The session that was open when the engine stopped. */
function openSession({ marketOpen, sessionDate }: EngineState): TradingSession | undefined {
  return marketOpen && sessionDate !== undefined ? sessionOn(sessionDate) : undefined;
}

/** Prices, bars and venue time on their way to the engine. Dispatches in the order of the calls. */
export function marketInput(loop: () => Loop, background: Background, everyMs: number): MarketInput {
  const waiting = new Map<string, Mark>();
  let session = openSession(loop().state());
  let knownUntil: number = session?.closeAt ?? Number.NEGATIVE_INFINITY;
  let taking = false;

  const send = (what: string, event: EngineEvent): void => background.run(what, async () => void (await loop().dispatch(event)));

  const noteTime = (at: Instant): void => {
    if (at < knownUntil) return;
    if (session !== undefined && at >= session.closeAt) {
      send('close the session', { kind: 'SessionClosed', at: session.closeAt, date: session.date });
      session = undefined;
    }
    session ??= coreSessionAt(at);
    // Outside of hours every call looks again: cheap enough for bars, and marks are conflated before.
    knownUntil = session?.closeAt ?? at;
    if (session !== undefined && at >= session.openAt)
      send('open the session', { kind: 'SessionOpened', at: session.openAt, date: session.date });
  };
  /** Hands over what waits of these symbols, as one event. */
  const take = (symbols: Iterable<string>): void => {
    const marks: SymbolMark[] = [];
    for (const symbol of symbols) {
      const mark = waiting.get(symbol);
      if (mark === undefined) continue;
      waiting.delete(symbol);
      marks.push({ symbol, mark });
    }
    const newest = marks.reduce<Instant | undefined>(
      (latest, { mark }) => (latest === undefined || mark.at > latest ? mark.at : latest),
      undefined,
    );
    if (newest === undefined) return;
    noteTime(newest);
    send('take prices', { kind: 'Marked', at: newest, marks });
  };
  const keepTaking = async (): Promise<void> => {
    // Prices of one instant come one after another: they are gathered for a moment, then taken together.
    if (!(await background.pause(GATHER_MS))) return;
    while (waiting.size > 0) {
      take([...waiting.keys()]);
      if (!(await background.pause(everyMs))) return;
    }
    taking = false;
  };
  return {
    noteTime,
    onBars: async (bars, closedAt) => {
      const [first] = bars;
      if (first === undefined) return;
      // The session's own end would not be told any more: a bar is taken with all that goes before it, or not at all.
      if (background.signal.aborted) throw new SessionHalted('The engine is closing');
      take(bars.map((bar) => bar.symbol));
      noteTime(closedAt);
      await loop().dispatch({ kind: 'BarsClosed', at: closedAt, timeframe: first.timeframe, bars });
    },
    onBarRefused: async (symbol, reason, raw) => {
      await loop().dispatch({ kind: 'BarRefused', at: loop().state().now, symbol, reason, raw });
    },
    onMark: (symbol, mark) => {
      waiting.set(symbol, mark);
      if (taking) return;
      taking = true;
      background.run('take prices', keepTaking);
    },
    flush: take,
  };
}
