/** Text that decodes to what the journal holds: canonical, so that equal values have equal text. */

const BIGINT_KEY = '$n';
const DEPTH_MAX = 64;

/** What has no canonical text, and why. */
class Untextable extends Error {}

/**
 * Canonical JSON: keys sorted by code unit, no spaces, fields that are `undefined` left out, a bigint as `{"$n":"123"}`. Instances of
 * classes are written by their own fields. Throws on NaN, infinities, -0, Map, Set, Date, typed arrays, functions and symbols.
 */
export function encode(value: unknown): string {
  try {
    return text(value, 0);
  } catch (error) {
    if (!(error instanceof Untextable)) throw error;
    throw new Error(`Invariant: a journal payload cannot hold ${error.message} at ${untextableIn(value) ?? 'its root'}`, { cause: error });
  }
}

function text(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new Untextable(String(value));
      if (Object.is(value, -0)) throw new Untextable('-0');
      return String(value);
    case 'bigint':
      return `{"${BIGINT_KEY}":"${value}"}`;
    case 'object':
      if (value === null) return 'null';
      if (depth === DEPTH_MAX) throw new Untextable(`more than ${DEPTH_MAX} levels`);
      return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new Untextable(`a value of type ${typeof value}`);
  }
}

function arrayText(values: readonly unknown[], depth: number): string {
  let out = '[';
  for (let index = 0; index < values.length; index += 1) out += `${index === 0 ? '' : ','}${text(values[index], depth + 1)}`;
  return `${out}]`;
}

function objectText(value: object, depth: number): string {
  if (value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    throw new Untextable(`a ${value.constructor.name}`);
  const fields = value as Readonly<Record<string, unknown>>;
  let out = '{';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    if (key === BIGINT_KEY) throw new Untextable(`a field named ${BIGINT_KEY}`);
    out += `${out === '{' ? '' : ','}${keyText(key)}:${text(field, depth + 1)}`;
  }
  return `${out}}`;
}

const KEYS_MAX = 2_048;
const keyTexts = new Map<string, string>();

/** The same names come with every entry: each is quoted once. Names beyond so many, as those of symbols, are quoted each time. */
function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const quoted = JSON.stringify(key);
  if (keyTexts.size < KEYS_MAX) keyTexts.set(key, quoted);
  return quoted;
}

/** Where in a value the part is that has no text: looked for only once something has been refused. */
function untextableIn(value: unknown, path = '', depth = 0): string | undefined {
  if (typeof value === 'object' && value !== null && depth < DEPTH_MAX) {
    const fields: readonly (readonly [string, unknown])[] = Array.isArray(value)
      ? value.map((each: unknown, index) => [`${path}[${index}]`, each])
      : Object.entries(value)
          .filter(([, each]) => each !== undefined)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([key, each]) => [`${path}.${key}`, each]);
    for (const [at, each] of fields) {
      const found = untextableIn(each, at, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return hasText(value, depth) ? undefined : path || 'its root';
}

function hasText(value: unknown, depth: number): boolean {
  try {
    text(value, depth);
    return true;
  } catch (error) {
    if (error instanceof Untextable) return false;
    throw error;
  }
}

/** The value that {@link encode} wrote, bigints included. Throws SyntaxError on text that is not JSON. */
export function decode(canonical: string): unknown {
  const value: unknown = JSON.parse(canonical);
  return canonical.includes(`{"${BIGINT_KEY}":`) ? withBigints(value) : value;
}

/** Turns tags into bigints in place: a reviver would be called for every value there is. */
function withBigints(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isTaggedBigint(value)) return BigInt(value[BIGINT_KEY]);
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    if (typeof field !== 'object' || field === null) continue;
    const decoded = withBigints(field);
    if (decoded === field) continue;
    if (key !== '__proto__') fields[key] = decoded;
    else Object.defineProperty(fields, key, { value: decoded, enumerable: true, configurable: true, writable: true });
  }
  return value;
}

function isTaggedBigint(value: object): value is { readonly [BIGINT_KEY]: string } {
  return BIGINT_KEY in value && typeof value[BIGINT_KEY] === 'string';
}
