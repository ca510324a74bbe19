/** The newest first, each id once, at most `kept`. */
export function merged<T extends { readonly id: string }>(list: readonly T[], item: T, kept: number): readonly T[] {
  const at = list.findIndex((one) => one.id === item.id);
  if (at >= 0) return list.with(at, item);
  return [item, ...list].slice(0, kept);
}

interface Dated {
  readonly updatedAt: string;
}

/**
 * Whether what is told takes the place of what is known. The venue's clock stands still between bars: of the same moment what is pushed is newer than what a
 * request was answered with. After a reconnect old changes may be told again: nothing goes back.
 */
export function isNews(known: Dated | undefined, told: Dated, by: 'push' | 'answer'): boolean {
  if (known === undefined) return true;
  const later = Date.parse(told.updatedAt) - Date.parse(known.updatedAt);
  return by === 'push' ? later >= 0 : later > 0;
}
