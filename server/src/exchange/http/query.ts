import { instant, InstantTextError } from '../../money/instant.ts';
import { midnightOf } from '../market/sessions.ts';

/** A time of a query; a bare date is midnight in New York. */
export function timeIn(text: string): number {
  const at = instant(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return at;
  try {
    return midnightOf(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InstantTextError(text);
    throw error;
  }
}

/** Times between which a query asks, both excluded. */
export interface Span {
  readonly after: number;
  readonly until: number;
}

/** The span of a query that names a `date`, or `after` and `until`; a sentence where they are no times. */
export function spanOf(query: URLSearchParams): Span | string {
  try {
    const date = query.get('date');
    if (date !== null) {
      const start = timeIn(date);
      return { after: start - 1, until: midnightOf(Temporal.PlainDate.from(date).add({ days: 1 }).toString()) };
    }
    const time = (name: string, fallback: number): number => {
      const text = query.get(name);
      return text === null ? fallback : timeIn(text);
    };
    return { after: time('after', Number.NEGATIVE_INFINITY), until: time('until', Number.POSITIVE_INFINITY) };
  } catch (error) {
    return error instanceof Error ? error.message : 'invalid time';
  }
}
