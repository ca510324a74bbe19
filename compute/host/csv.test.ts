import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseDecimal, parseInstantMs } from './csv-fields.ts';
import { CsvError, parseBarsCsv, readBarsCsv } from './csv.ts';
import type { CsvOptions } from './csv.ts';

const HEADER = 'symbol,timestamp,open,high,low,close,volume';
const ROW_1 = 'AAPL,2024-01-02T00:00:00Z,10,12,9,11.5,1000';
const ROW_2 = 'AAPL,2024-01-03T00:00:00Z,11.5,13,11,12.25,0';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (lines: readonly string[], options?: CsvOptions): ReturnType<typeof parseBarsCsv> =>
  parseBarsCsv(bytesOf(lines.join('\n')), 'bars.csv', options);

function closes(lines: readonly string[], options?: CsvOptions): Record<string, number[]> {
  return Object.fromEntries([...parse(lines, options).symbols].map(([symbol, series]) => [symbol, [...series.close]]));
}

describe('takes', () => {
  test('a file of bars', () => {
    const series = parse([HEADER, ROW_1, ROW_2]).symbols.get('AAPL');
    expect(series).toEqual({
      length: 2,
      startAtMs: Float64Array.of(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)),
      open: Float64Array.of(10, 11.5),
      high: Float64Array.of(12, 13),
      low: Float64Array.of(9, 11),
      close: Float64Array.of(11.5, 12.25),
      volume: Float64Array.of(1000, 0),
    });
  });

  const noSymbol = ['timestamp,open,high,low,close,volume', '2024-01-02T00:00:00Z,1,1,1,1,1'];
  test.each<{ name: string; lines: readonly string[]; options?: CsvOptions; expected: Record<string, number[]> }>([
    { name: 'a header alone', lines: [HEADER], expected: {} },
    {
      name: 'lines that end as Windows ends them, and blank ones',
      lines: [`${HEADER}\r`, `${ROW_1}\r`, '\r', '', `${ROW_2}\r`, ''],
      expected: { AAPL: [11.5, 12.25] },
    },
    { name: 'a byte order mark', lines: [`\uFEFF${HEADER}`, ROW_1], expected: { AAPL: [11.5] } },
    {
      name: 'quotes',
      lines: [HEADER, '"BRK,""B""","2024-01-02T00:00:00Z",1,1,1,"1.5",1', ROW_1],
      expected: { 'BRK,"B"': [1.5], AAPL: [11.5] },
    },
    {
      name: 'columns in any order',
      lines: ['close,volume,symbol,low,high,open,timestamp', '3,1,X,2,4,3,2024-01-02T00:00:00Z'],
      expected: { X: [3] },
    },
    {
      name: 'several symbols, mixed',
      lines: [HEADER, ROW_1, ROW_1.replace('AAPL', 'SPY'), ROW_2],
      expected: { AAPL: [11.5, 12.25], SPY: [11.5] },
    },
    {
      name: 'one symbol out of several',
      lines: [HEADER, ROW_1, ROW_1.replace('AAPL', 'SPY')],
      options: { symbol: 'SPY' },
      expected: { SPY: [11.5] },
    },
    { name: 'no symbol: the name of the file', lines: noSymbol, expected: { bars: [1] } },
    { name: 'no symbol: the name that is given', lines: noSymbol, options: { symbol: 'ES' }, expected: { ES: [1] } },
    {
      name: 'further columns when told to',
      lines: [`${HEADER},note`, `${ROW_1},x`],
      options: { ignoreExtra: true },
      expected: { AAPL: [11.5] },
    },
    {
      name: 'prices of zero and below when told to',
      lines: [HEADER, 'X,2024-01-02T00:00:00Z,0,1,-2,-1.5,0'],
      options: { allowNonPositive: true },
      expected: { X: [-1.5] },
    },
    {
      name: 'a close outside its range, which real data has',
      lines: [HEADER, 'X,2024-01-02T00:00:00Z,1,2,1,2.5,1'],
      expected: { X: [2.5] },
    },
  ])('$name', ({ lines, options, expected }) => {
    expect(closes(lines, options)).toEqual(expected);
  });

  test('plain and gzip files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-csv-'));
    try {
      const text = [HEADER, ROW_1].join('\n');
      await writeFile(join(folder, 'plain.csv'), text);
      await writeFile(join(folder, 'packed.csv.gz'), gzipSync(text));
      await writeFile(join(folder, 'broken.csv.gz'), gzipSync(text).subarray(0, 30));
      expect(await readBarsCsv(join(folder, 'packed.csv.gz'))).toEqual(await readBarsCsv(join(folder, 'plain.csv')));
      await expect(readBarsCsv(join(folder, 'broken.csv.gz'))).rejects.toThrow('damaged gzip file');
      await expect(readBarsCsv(join(folder, 'none.csv'))).rejects.toThrow(CsvError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('refuses a header', () => {
  test.each([
    { name: 'that is not there', header: '', message: 'bars.csv: is empty' },
    { name: 'with a column too few', header: 'timestamp,open,high,low,close', message: 'bars.csv, line 1: the column volume is missing' },
    { name: 'with a column twice', header: `${HEADER},close`, message: 'the column close is there twice' },
    {
      name: 'with another name for a column',
      header: HEADER.replace('timestamp', 'date'),
      message: 'the column timestamp is missing. Needed: timestamp,open,high,low,close,volume; not known: date.',
    },
    { name: 'with an unknown column', header: `${HEADER},note`, message: 'unknown column note. Remove it, or pass --ignore-extra.' },
  ])('$name', ({ header, message }) => {
    expect(() => parse([header])).toThrow(message);
  });
});

describe('refuses a row, or sets it aside', () => {
  const at = 'X,2024-01-04T00:00:00Z';
  test.each([
    { name: 'high below low', row: `${at},1,1,2,1,1`, message: 'bars.csv, line 3, field high: "1" is below low 2' },
    { name: 'a price of zero', row: `${at},1,1,1,0,1`, message: 'line 3, field close: "0" is not above zero' },
    { name: 'a price below zero', row: `${at},1,1,-1,1,1`, message: 'line 3, field low: "-1" is not above zero' },
    { name: 'text for a price', row: `${at},1,1,1,abc,1`, message: 'line 3, field close: "abc" is not a number' },
    { name: 'NaN', row: `${at},NaN,1,1,1,1`, message: 'line 3, field open: "NaN" is not a number' },
    { name: 'infinity', row: `${at},1,Infinity,1,1,1`, message: 'line 3, field high: "Infinity" is not a number' },
    { name: 'a number that no double holds', row: `${at},1,1e999,1,1,1`, message: 'field high: "1e999" is not a number' },
    { name: 'an empty field', row: `${at},1,1,1,1,`, message: 'line 3, field volume: "" is not a number' },
    { name: 'a volume below zero', row: `${at},1,1,1,1,-5`, message: 'line 3, field volume: "-5" is below zero' },
    { name: 'too few fields', row: `${at},1,1,1,1`, message: 'line 3, field count: the row has 6 fields, the header 7' },
    { name: 'no symbol', row: ',2024-01-04T00:00:00Z,1,1,1,1,1', message: 'line 3, field symbol: is empty' },
    {
      name: 'a day that does not exist',
      row: 'X,2023-02-29T00:00:00Z,1,1,1,1,1',
      message: 'field timestamp: "2023-02-29T00:00:00Z" is not an ISO-8601 instant',
    },
    { name: 'a time without a zone', row: 'X,2024-01-04T00:00:00,1,1,1,1,1', message: 'is not an ISO-8601 instant in UTC' },
    {
      name: 'the same time again',
      row: 'X,2024-01-03T00:00:00Z,1,1,1,1,1',
      message: 'line 3, field timestamp: "2024-01-03T00:00:00Z" is there twice',
    },
    {
      name: 'an earlier time',
      row: 'X,2024-01-01T00:00:00Z,1,1,1,1,1',
      message: 'comes after 2024-01-03T00:00:00Z: rows must be in order of time',
    },
  ])('$name', ({ row, message }) => {
    const lines = [HEADER, 'X,2024-01-03T00:00:00Z,1,1,1,1,1', row, 'X,2024-01-05T00:00:00Z,2,2,2,2,2'];
    expect(() => parse(lines)).toThrow(CsvError);
    expect(() => parse(lines)).toThrow(message);
    const { symbols, skipped, firstSkipped } = parse(lines, { onBad: 'skip' });
    expect([...symbols].map(([symbol, series]) => [symbol, [...series.close]])).toEqual([['X', [1, 2]]]);
    expect([skipped, firstSkipped]).toEqual([1, expect.stringContaining(message)]);
  });

  test('a symbol that the file does not hold', () => {
    expect(() => parse([HEADER, ROW_1], { symbol: 'SPY' })).toThrow('bars.csv: holds no bars of SPY.');
  });
});

describe('fields', () => {
  const decimal = (text: string): number => parseDecimal(bytesOf(text), 0, bytesOf(text).length);
  const instant = (text: string): number => parseInstantMs(bytesOf(text), 0, bytesOf(text).length);

  test('a number is read as Number reads it, to the bit', () => {
    const texts = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.nat({ max: 17 })).map(([x, digits]) => x.toFixed(digits)),
      fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => x.toPrecision(17)),
    );
    fc.assert(
      fc.property(texts, (text) => Object.is(decimal(text), Number(text))),
      { numRuns: 2_000 },
    );
  });

  test.each(['', '-', '.', '1..2', '1.2.3', '0x10', '1_000', '1,5', 'nan', 'e5', '1e', '--1', '1 2'])('%j is no number', (text) => {
    expect(decimal(text)).toBeNaN();
  });

  test('an instant is read as Date reads it, and written back the same', () => {
    const seconds = fc.integer({ min: Date.UTC(0, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => instant(formatInstant(second * 1000)) === second * 1000),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['2024-01-31T14:30:00.250Z', Date.UTC(2024, 0, 31, 14, 30, 0, 250)],
    ['2024-01-31T14:30:00+02:00', Date.UTC(2024, 0, 31, 12, 30)],
    ['2024-01-31 14:30Z', Date.UTC(2024, 0, 31, 14, 30)],
    ['1900-02-29T00:00:00Z', NaN],
    ['2023-02-29T00:00:00+00:00', NaN],
    ['2024-04-31T00:00:00Z', NaN],
    ['2024-13-01T00:00:00Z', NaN],
    ['2024-01-01T24:00:00Z', NaN],
    ['2024-01-01T00:60:00Z', NaN],
    ['2024/01/01T00:00:00Z', NaN],
    ['2024-01-01', NaN],
    ['2024-01-01T00:00:00', NaN],
    ['1704067200', NaN],
  ])('%s', (text, expected) => {
    expect(instant(text)).toBe(expected);
  });
});
