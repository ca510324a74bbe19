import { compareDecimals } from './column.ts';
import type { CellValue, ColumnKind } from './column.ts';

/** Whether a row stays, by its value in a column and by the text that is shown there. */
export type Keeps = (value: CellValue, text: string) => boolean;

/** What a reader wrote into a column's filter. `problem` says what to write instead. */
export type Filter = { readonly ok: true; readonly keeps: Keeps } | { readonly ok: false; readonly problem: string };

const NUMBER = String.raw`[+\-−]?\d+(?:\.\d+)?`;
const BOUND = new RegExp(String.raw`^(>=|<=|>|<|=)?\s*(${NUMBER})$`);
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*\.\.\s*(${NUMBER})$`);
const BOUND_HOLDS: Readonly<Record<string, (order: number) => boolean>> = {
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '=': (order) => order === 0,
};

const plain = (text: string): string => text.replace('−', '-').replace('+', '');

/** Percent as the ratio that it is, exactly: two places to the left. */
function hundredth(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const digits = whole.padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}${part}`;
}

function decimalFilter(written: string, isPercent: boolean): Filter {
  const text = written.replaceAll(/[,$%\s]/g, '');
  const read = (one: string): string => (isPercent ? hundredth(plain(one)) : plain(one));
  const range = RANGE.exec(text);
  if (range !== null) {
    const [from, to] = [read(range[1] ?? ''), read(range[2] ?? '')];
    return { ok: true, keeps: (value) => value !== null && compareDecimals(value, from) >= 0 && compareDecimals(value, to) <= 0 };
  }
  const bound = BOUND.exec(text);
  const holds = BOUND_HOLDS[bound?.[1] ?? '='];
  if (bound === null || holds === undefined) return { ok: false, problem: 'Write a number, >5, <=5 or 1..5' };
  const limit = read(bound[2] ?? '');
  return { ok: true, keeps: (value) => value !== null && holds(compareDecimals(value, limit)) };
}

/** Whether every word stands somewhere in a text; a word after `!` must not. */
export function hasWords(search: string): (text: string) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!');
  return (text) => {
    const low = text.toLowerCase();
    return words.every((word) => (word.startsWith('!') ? !low.includes(word.slice(1)) : low.includes(word)));
  };
}

/** The filter that a text means in a column of a kind; `undefined` where it means none. */
export function filterOf(kind: ColumnKind, written: string, isPercent = false): Filter | undefined {
  if (written.trim() === '') return undefined;
  if (kind === 'decimal') return decimalFilter(written, isPercent);
  if (kind === 'choice') return { ok: true, keeps: (_value, text) => text === written };
  const matches = hasWords(written);
  return { ok: true, keeps: (_value, text) => matches(text) };
}
