import { textOf } from './column.ts';
import type { Column } from './column.ts';

const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** One field of RFC 4180. Text that a spreadsheet would run as a formula is given a leading apostrophe. */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines of CSV below one line of names. */
export const csvOf = (names: readonly string[], lines: readonly (readonly (string | number | boolean | null)[])[]): string =>
  `${[names, ...lines].map((line) => line.map(csvField).join(',')).join('\r\n')}\r\n`;

/** Rows as a table shows them: its columns in their order; sizes and times exactly, the rest as the words on the screen. */
export function shownCsv<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const written = columns.filter(({ isActions }) => !isActions);
  const cell = (column: Column<T>, row: T) =>
    column.kind === 'decimal' || column.kind === 'time' ? column.value(row) : textOf(column, row);
  return csvOf(
    written.map(({ label }) => label),
    rows.map((row) => written.map((column) => cell(column, row))),
  );
}

/** Hands a file of text to the reader. */
export function download(name: string, text: string, type = 'text/csv'): void {
  downloadBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

export function downloadBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
