/** As many runs as a comparison takes. */
export const COMPARED_MIN = 2;
export const COMPARED_MAX = 5;

/** The runs that an address names, each once, in its order. */
export function comparedIds(search: Pick<URLSearchParams, 'get'>): readonly string[] {
  const named = (search.get('runs') ?? '').split(',').map((id) => id.trim());
  return [...new Set(named.filter((id) => id !== ''))];
}

/** The address of a comparison: it can be shared. */
export const comparisonPath = (ids: readonly string[]): string => `/runs/compare?runs=${ids.map(encodeURIComponent).join(',')}`;

/** Marks a run, or takes the mark away; nothing changes where as many as can be compared are marked already. */
export function toggled(marked: readonly string[], id: string): readonly string[] {
  if (marked.includes(id)) return marked.filter((other) => other !== id);
  return marked.length < COMPARED_MAX ? [...marked, id] : marked;
}
