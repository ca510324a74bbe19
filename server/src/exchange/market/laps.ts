import type { VenueSession } from '../core/types.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { SessionTimes } from './sessions.ts';
import { midnightOf } from './sessions.ts';
import { TIMEFRAME_MS } from './tape.ts';
import type { Tape, TapeSeries } from './tape.ts';

/** Prices that chaining may reach; beyond, a lap begins at the recorded prices again, with a jump. */
const CHAINED_MIN = 0.01;
const CHAINED_MAX = 1_000_000_000;

/** A bar as the venue shows it. Daily bars are stamped at midnight in New York. */
export interface VenueBar {
  readonly symbol: string;
  readonly startAt: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The smallest price increment that the venue takes: a cent, below a dollar a hundredth of one. */
const roundToIncrement = (value: number): number =>
  value >= 1 ? Math.round(value * 100) / 100 : Math.max(Math.round(value * 10_000) / 10_000, 0.0001);

interface LapSession extends VenueSession {
  readonly midnightAt: Instant;
}

/**
 * The tape, played round and round: lap 0 is as recorded; each further lap has the same bars on the following trading dates,
 * its prices scaled so that a symbol's first open equals its last close, to the cent. Pure; remembers what it has computed.
 */
export class Laps {
  readonly tape: Tape;
  readonly times: SessionTimes;
  readonly #sessions: LapSession[] = [];
  readonly #factors: number[][] = [];
  readonly #historyStarts: Float64Array[] = [];

  constructor(tape: Tape, times: SessionTimes) {
    this.tape = tape;
    this.times = times;
  }

  /** The session with a running number over all laps, counted from 0. */
  session(index: number): LapSession {
    const { sessions } = this.tape;
    while (this.#sessions.length <= index) {
      const next = this.#sessions.length;
      const recorded = sessions[next];
      const last = this.#sessions.at(-1);
      if (recorded === undefined && last === undefined) throw new Error('Invariant: a tape has at least one session');
      const session = recorded ?? this.#sessionAfter(last?.date ?? '', next);
      this.#sessions.push({ ...session, midnightAt: midnightOf(session.date) });
    }
    const session = this.#sessions[index];
    if (session === undefined) throw new Error(`Invariant: session ${index} was laid out`);
    return session;
  }

  /** The next trading date; with intraday bars one that is not cut shorter than the recorded session, whose last bars would not fit. */
  #sessionAfter(date: string, index: number): VenueSession {
    const recorded = this.tape.sessions[index % this.tape.sessions.length];
    const lengthMs = recorded === undefined || this.tape.timeframe === '1Day' ? 0 : recorded.closeAt - recorded.openAt;
    let session = this.times.nextSession(date);
    while (session.closeAt - session.openAt < lengthMs) session = this.times.nextSession(session.date);
    return session;
  }

  /** The session in which a slice is played; `slice` counts over all laps. */
  sessionOf(slice: number): number {
    const { slices, sessions } = this.tape;
    return this.lapOf(slice) * sessions.length + (slices[slice % slices.length]?.session ?? 0);
  }

  lapOf(slice: number): number {
    return Math.floor(slice / this.tape.slices.length);
  }

  /** When a slice's bars begin: the recorded time after the session's open, in the session of its lap. */
  sliceStartAt(slice: number): Instant {
    const recorded = this.tape.slices[slice % this.tape.slices.length];
    if (recorded === undefined) throw new Error(`Invariant: slice ${slice} exists`);
    const session = this.session(this.sessionOf(slice));
    if (this.tape.timeframe === '1Day') return session.midnightAt;
    const source = this.tape.sessions[recorded.session];
    return instantFromMs(session.openAt + (recorded.startAt - (source?.openAt ?? recorded.startAt)));
  }

  sliceEndAt(slice: number): Instant {
    if (this.tape.timeframe === '1Day') return this.session(this.sessionOf(slice)).closeAt;
    return instantFromMs(this.sliceStartAt(slice) + TIMEFRAME_MS[this.tape.timeframe]);
  }

  /** One row of a series as it stands in a lap. */
  bar(seriesIndex: number, row: number, slice: number): VenueBar {
    return this.#scaled(this.#series(seriesIndex), row, this.sliceStartAt(slice), this.#factor(this.lapOf(slice), seriesIndex));
  }

  /** A bar from before the span. */
  historyBar(seriesIndex: number, row: number): VenueBar {
    const series = this.#series(seriesIndex);
    this.#historyStarts[seriesIndex] ??= this.#startsOf(series);
    return this.#scaled(series, row, instantFromMs(this.#historyStarts[seriesIndex][row] ?? Number.NaN), 1);
  }

  #startsOf({ columns, historyRows }: TapeSeries): Float64Array {
    const starts = columns.startAtMs.slice(0, historyRows);
    return this.tape.timeframe === '1Day' ? starts.map((startMs) => midnightOf(new Date(startMs).toISOString().slice(0, 10))) : starts;
  }

  #series(index: number): TapeSeries {
    const series = this.tape.series[index];
    if (series === undefined) throw new Error(`Invariant: series ${index} exists`);
    return series;
  }

  #scaled({ columns, symbol }: TapeSeries, row: number, startAt: Instant, factor: number): VenueBar {
    const at = (column: Float64Array): number => {
      const value = column[row] ?? Number.NaN;
      return factor === 1 ? value : roundToIncrement(value * factor);
    };
    const { open, high, low, close, volume } = columns;
    return { symbol, startAt, open: at(open), high: at(high), low: at(low), close: at(close), volume: volume[row] ?? 0 };
  }

  #factor(lap: number, seriesIndex: number): number {
    const factors = (this.#factors[seriesIndex] ??= [1]);
    const { rows, columns } = this.#series(seriesIndex);
    const firstOpen = columns.open[rows[0] ?? 0] ?? Number.NaN;
    const lastClose = columns.close[rows.at(-1) ?? 0] ?? Number.NaN;
    for (let before = factors.at(-1) ?? 1; factors.length <= lap; before = factors.at(-1) ?? 1) {
      const chained = roundToIncrement(lastClose * before);
      factors.push(chained >= CHAINED_MIN && chained <= CHAINED_MAX ? chained / firstOpen : 1);
    }
    return factors[lap] ?? 1;
  }
}
