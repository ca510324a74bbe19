import type { Venue } from '../venue.ts';

/** What a check may look at besides the engine: the truth. */
export interface Sight {
  readonly venue: Venue;
  readonly nowMs: () => number;
  /** Client ids of requests that may still reach the venue. */
  readonly underWay: ReadonlyMap<string, number>;
}
