/** What a mutation answered instead of its payload, in words that say what to do. */
export interface Refusal {
  readonly message: string;
  /** The refusal by the name of its type, or the code of an error. */
  readonly code: string;
}

export type Shaped =
  { readonly ok: true; readonly value: Readonly<Record<string, unknown>> } | { readonly ok: false; readonly refusal: Refusal };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean => value === null || value === undefined;

/** Edges and their page become `items` and `next`. */
function pageOf(edges: readonly unknown[], pageInfo: unknown): Readonly<Record<string, unknown>> {
  const items = edges.map((edge) => plain(isRecord(edge) ? edge['node'] : undefined));
  const hasNext = isRecord(pageInfo) && pageInfo['hasNextPage'] === true && typeof pageInfo['endCursor'] === 'string';
  return { items, ...(hasNext ? { next: pageInfo['endCursor'] } : {}) };
}

/** Without what is null, and without the names of types. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => !isEmpty(each)).map(plain);
  if (!isRecord(value)) return value;
  const { edges } = value;
  if (Array.isArray(edges)) return pageOf(edges, value['pageInfo']);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (name === '__typename' || isEmpty(each) ? [] : [[name, plain(each)]])),
  );
}

/** A list without anything in it. */
const isBare = (value: unknown): boolean =>
  (Array.isArray(value) ? value : isRecord(value) && Array.isArray(value['items']) ? value['items'] : [value]).length === 0;

const said = (value: unknown, before: string): string => (typeof value === 'string' && value !== '' ? ` ${before}${value}` : '');

/** One sentence after the other: what, where, and what to do. */
function refusalOf(error: Readonly<Record<string, unknown>>): Refusal {
  const complaints = Array.isArray(error['errors']) ? error['errors'].filter(isRecord) : [];
  const where = complaints.map((one) => ` Line ${String(one['line'])}, column ${String(one['column'])}: ${String(one['message'])}`);
  const message = [
    String(error['message']),
    said(error['field'], 'Field: '),
    said(error['hint'], ''),
    said(error['compiled'], 'The server compiled it to the version '),
    error['outcome'] === 'UNKNOWN' ? ' It is not known whether it was done: look before you ask again.' : '',
    ...where.slice(0, 10),
  ].join('');
  return { message, code: String(error['__typename']) };
}

/** The data of an answer as a tool gives it, or why it was refused. */
export function shapeOf(data: Readonly<Record<string, unknown>>): Shaped {
  for (const value of Object.values(data))
    if (isRecord(value) && typeof value['__typename'] === 'string' && value['__typename'].endsWith('Error'))
      return { ok: false, refusal: refusalOf(value) };
  const value = plain(data);
  if (!isRecord(value)) throw new Error('Invariant: the data of an answer is an object');
  if (Object.values(data).some(isEmpty) && Object.values(value).every(isBare))
    return { ok: false, refusal: { message: 'There is no such thing. Look for its id in a list first.', code: 'NotFoundError' } };
  return { ok: true, value };
}
