import type { Figure } from '../statistics-input.ts';

export const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
export const plain = (value: Figure): string => (value === null ? 'n/a' : value.toFixed(2));
export const probability = (value: Figure): string => (value === null ? 'n/a' : value.toFixed(4));

/** Lines of a table: the first column and texts to the left, numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const isNumber = widths.map((_, column) => column > 0 && rows.slice(1).every((row) => /^(-?[\d.]+( %)?|n\/a|)$/.test(row[column] ?? '')));
  return rows.map((row) =>
    row
      .map((text, column) => (isNumber[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
