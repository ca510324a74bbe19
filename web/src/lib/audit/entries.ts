import type { EntryPartsFragment } from '@tidemark/schema/documents';
import { csvOf } from '#lib/ui/table/csv.ts';

const FIELDS = ['seq', 'at', 'writtenAt', 'kind', 'type', 'actor', 'cause', 'hash', 'previousHash'] as const;

/** One entry a line. The payload stays the text that the hash covers: a string in the line, not part of its JSON. */
export const jsonLines = (entries: readonly EntryPartsFragment[]): string =>
  entries
    .map((entry) => `${JSON.stringify({ ...Object.fromEntries(FIELDS.map((name) => [name, entry[name]])), payload: entry.payload })}\n`)
    .join('');

export const entriesCsv = (entries: readonly EntryPartsFragment[]): string =>
  csvOf(
    [...FIELDS, 'payload'],
    entries.map((entry) => [...FIELDS.map((name) => entry[name]), entry.payload]),
  );

/** A place in the journal as a reader writes it: an entry's number, or a time in UTC. `undefined` where it is neither. */
export function placeOf(written: string): { readonly seq: number } | { readonly at: string } | undefined {
  const text = written.trim().replaceAll(',', '');
  if (/^\d{1,9}$/.test(text)) return { seq: Number(text) };
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?Z?)?$/.exec(text);
  if (found === null) return undefined;
  const [, day = '', minute = '23:59', second = found[2] === undefined ? ':59' : ':00'] = found;
  const at = new Date(`${day}T${minute}${second}Z`);
  // A day that the calendar does not have.
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day) ? undefined : { at: at.toISOString() };
}
