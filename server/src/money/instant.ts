import type { Brand } from './brand.ts';

/** A UTC instant in milliseconds since 1970. */
export type Instant = Brand<number, 'Instant'>;

/** Text that is not an ISO-8601 instant with an offset. */
export class InstantTextError extends Error {
  override readonly name = 'InstantTextError';
  constructor(text: string) {
    super(`"${text.slice(0, 60)}" is not a time: expected ISO-8601 with an offset, like 2024-03-01T14:30:00Z`);
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})|)$/;

/** Whether the month has the day: `Date.parse` takes the 30th of February for the 1st of March. */
function isDayOfMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return day <= 28 || new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, day)).getUTCDate() === day;
}

/** Parse ISO-8601; a bare date is midnight UTC. Throws {@link InstantTextError}. */
export function instant(text: string): Instant {
  const milliseconds = INSTANT.test(text) && isDayOfMonth(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new InstantTextError(text);
  return milliseconds as Instant;
}

export const instantFromMs = (milliseconds: number): Instant => milliseconds as Instant;

/** ISO-8601 in UTC; whole seconds without a fraction, so that files stay short. */
export const formatInstant = (value: Instant): string => new Date(value).toISOString().replace('.000Z', 'Z');

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A time span for people to read, exact to the millisecond: `780 ms`, `1.5 s`, `22 h`, `1 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < SECOND_MS) return `${milliseconds} ms`;
  const parts = [
    [Math.floor(milliseconds / HOUR_MS), 'h'],
    [Math.floor((milliseconds % HOUR_MS) / MINUTE_MS), 'min'],
    [(milliseconds % MINUTE_MS) / SECOND_MS, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ');
}
