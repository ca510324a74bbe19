import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';

/** The golden data beside the repository, for tests only. */
const GOLDEN = new URL('../../../shared/golden/', import.meta.url);

export function goldenText(name: string): string {
  const file = new URL(name, GOLDEN);
  if (!existsSync(file)) throw new Error(`The golden file ${name} is missing: expected in the folder shared/golden beside the repository`);
  const bytes = readFileSync(file);
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export const goldenJson = (name: string): unknown => JSON.parse(goldenText(name));

export interface GoldenReturns {
  readonly values: Float64Array;
  /** The date of each, as the file has it. */
  readonly dates: readonly string[];
  /** The date of the first price. */
  readonly start: string;
}

/** Close-to-close returns of a file of bars, cut to `[from, to)` by the text of the date. The first price gives none. */
export function goldenReturns(dataset: string, from = '', to = ''): GoldenReturns {
  const [header = '', ...lines] = goldenText(`data/${dataset}.csv`).trim().split('\n');
  const names = header.trim().split(',');
  const [time, close] = [names.indexOf('timestamp'), names.indexOf('close')];
  const rows = lines
    .map((line) => line.split(','))
    .map((cells) => ({ date: (cells[time] ?? '').slice(0, 10), price: Number(cells[close]) }))
    .filter(({ date }) => date >= from && (to === '' || date < to));
  const values = Float64Array.from(rows.slice(1), ({ price }, index) => price / (rows[index]?.price ?? Number.NaN) - 1);
  return { values, dates: rows.slice(1).map(({ date }) => date), start: rows[0]?.date ?? '' };
}

/** Relative 1e-9, as the golden figures promise; `floor` is the size below which the difference counts as it is. */
export function expectNear(actual: number | null | undefined, expected: number | null | undefined, name = '', floor = 1e-6): void {
  if (typeof actual !== 'number' || typeof expected !== 'number') {
    expect(actual, name).toBe(expected);
    return;
  }
  if (!Number.isFinite(expected)) {
    expect(actual, name).toBe(expected);
    return;
  }
  const allowed = 1e-9 * Math.max(floor, Math.abs(expected));
  expect(Math.abs(actual - expected), `${name}: ${actual} against ${expected}`).toBeLessThanOrEqual(allowed);
}
