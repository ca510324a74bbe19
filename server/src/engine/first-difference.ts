/** One field in which two payloads differ: its path, and what stands there in canonical text; absent where one of them has nothing there. */
export interface FieldDifference {
  readonly field: string;
  readonly recorded?: string;
  readonly replayed?: string;
}

type Canonical = (value: unknown) => string;
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Names of what is there on either side, in the journal's order: by code unit, and by number in a list. */
function namesOf(recorded: Fields, replayed: Fields): readonly string[] {
  if (Array.isArray(recorded))
    return Array.from({ length: Math.max(recorded.length, Object.keys(replayed).length) }, (_, index) => `${index}`);
  return [...new Set([...Object.keys(recorded), ...Object.keys(replayed)])].sort();
}

const under = (path: string, name: string, isList: boolean): string =>
  isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;

/** Text of a value that the journal cannot hold as well: a module may answer with one. */
function textOf(value: unknown, canonical: Canonical): string {
  try {
    return canonical(value);
  } catch {
    return String(value);
  }
}

/**
 * The first field, in the journal's order, in which what was recorded is not what was replayed; `undefined` where they are equal. A field that is
 * `undefined` counts as absent, as in the journal.
 */
export function firstDifference(recorded: unknown, replayed: unknown, canonical: Canonical, path = ''): FieldDifference | undefined {
  if (Object.is(recorded, replayed)) return undefined;
  if (isFields(recorded) && isFields(replayed) && Array.isArray(recorded) === Array.isArray(replayed)) {
    for (const name of namesOf(recorded, replayed)) {
      const found = firstDifference(recorded[name], replayed[name], canonical, under(path, name, Array.isArray(recorded)));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return {
    field: path,
    ...(recorded === undefined ? {} : { recorded: textOf(recorded, canonical) }),
    ...(replayed === undefined ? {} : { replayed: textOf(replayed, canonical) }),
  };
}
