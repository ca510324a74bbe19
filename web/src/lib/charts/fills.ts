import type { FillPartsFragment } from '@tidemark/schema/documents';

/** Both, each once, oldest first; the very same list where there is nothing new. */
export function joinedFills(known: readonly FillPartsFragment[], more: readonly FillPartsFragment[]): readonly FillPartsFragment[] {
  const ids = new Set(known.map(({ id }) => id));
  const added = more.filter(({ id }) => !ids.has(id));
  return added.length === 0 ? known : [...known, ...added].toSorted((a, b) => Date.parse(a.filledAt) - Date.parse(b.filledAt));
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();
