import type { BarColumns, Timeframe } from '../../market-data/bar.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { VenueSession } from '../core/types.ts';
import { newYorkDateOf, regularSession } from './sessions.ts';
import type { SessionTimes } from './sessions.ts';

export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  '1Min': 60_000,
  '5Min': 300_000,
  '15Min': 900_000,
  '30Min': 1_800_000,
  '1Hour': 3_600_000,
  '1Day': 86_400_000,
};

/** One row of one symbol's bars. */
export interface TapeRow {
  readonly series: number;
  readonly row: number;
}

/** All bars that begin at one instant. */
export interface TapeSlice {
  readonly startAt: Instant;
  /** Index of its session among the tape's. */
  readonly session: number;
  readonly rows: readonly TapeRow[];
}

/** One symbol's bars. Rows before `historyRows` lie before the span; `rows` are those that the span plays, with their slices. */
export interface TapeSeries {
  readonly symbol: string;
  readonly columns: BarColumns;
  readonly historyRows: number;
  readonly rows: Int32Array;
  readonly slices: Int32Array;
}

/** The recorded market that is played again and again: every symbol's bars, lined up in time. */
export interface Tape {
  readonly timeframe: Timeframe;
  readonly series: readonly TapeSeries[];
  readonly slices: readonly TapeSlice[];
  /** Sessions of the span, in the original calendar. */
  readonly sessions: readonly VenueSession[];
  /** Bars of the span that lie outside of regular trading and are left out. */
  readonly leftOut: number;
}

/** Bars that cannot be played: nothing there, mixed timeframes, one symbol twice. */
export class TapeError extends Error {
  override readonly name = 'TapeError';
}

function timeframeOf(all: readonly BarColumns[]): Timeframe {
  const [first] = all;
  if (first === undefined) throw new TapeError('The exchange needs the bars of at least one symbol');
  for (const { timeframe, symbol } of all) {
    if (timeframe !== first.timeframe) {
      throw new TapeError(`All bars must have one timeframe: ${first.symbol} has ${first.timeframe}, ${symbol} has ${timeframe}`);
    }
  }
  if (new Set(all.map(({ symbol }) => symbol)).size !== all.length) throw new TapeError('The bars of a symbol are given twice');
  return first.timeframe;
}

interface Placed {
  readonly startMs: number;
  readonly date: string;
  readonly series: number;
  readonly row: number;
}

/** Bars come validated; a broken one must not be played all the same. */
function checkRow({ symbol, startAtMs, open, high, low, close }: BarColumns, row: number): void {
  const [at, first, top, bottom, last] = [startAtMs, open, high, low, close].map((column) => column[row] ?? Number.NaN);
  const sound = Number.isFinite(at) && bottom !== undefined && top !== undefined && bottom > 0 && Number.isFinite(top) && bottom <= top;
  const inside = (price: number | undefined): boolean =>
    price !== undefined && bottom !== undefined && top !== undefined && price >= bottom && price <= top;
  const later = row === 0 || (startAtMs[row - 1] ?? Number.NaN) < (at ?? Number.NaN);
  if (!sound || !inside(first) || !inside(last) || !later)
    throw new TapeError(`Bar ${row + 1} of ${symbol} is not sound: check its prices and its time`);
}

function placeRows(columns: BarColumns, series: number, fromMs: number): Placed[] {
  const placed: Placed[] = [];
  for (let row = 0; row < columns.length; row++) {
    const startMs = columns.startAtMs[row] ?? Number.NaN;
    checkRow(columns, row);
    if (startMs < fromMs) continue;
    const date = columns.timeframe === '1Day' ? new Date(startMs).toISOString().slice(0, 10) : newYorkDateOf(startMs);
    placed.push({ startMs, date, series, row });
  }
  return placed;
}

/** Builds the tape: the span begins at the first bar at or after `from`. Throws {@link TapeError}. */
export function buildTape(all: readonly BarColumns[], times: SessionTimes, from: Instant = instantFromMs(Number.NEGATIVE_INFINITY)): Tape {
  const timeframe = timeframeOf(all);
  const intervalMs = TIMEFRAME_MS[timeframe];
  const placed = all.flatMap((columns, index) => placeRows(columns, index, from));
  placed.sort((left, right) => left.startMs - right.startMs || left.series - right.series);

  const sessions: VenueSession[] = [];
  const slices: { startAt: Instant; session: number; rows: TapeRow[] }[] = [];
  const played = all.map((): { rows: number[]; slices: number[] } => ({ rows: [], slices: [] }));
  let leftOut = 0;
  for (const { startMs, date, series, row } of placed) {
    if (sessions.at(-1)?.date !== date) sessions.push(times.sessionOn(date) ?? regularSession(date));
    const session = sessions.at(-1);
    if (session === undefined) throw new Error('Invariant: a placed bar has a session');
    if (timeframe !== '1Day' && (startMs + intervalMs <= session.openAt || startMs >= session.closeAt)) {
      leftOut++;
      continue;
    }
    if (slices.at(-1)?.startAt !== startMs) slices.push({ startAt: instantFromMs(startMs), session: sessions.length - 1, rows: [] });
    slices.at(-1)?.rows.push({ series, row });
    played[series]?.rows.push(row);
    played[series]?.slices.push(slices.length - 1);
  }
  if (slices.length === 0) throw new TapeError('No bar is left to play: the span begins after the last one');
  return {
    timeframe,
    sessions,
    slices,
    leftOut,
    series: all.map((columns, index) => {
      const before = columns.startAtMs.findIndex((startMs) => startMs >= from);
      return {
        symbol: columns.symbol,
        columns,
        historyRows: before === -1 ? columns.length : before,
        rows: Int32Array.from(played[index]?.rows ?? []),
        slices: Int32Array.from(played[index]?.slices ?? []),
      };
    }),
  };
}
