import { Pyramid, higher, lower, total } from './pyramid.ts';

/** Bars of one symbol, a column each, oldest first. */
export interface BarLists {
  readonly startAtMs: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

export const BAR_COLUMNS = ['startAtMs', 'open', 'high', 'low', 'close', 'volume'] as const;
type Columns = Readonly<Record<(typeof BAR_COLUMNS)[number], Float64Array>>;

/** What bars of one stretch share: room for those that come, and what stretches of them come to. */
interface Room {
  readonly columns: Columns;
  readonly lows: Pyramid;
  readonly highs: Pyramid;
  readonly volumes: Pyramid;
}

/** A candle at a place of the index axis: one bar, or all bars of a bucket. */
export interface Candle {
  readonly x: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

const ROOM_LEAST = 1_024;

function roomFor(count: number): Room {
  const column = (): Float64Array => new Float64Array(count);
  return {
    columns: { startAtMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() },
    lows: new Pyramid(lower),
    highs: new Pyramid(higher),
    volumes: new Pyramid(total),
  };
}

/** The first of ascending values that is at least `wanted`, among the first `length`; `length` where there is none. */
export function firstFrom(values: ArrayLike<number>, length: number, wanted: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Number.POSITIVE_INFINITY) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The bars of a price chart. Newer ones go into the room of those before, so that a tick costs a few numbers and not a hundred thousand: what
 * `withNewest` was called on must not be read after it.
 */
export class PriceBars {
  static readonly none = new PriceBars(roomFor(0), 0, 0);
  readonly #room: Room;
  readonly length: number;
  /** Bars before this index are those of the object that this one was made from; 0 where that has others. */
  readonly changedFrom: number;

  private constructor(room: Room, length: number, changedFrom: number) {
    this.#room = room;
    this.length = length;
    this.changedFrom = changedFrom;
  }

  static of(lists: BarLists): PriceBars {
    return PriceBars.none.withNewest(lists);
  }

  /** Longer than `length` by the room for bars to come. */
  get columns(): Columns {
    return this.#room.columns;
  }

  startAt(index: number): number {
    return index < this.length ? (this.columns.startAtMs[index] ?? Number.NaN) : Number.NaN;
  }

  /** Index of the bar that this instant falls into, or after which it comes; -1 before the first. */
  indexAt(ms: number): number {
    return firstFrom(this.columns.startAtMs, this.length, ms + 1) - 1;
  }

  /** With those of a page that are not older than its first bar: they replace what is here of that time, and go on. */
  withNewest(page: BarLists): PriceBars {
    const { length: count } = page.startAtMs;
    if (count === 0) return this;
    const from = firstFrom(this.columns.startAtMs, this.length, page.startAtMs[0] ?? Number.NaN);
    const length = from + count;
    const fits = length <= this.columns.open.length;
    const room = fits ? this.#room : roomFor(Math.max(ROOM_LEAST, Math.ceil(length * 1.5)));
    for (const name of BAR_COLUMNS) {
      if (!fits) room.columns[name].set(this.columns[name].subarray(0, from));
      room.columns[name].set(page[name], from);
    }
    return PriceBars.#ready(room, length, from, fits ? from : 0);
  }

  /** With those of a page that are older than all that are here. */
  withOlder(page: BarLists): PriceBars {
    const first = this.length === 0 ? Number.POSITIVE_INFINITY : this.startAt(0);
    const count = firstFrom(page.startAtMs, page.startAtMs.length, first);
    if (count === 0) return this;
    const length = count + this.length;
    const room = roomFor(Math.max(ROOM_LEAST, Math.ceil(length * 1.5)));
    for (const name of BAR_COLUMNS) {
      room.columns[name].set(Array.prototype.slice.call(page[name], 0, count) as number[]);
      room.columns[name].set(this.columns[name].subarray(0, this.length), count);
    }
    return PriceBars.#ready(room, length, 0, 0);
  }

  static #ready(room: Room, length: number, changedFrom: number, joinedFrom: number): PriceBars {
    room.lows.update(room.columns.low, length, joinedFrom);
    room.highs.update(room.columns.high, length, joinedFrom);
    room.volumes.update(room.columns.volume, length, joinedFrom);
    return new PriceBars(room, length, changedFrom);
  }

  /** Lowest low and highest high of the bars `from` to `to`, both included. */
  extent(from: number, to: number): readonly [number, number] | undefined {
    const low = this.#room.lows.over(from, to);
    return Number.isNaN(low) ? undefined : [low, this.#room.highs.over(from, to)];
  }

  /**
   * The bars `from` to `to`, both included, as at most about `most` candles: open of the first, close of the last, the extremes of all, their volume. Buckets
   * begin at multiples of their size, a power of two, so that a candle keeps its bars while one pans. It costs as much as there are candles.
   */
  candles(from: number, to: number, most: number): readonly Candle[] {
    let level = 0;
    while ((to - from + 1) / 2 ** level > most) level += 1;
    const size = 2 ** level;
    const { open, close } = this.columns;
    const out: Candle[] = [];
    for (let bucket = Math.floor(Math.max(0, from) / size); bucket * size <= Math.min(to, this.length - 1); bucket += 1) {
      const start = bucket * size;
      const end = Math.min(this.length, start + size) - 1;
      out.push({
        x: (start + end) / 2,
        o: open[start] ?? Number.NaN,
        h: this.#room.highs.at(level, bucket),
        l: this.#room.lows.at(level, bucket),
        c: close[end] ?? Number.NaN,
        v: this.#room.volumes.at(level, bucket),
      });
    }
    return out;
  }
}
