import type { VenueSession } from '../core/types.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { SessionTimes } from './sessions.ts';
import { midnightOf } from './sessions.ts';
import { TIMEFRAME_MS } from './tape.ts';
import type { Tape, TapeSeries } from './tape.ts';

/**
 * How far chaining may carry a symbol from its recorded level. A lap that would carry it further plays the reciprocal of its prices: what
 * rose by a half falls by a third. So prices stay chained without a jump, and stay prices that an account can trade at, however long it runs.
 */
const DRIFT_MAX = 8;

/** How a lap's prices follow from the recorded ones. */
interface Chain {
  /** Price of the first open. */
  readonly start: number;
  readonly reciprocal: boolean;
}

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
export const roundToIncrement = (value: number): number =>
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
  readonly #chains: Chain[][] = [];
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
    return this.#scaled(this.#series(seriesIndex), row, this.sliceStartAt(slice), this.#scaleOf(this.lapOf(slice), seriesIndex));
  }

  /** A bar from before the span. */
  historyBar(seriesIndex: number, row: number): VenueBar {
    const series = this.#series(seriesIndex);
    this.#historyStarts[seriesIndex] ??= this.#startsOf(series);
    return this.#scaled(series, row, instantFromMs(this.#historyStarts[seriesIndex][row] ?? Number.NaN), asRecorded);
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

  #scaled({ columns, symbol }: TapeSeries, row: number, startAt: Instant, scale: (value: number) => number): VenueBar {
    const at = (column: Float64Array): number => scale(column[row] ?? Number.NaN);
    const [one, other] = [at(columns.high), at(columns.low)];
    return {
      symbol,
      startAt,
      open: at(columns.open),
      high: Math.max(one, other),
      low: Math.min(one, other),
      close: at(columns.close),
      volume: columns.volume[row] ?? 0,
    };
  }

  #scaleOf(lap: number, seriesIndex: number): (value: number) => number {
    if (lap === 0) return asRecorded;
    const { first } = this.#endsOf(seriesIndex);
    const { start, reciprocal } = this.#chain(lap, seriesIndex);
    return reciprocal ? (value) => roundToIncrement((start * first) / value) : (value) => roundToIncrement((value * start) / first);
  }

  #endsOf(seriesIndex: number): { readonly first: number; readonly last: number } {
    const { rows, columns } = this.#series(seriesIndex);
    return { first: columns.open[rows[0] ?? 0] ?? Number.NaN, last: columns.close[rows.at(-1) ?? 0] ?? Number.NaN };
  }

  #chain(lap: number, seriesIndex: number): Chain {
    const { first, last } = this.#endsOf(seriesIndex);
    const chains = (this.#chains[seriesIndex] ??= [{ start: first, reciprocal: false }]);
    for (let before = chains.at(-1); before !== undefined && chains.length <= lap; before = chains.at(-1)) {
      const gain = before.reciprocal ? first / last : last / first;
      const start = roundToIncrement(before.start * gain);
      const tooHigh = start > first * DRIFT_MAX && last > first;
      const tooLow = start < first / DRIFT_MAX && last < first;
      chains.push({ start, reciprocal: tooHigh || tooLow });
    }
    const chain = chains[lap];
    if (chain === undefined) throw new Error(`Invariant: lap ${lap} was chained`);
    return chain;
  }
}

const asRecorded = (value: number): number => value;
