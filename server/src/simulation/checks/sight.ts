import type { Venue } from '../venue.ts';
import type { RestView } from '../wire.ts';

/** What a check may look at besides the engine: the truth. */
export interface Sight {
  readonly venue: Venue;
  readonly rest: RestView;
  /** Filled by the check of the books: profit of closed positions. */
  readonly closedProfits: Map<string, bigint>;
  readonly nowMs: () => number;
  /** Hours of the day's session, from another source than the product's calendar. */
  readonly session: { readonly openAt: number; readonly closeAt: number };
  /** Times that no process has lived through, so that an answer of before them is no older after. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Client ids of requests that may still reach the venue. */
  readonly underWay: ReadonlyMap<string, number>;
}
