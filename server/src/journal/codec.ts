/** Text that decodes to what the journal holds: canonical, so that equal values have equal text. */

const BIGINT_KEY = '$n';
const DEPTH_MAX = 64;

/** The value has no canonical text. */
const refuse = (path: string, why: string): never => {
  throw new Error(`Invariant: a journal payload cannot hold ${why} at ${path === '' ? 'its root' : path}`);
};

/**
 * Canonical JSON: keys sorted by code unit, no spaces, fields that are `undefined` left out, a bigint as `{"$n":"123"}`. Instances of
 * classes are written by their own fields. Throws on NaN, infinities, -0, Map, Set, Date, typed arrays, functions and symbols.
 */
export const encode = (value: unknown): string => text(value, '', 0);

function text(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) return refuse(path, String(value));
      return Object.is(value, -0) ? refuse(path, '-0') : String(value);
    case 'bigint':
      return `{"${BIGINT_KEY}":"${value}"}`;
    case 'object':
      if (value === null) return 'null';
      if (depth === DEPTH_MAX) return refuse(path, `more than ${DEPTH_MAX} levels`);
      return Array.isArray(value) ? arrayText(value, path, depth) : objectText(value, path, depth);
    case 'undefined':
    case 'function':
    case 'symbol':
      return refuse(path, `a value of type ${typeof value}`);
  }
}

function arrayText(values: readonly unknown[], path: string, depth: number): string {
  let out = '[';
  for (let index = 0; index < values.length; index += 1) {
    out += `${index === 0 ? '' : ','}${text(values[index], `${path}[${index}]`, depth + 1)}`;
  }
  return `${out}]`;
}

function objectText(value: object, path: string, depth: number): string {
  if (value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return refuse(path, `a ${value.constructor.name}`);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  let out = '{';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    if (key === BIGINT_KEY) return refuse(path, `a field named ${BIGINT_KEY}`);
    out += `${out === '{' ? '' : ','}${JSON.stringify(key)}:${text(field, `${path}.${key}`, depth + 1)}`;
  }
  return `${out}}`;
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
    // Defined, not assigned: a field may be named `__proto__`.
    if (decoded !== field) Object.defineProperty(fields, key, { value: decoded, enumerable: true, configurable: true, writable: true });
  }
  return value;
}

function isTaggedBigint(value: object): value is { readonly [BIGINT_KEY]: string } {
  return BIGINT_KEY in value && typeof value[BIGINT_KEY] === 'string';
}
