import type { RunRoundTripsQuery } from '@tidemark/schema/documents';

type RoundTrips = NonNullable<RunRoundTripsQuery['run']>['roundTrips'];
export type RoundTrip = RoundTrips['trips'][number];

export type Outcome = 'won' | 'lost' | 'even';
/** What the worst price is drawn against. */
export type Against = 'result' | 'best';

/** A trade whose worst and best price are known; all three are fractions of the entry. */
export interface Excursion {
  readonly trip: RoundTrip;
  readonly adverse: number;
  readonly favourable: number;
  readonly result: number;
  readonly outcome: Outcome;
}

/** One trade is no picture. */
export const TRADES_MIN = 2;

const outcomeOf = ({ netPnl }: RoundTrip): Outcome => (netPnl > 0 ? 'won' : netPnl < 0 ? 'lost' : 'even');

export const excursionsOf = (trips: readonly RoundTrip[]): readonly Excursion[] =>
  trips.flatMap((trip) => {
    const { adverse, favourable, return: result } = trip;
    return adverse === null || favourable === null || result === null
      ? []
      : [{ trip, adverse, favourable, result, outcome: outcomeOf(trip) }];
  });

/** Why there is no picture of these trades; `undefined` where there is one. */
export function whyNone({ note, trips }: RoundTrips, known: number): string | undefined {
  if (known >= TRADES_MIN) return undefined;
  if (trips.length < TRADES_MIN) return `${trips.length === 0 ? 'there was no trade' : 'there was one trade'}, and it takes ${TRADES_MIN}`;
  if (note !== null) return note;
  return `the bars of ${known === 0 ? 'no' : 'one'} trade are kept here, and it takes ${TRADES_MIN}`;
}

/** Places of a scatter: the worst price to the right, what it is compared with upwards. */
export const placesOf = (excursions: readonly Excursion[], against: Against): readonly { readonly x: number; readonly y: number }[] =>
  excursions.map(({ adverse, favourable, result }) => ({ x: adverse, y: against === 'result' ? result : favourable }));
