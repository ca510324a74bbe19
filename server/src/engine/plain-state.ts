import type { EngineState } from './state.ts';

/** The state as plain data: maps become lists of entries in their own order, so that equal states have equal canonical text. */
export const plainState = (state: EngineState): unknown => plain(state);

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, entry]: readonly [unknown, unknown]) => [key, plain(entry)]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
