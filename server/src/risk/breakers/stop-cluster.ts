import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Bars of the strategy in which stops are counted, and for which its entries stay off. */
export const CLUSTER_BARS = 24;
export const CLUSTER_OFF_BARS = 4;

/** Numbers of the bars in which a trade was stopped out; `bar` is the one of now. */
export const recentStops = (stops: readonly number[], bar: number): readonly number[] => stops.filter((stop) => bar - stop < CLUSTER_BARS);

/** Trades stopped out within the last bars: as many as the limit trip. What tripped does so for some bars alone. */
export function stopCluster(stops: readonly number[], bar: number, { stopClusterMax: limit }: Limits): Verdict {
  const recent = recentStops(stops, bar);
  const newest = recent.at(-1);
  if (recent.length < limit || newest === undefined || bar - newest >= CLUSTER_OFF_BARS) return CALM;
  return { effect: 'entries-off', because: `${recent.length} trades were stopped out within ${CLUSTER_BARS} bars; the limit is ${limit}.` };
}
