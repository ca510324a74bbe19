/** As many runs as a comparison takes. */
export const COMPARED_MIN = 2;
export const COMPARED_MAX = 5;

/** What is compared on a page of its own. */
type Compared = 'runs' | 'models';

/** Those that an address names, each once, in its order. */
export function comparedIds(search: Pick<URLSearchParams, 'get'>, what: Compared = 'runs'): readonly string[] {
  const named = (search.get(what) ?? '').split(',').map((id) => id.trim());
  return [...new Set(named.filter((id) => id !== ''))];
}

/** The address of a comparison: it can be shared. */
export const comparisonPath = (ids: readonly string[], what: Compared = 'runs'): string =>
  `/${what}/compare?${what}=${ids.map(encodeURIComponent).join(',')}`;

/** Marks one, or takes the mark away; nothing changes where as many as can be compared are marked already. */
export function toggled(marked: readonly string[], id: string, most = COMPARED_MAX): readonly string[] {
  if (marked.includes(id)) return marked.filter((other) => other !== id);
  return marked.length < most ? [...marked, id] : marked;
}
