/** A text that is not saved yet, and the one that it began from. */
export interface Draft {
  readonly source: string;
  readonly base: string;
}

type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keyOf = (origin: string): string => `tidemark.draft.${origin}`;

/** `undefined` where there is none, or what is there is no draft. */
export function readDraft(drawer: Drawer, origin: string): Draft | undefined {
  const text = drawer.getItem(keyOf(origin));
  if (text === null) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Somebody else wrote here: what is saved is always right.
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('source' in parsed) || !('base' in parsed)) return undefined;
  const { source, base } = parsed;
  return typeof source === 'string' && typeof base === 'string' ? { source, base } : undefined;
}

/** Keeps it; one that is as what it began from is let go. False where the browser has no room for it. */
export function keepDraft(drawer: Drawer, origin: string, draft: Draft): boolean {
  if (draft.source === draft.base) {
    drawer.removeItem(keyOf(origin));
    return true;
  }
  try {
    drawer.setItem(keyOf(origin), JSON.stringify(draft));
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') return false;
    throw error;
  }
}
