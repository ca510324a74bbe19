/** When a reader was last here; kept in this browser. */
export interface Visit {
  readonly seq: number;
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Venue time then: a replayed venue has its own. */
  readonly venueAt: string;
}

const KEY = 'tidemark.visit';

export function readVisit(): Visit | undefined {
  const text = localStorage.getItem(KEY);
  if (text === null) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null || !('seq' in kept) || !('at' in kept) || !('venueAt' in kept)) return undefined;
    const { seq, at, venueAt } = kept;
    return typeof seq === 'number' && typeof at === 'number' && typeof venueAt === 'string' ? { seq, at, venueAt } : undefined;
  } catch {
    // Not ours, or cut short: the same as no visit.
    return undefined;
  }
}

export function writeVisit(visit: Visit): void {
  localStorage.setItem(KEY, JSON.stringify(visit));
}
