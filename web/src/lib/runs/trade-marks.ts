/** What a run's round trip says of where it was entered and left. */
export interface RoundTrip {
  readonly symbol: string;
  readonly direction: string;
  readonly size: number;
  readonly entryTime: string;
  readonly entryPrice: number;
  readonly exitTime: string | null;
  readonly exitPrice: number | null;
}

/** A fill on a chart of prices. */
export interface TradeMark {
  readonly id: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price: string;
  readonly filledAt: string;
}

/** Those on bars that begin from the one instant to the other, both included: a mark beyond the bars would stand at a price that is not its own. */
export const marksWithin = (marks: readonly TradeMark[], firstMs: number, lastMs: number): readonly TradeMark[] =>
  marks.filter(({ filledAt }) => Date.parse(filledAt) >= firstMs && Date.parse(filledAt) <= lastMs);

/** Where round trips of a symbol were entered and left, oldest first: one that is open was not left yet. */
export function tradeMarks(trips: readonly RoundTrip[], symbol: string): readonly TradeMark[] {
  const marks = trips.flatMap((trip, index): readonly TradeMark[] => {
    if (trip.symbol !== symbol) return [];
    const [entered, left] = trip.direction === 'long' ? (['BUY', 'SELL'] as const) : (['SELL', 'BUY'] as const);
    const quantity = String(trip.size);
    const entry = { id: `${index}-entry`, side: entered, quantity, price: String(trip.entryPrice), filledAt: trip.entryTime };
    if (trip.exitTime === null || trip.exitPrice === null) return [entry];
    return [entry, { id: `${index}-exit`, side: left, quantity, price: String(trip.exitPrice), filledAt: trip.exitTime }];
  });
  return marks.toSorted((a, b) => Date.parse(a.filledAt) - Date.parse(b.filledAt));
}
