type Value = Readonly<Record<string, unknown>>;

/** What is at the end of a path into an answer's data; `undefined` where something on the way is missing. */
export const valueAt = (data: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Value)[name] : undefined), data);

/** A text that says something; `undefined` where there is none. */
export function textAt(data: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(data, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A figure, also one that is written as decimal text; `undefined` where there is none. */
export function numberAt(data: unknown, ...path: readonly string[]): number | undefined {
  const value = valueAt(data, ...path);
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Items; none where there is no list. */
export function listAt(data: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(data, ...path);
  return Array.isArray(value) ? value : [];
}

export const textsAt = (data: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(data, ...path).filter((item): item is string => typeof item === 'string' && item !== '');

/** As a report says it. */
export const said = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : 'not known');
export const percent = (share: number | undefined): string => (share === undefined ? 'not known' : `${(share * 100).toFixed(1)} %`);
export const figure = (value: number | undefined, decimals = 2): string => (value === undefined ? 'not known' : value.toFixed(decimals));

/** A day of UTC, like 2016-01-04, of a time that an answer names; `undefined` where it is none. */
export function dayOf(time: unknown): string | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
}

const DAY_MS = 86_400_000;

/** Days from one time to the other, with their fraction; `undefined` where one of them is no time. */
export function daysBetween(from: unknown, to: unknown): number | undefined {
  const [start, end] = [from, to].map((time) => (typeof time === 'string' ? Date.parse(time) : Number.NaN));
  return start === undefined || end === undefined || Number.isNaN(end - start) ? undefined : (end - start) / DAY_MS;
}
