const KEY = 'tidemark.tables';
/** Raised when what is kept changes its meaning: what an older page kept is then let go. */
const VERSION = 1;

/** How the tables of this browser are arranged, and the arrangements that were given a name. */
export interface KeptTables {
  /** By the table's name. */
  readonly layouts: Readonly<Record<string, unknown>>;
  /** By the table's name, then by the arrangement's. */
  readonly named: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const NOTHING: KeptTables = { layouts: {}, named: {} };
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a text from the browser's storage keeps; nothing where it is not ours, or of another version. */
export function parseKept(text: string | null): KeptTables {
  if (text === null) return NOTHING;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Somebody else wrote here: tables begin as they are.
    return NOTHING;
  }
  if (!isRecord(parsed) || parsed['version'] !== VERSION) return NOTHING;
  const { layouts, named } = parsed;
  return {
    layouts: isRecord(layouts) ? layouts : {},
    named: isRecord(named)
      ? Object.fromEntries(Object.entries(named).filter((one): one is [string, Record<string, unknown>] => isRecord(one[1])))
      : {},
  };
}

export const keptText = (kept: KeptTables): string => JSON.stringify({ version: VERSION, ...kept });

export const readKept = (): KeptTables => parseKept(localStorage.getItem(KEY));

/** Changes what is kept; other tabs may have written meanwhile, so it is read anew. */
export function changeKept(change: (kept: KeptTables) => KeptTables): void {
  localStorage.setItem(KEY, keptText(change(readKept())));
}
