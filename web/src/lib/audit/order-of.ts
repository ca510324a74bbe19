type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const field = (value: unknown, name: string): unknown => (isFields(value) ? value[name] : undefined);

/** Where a payload names the order, or the proposal that has the order's id. */
const PATHS: readonly (readonly string[])[] = [
  ['intent', 'id'],
  ['order', 'intent', 'id'],
  ['order', 'id'],
  ['recommendation', 'id'],
  ['recommendationId'],
  ['orderId'],
];

/** The id of the order that an entry of the journal is about; `undefined` where it names none. */
export function orderOf(payload: string): string | undefined {
  let read: unknown;
  try {
    read = JSON.parse(payload);
  } catch {
    // Not JSON: it names nothing.
    return undefined;
  }
  const found = PATHS.map((path) => path.reduce(field, read)).find((id) => typeof id === 'string');
  return typeof found === 'string' ? found : undefined;
}
