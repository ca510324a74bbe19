import type { Row, Section } from './suite.ts';

/** Columns as wide as their widest cell: the first to the left, the rest to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

/** Three digits that count, and no more than two after the point. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

const FIGURES: Readonly<Record<Row['figure'], (value: number) => string>> = {
  ratio: (value) => `${shortNumber(value)} ×`,
  'speed-up': (value) => `${shortNumber(value)} × as fast`,
  rate: (value) => `${shortNumber(value)} M/s`,
  growth: (value) => `size ^ ${shortNumber(value)}`,
};

export function shownFigure(row: Row, value: number): string {
  return FIGURES[row.figure](value);
}

/** `≤ 1.32 × ✓`: the goal, and whether it is met; empty where there is none. */
export function shownGoal(row: Row): string {
  if (row.goal === null) return '';
  const sign = row.figure === 'speed-up' || row.figure === 'rate' ? '≥' : '≤';
  return `${sign} ${shownFigure(row, row.goal)} ${row.isMet === true ? '✓' : '✗'}`;
}

/** `2.31 ns a bar`, or milliseconds where a run is one unit. */
function shownTime(row: Row, ns: number): string {
  const { count, of } = row.units;
  return count === 1 ? `${shortNumber(ns / 1e6)} ms` : `${shortNumber(ns / count)} ns a ${of}`;
}

function cells(row: Row): readonly string[] {
  const { name, value, medianValue, subject, verdict } = row;
  const peer = verdict === null ? '' : `${verdict.fastestPeer} ${shortNumber(verdict.times)} ×`;
  const times = [shownTime(row, subject.bestNs), shownTime(row, subject.medianNs)];
  return [name, ...times, shownFigure(row, value), shownFigure(row, medianValue), shownGoal(row), peer];
}

/** The table that a bench prints without `--json`. */
export function formatSection({ title, about, rows, missing }: Section): string {
  const head = ['', 'best', 'median', 'by best', 'by median', 'goal', 'fastest peer needs'];
  const absent = missing.map(({ name, reason }) => `not measured: ${name}, because ${reason}`);
  return [title, ...about, '', ...alignColumns([head, ...rows.map(cells)]), ...absent, ''].join('\n');
}
