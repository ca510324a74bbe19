import type { Fact } from '../../engine/effects.ts';
import type { CurvePoint } from '../../engine/graphql.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';

/** The point of the curve that an entry makes, if it does. */
function pointOf({ type, kind, payload, seq }: JournalEntry): CurvePoint | undefined {
  if (type !== 'fact' || kind !== 'EquityMarked') return undefined;
  const { point } = payload as Extract<Fact, { kind: 'EquityMarked' }>;
  return point.atBar ? { ...point, seq } : undefined;
}

/** The newest point of the curve, from the journal as it grows: live curves cost no query. */
export function openLatestPoint(journal: Pick<Journal, 'onAppended'>) {
  let newest: CurvePoint | undefined;
  const stop = journal.onAppended((entries) => {
    for (const entry of entries) newest = pointOf(entry) ?? newest;
  });
  return {
    /** The newest one, if a later entry made it. */
    newestAfter: (seq: number): CurvePoint | undefined => (newest !== undefined && newest.seq > seq ? newest : undefined),
    stop,
  };
}
