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

/** Parse ISO-8601; a bare date is midnight UTC. Throws {@link InstantTextError}. */
export function instant(text: string): Instant {
  const milliseconds = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new InstantTextError(text);
  return milliseconds as Instant;
}

export const instantFromMs = (milliseconds: number): Instant => milliseconds as Instant;

/** ISO-8601 in UTC; whole seconds without a fraction, so that files stay short. */
export const formatInstant = (value: Instant): string => new Date(value).toISOString().replace('.000Z', 'Z');
