import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { midnightOf, newYorkDateOf } from './sessions.ts';
import type { Laps, VenueBar } from './laps.ts';
import { TIMEFRAME_MS } from './tape.ts';

/** A bar with one more bar added to its end. */
export const archivedFrom = (total: VenueBar | undefined, bar: VenueBar, startAt: Instant): VenueBar =>
  total === undefined
    ? { ...bar, startAt }
    : {
        ...total,
        high: Math.max(total.high, bar.high),
        low: Math.min(total.low, bar.low),
        close: bar.close,
        volume: total.volume + bar.volume,
      };

/** An interval to group bars into: minutes of the clock, or days of the exchange. */
export type Grouping = { readonly unit: 'minutes'; readonly minutes: number } | { readonly unit: 'days' };

const MINUTE_MS = 60_000;
const SHORTEST_DAY_MS = 23 * 60 * MINUTE_MS;

/** Everything that has been published so far, and nothing of the future: history before the span, then lap after lap. */
export class Archive {
  readonly #laps: Laps;
  readonly #indexBySymbol: ReadonlyMap<string, number>;

  constructor(laps: Laps) {
    this.#laps = laps;
    this.#indexBySymbol = new Map(laps.tape.series.map(({ symbol }, index) => [symbol, index]));
  }

  /** How many bars of a symbol are known when `published` slices have been. 0 for an unknown symbol. */
  count(symbol: string, published: number): number {
    const index = this.#indexBySymbol.get(symbol);
    const series = index === undefined ? undefined : this.#laps.tape.series[index];
    if (series === undefined) return 0;
    const { slices } = this.#laps.tape;
    const laps = Math.floor(published / slices.length);
    return (
      series.historyRows +
      laps * series.rows.length +
      firstAtLeast(series.slices.length, (at) => (series.slices[at] ?? 0) >= published % slices.length)
    );
  }

  /** The n-th known bar of a symbol, oldest first. */
  bar(symbol: string, nth: number): VenueBar {
    const index = this.#indexBySymbol.get(symbol);
    const series = index === undefined ? undefined : this.#laps.tape.series[index];
    if (index === undefined || series === undefined) throw new Error(`Invariant: bars of ${symbol} are known`);
    if (nth < series.historyRows) return this.#laps.historyBar(index, nth);
    const played = nth - series.historyRows;
    const at = played % series.rows.length;
    const lap = Math.floor(played / series.rows.length);
    return this.#laps.bar(index, series.rows[at] ?? 0, lap * this.#laps.tape.slices.length + (series.slices[at] ?? 0));
  }

  /**
   * Bars in `[fromMs, toMs]` by their start, oldest first or newest first, grouped. A group that the range cuts is built of the bars inside.
   * Nothing for a grouping finer than the data.
   */
  *bars(symbol: string, published: number, grouping: Grouping, fromMs: number, toMs: number, descending = false): Generator<VenueBar> {
    const { timeframe } = this.#laps.tape;
    const fine = grouping.unit === 'minutes' && (timeframe === '1Day' || TIMEFRAME_MS[timeframe] > grouping.minutes * MINUTE_MS);
    if (fine) return;
    const count = this.count(symbol, published);
    const first = firstAtLeast(count, (at) => this.bar(symbol, at).startAt >= fromMs);
    const end = firstAtLeast(count, (at) => this.bar(symbol, at).startAt > toMs);
    const key = this.#keyOf(grouping);
    let group: VenueBar[] = [];
    for (let step = 0; step < end - first; step++) {
      const bar = this.bar(symbol, descending ? end - 1 - step : first + step);
      const [held] = group;
      if (held !== undefined && key(held) !== key(bar)) {
        yield joined(group, key(held), descending);
        group = [];
      }
      group.push(bar);
    }
    const [held] = group;
    if (held !== undefined) yield joined(group, key(held), descending);
  }

  #keyOf(grouping: Grouping): (bar: VenueBar) => Instant {
    if (grouping.unit === 'days') return this.#laps.tape.timeframe === '1Day' ? (bar) => bar.startAt : dayKey();
    const interval = grouping.minutes * MINUTE_MS;
    return (bar) => instantFromMs(bar.startAt - (bar.startAt % interval));
  }
}

/** Midnight in New York of a bar's day; remembers the last day, because neighbours share it. */
function dayKey(): (bar: VenueBar) => Instant {
  let midnight = midnightOf(newYorkDateOf(0));
  return ({ startAt }) => {
    if (startAt < midnight || startAt >= midnight + SHORTEST_DAY_MS) midnight = midnightOf(newYorkDateOf(startAt));
    return midnight;
  };
}

function joined(group: readonly VenueBar[], startAt: Instant, descending: boolean): VenueBar {
  const ordered = descending ? group.toReversed() : group;
  let total: VenueBar | undefined;
  for (const bar of ordered) total = archivedFrom(total, bar, startAt);
  if (total === undefined) throw new Error('Invariant: a group holds a bar');
  return total;
}

/** The first index in `[0, count)` for which a monotone condition holds; `count` when none. */
function firstAtLeast(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
