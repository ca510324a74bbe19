import type { Fact } from '../../engine/effects.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { RecordedRecommendation } from '../../recommendations/service.ts';

/** The recommendation that a journal entry made or ended, as it was right after that entry. */
export function recommendationOf({ type, kind, payload, seq }: JournalEntry): RecordedRecommendation | undefined {
  if (type !== 'fact' || kind !== 'RecommendationChanged') return undefined;
  return { recommendation: (payload as Extract<Fact, { kind: 'RecommendationChanged' }>).recommendation, seq };
}
