import type { TermKey } from '#lib/glossary.ts';

/** What a cell is sorted, filtered and written by; `null` where there is nothing. */
export type CellValue = string | number | null;

/**
 * `decimal`: a number, or exact decimal text; to the right, and filtered by size. `time`: an ISO instant. `choice`: one of a few words,
 * filtered from a list.
 */
export type ColumnKind = 'text' | 'choice' | 'decimal' | 'time';

export interface Column<T> {
  /** Kept with the reader's layout: do not rename. */
  readonly id: string;
  readonly label: string;
  readonly kind?: ColumnKind;
  readonly value: (row: T) => CellValue;
  /** What is shown where no snippet draws the cell; the value where absent. */
  readonly text?: (row: T) => string;
  readonly term?: TermKey;
  /** Pixels of the column in a long table, whose columns must not move while it scrolls. */
  readonly width?: number;
  /** Not shown until the reader wants it. */
  readonly isHidden?: true;
  /** Takes the room that is left, and cuts its text. */
  readonly isWide?: true;
  /** The values are ratios that are shown as percent: a filter means percent. */
  readonly isPercent?: true;
  /** Holds things to press: not sorted, filtered or written. */
  readonly isActions?: true;
}

/** What stands in a cell without a snippet of its own, and what the search looks through. */
export function textOf<T>(column: Column<T>, row: T): string {
  if (column.isActions) return '';
  if (column.text) return column.text(row);
  const value = column.value(row);
  return value === null ? '' : String(value);
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Further apart than this, relatively, two floats have the order of the decimals that they were read from. */
const CLEARLY = 1e-12;

/** −1, 0 or 1. Where floats do not tell them apart clearly, decimal text is compared digit by digit. */
export function compareDecimals(left: string | number, right: string | number): number {
  const [x, y] = [Number(left), Number(right)];
  if (Math.abs(x - y) > CLEARLY * Math.max(Math.abs(x), Math.abs(y))) return x < y ? -1 : 1;
  const [a, b] = [DECIMAL.exec(String(left)), DECIMAL.exec(String(right))];
  if (a === null || b === null) return Math.sign(x - y);
  const places = Math.max(a[3]?.length ?? 0, b[3]?.length ?? 0);
  const scaled = ([, sign = '', whole = '0', part = '']: RegExpExecArray): bigint => {
    const size = BigInt(whole + part.padEnd(places, '0'));
    return sign === '-' ? -size : size;
  };
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The order of two values of a column that has them both. */
export function compareValues(kind: ColumnKind, left: string | number, right: string | number): number {
  if (kind === 'decimal') return compareDecimals(left, right);
  if (kind === 'time') return Math.sign(Date.parse(String(left)) - Date.parse(String(right)));
  return words.compare(String(left), String(right));
}
