import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseActionsCsv, readActionsCsv } from './actions-csv.ts';
import { CsvError } from './csv.ts';

const parse = (...lines: readonly string[]) => parseActionsCsv(new TextEncoder().encode(lines.join('\n')), 'actions.csv');
const HEADER = 'symbol,date,ratio,dividend';

test('splits and dividends by symbol, in order of time, whatever the order of rows and columns', () => {
  const june = Date.parse('2024-06-10T00:00:00Z');
  expect(
    parse(
      '\uFEFFdividend,symbol,ratio,date',
      '0.01,NVDA,10,2024-06-10',
      '0.24,AAPL,1,2024-02-09T14:30:00Z',
      '',
      '0.04,NVDA,1,2024-03-05\r',
    ),
  ).toEqual({
    NVDA: [
      { atMs: Date.parse('2024-03-05T00:00:00Z'), ratio: 1, dividend: 0.04 },
      { atMs: june, ratio: 10, dividend: 0.01 },
    ],
    AAPL: [{ atMs: Date.parse('2024-02-09T14:30:00Z'), ratio: 1, dividend: 0.24 }],
  });
  expect(parse(HEADER)).toEqual({});
});

describe('what is wrong is named with file, line and field', () => {
  test.each([
    { name: 'nothing', lines: [''], message: 'actions.csv: is empty' },
    { name: 'a missing column', lines: ['symbol,date,ratio'], message: 'line 1: the column dividend is missing' },
    { name: 'a column more', lines: ['symbol,date,ratio,dividend,note'], message: 'line 1: the column "note"' },
    { name: 'a column twice', lines: ['symbol,date,ratio,dividend,date'], message: 'line 1: the column "date"' },
    { name: 'a field more', lines: [HEADER, 'A,2024-01-02,1,0.5,6'], message: 'line 2, field count: the row has 5 fields' },
    { name: 'no symbol', lines: [HEADER, ' ,2024-01-02,1,0.5'], message: 'line 2, field symbol' },
    { name: 'a day that is none', lines: [HEADER, 'A,2024-02-30,1,0.5'], message: 'line 2, field date: "2024-02-30"' },
    { name: 'another kind of date', lines: [HEADER, 'A,01/02/2024,1,0.5'], message: 'line 2, field date' },
    { name: 'an instant without a zone', lines: [HEADER, 'A,2024-01-02T10:00:00,1,0.5'], message: 'line 2, field date' },
    { name: 'an empty ratio', lines: [HEADER, 'A,2024-01-02,,0.5'], message: 'line 2, field ratio: ""' },
    { name: 'a ratio of zero', lines: [HEADER, 'A,2024-01-02,0,0.5'], message: 'line 2, field ratio' },
    { name: 'a ratio in words', lines: [HEADER, 'A,2024-01-02,2:1,0'], message: 'line 2, field ratio: "2:1"' },
    { name: 'a dividend below zero', lines: [HEADER, 'A,2024-01-02,1,-0.5'], message: 'line 2, field dividend' },
    { name: 'an infinite dividend', lines: [HEADER, 'A,2024-01-02,1,1e999'], message: 'line 2, field dividend' },
    { name: 'a row that changes nothing', lines: [HEADER, 'A,2024-01-02,1,0'], message: 'line 2, field ratio: the row is neither' },
    {
      name: 'two rows of one day, after a blank line',
      lines: [HEADER, 'A,2024-01-02,1,0.5', '', 'A,2024-01-02,2,0'],
      message: 'line 4, field date: "2024-01-02" of A is there twice',
    },
  ])('$name', ({ lines, message }) => {
    expect(() => parse(...lines)).toThrow(CsvError);
    expect(() => parse(...lines)).toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(readActionsCsv('/nowhere/actions.csv')).rejects.toThrow('/nowhere/actions.csv: cannot be read');
  });
});

test('what is written is read back', () => {
  const row = fc.record({
    symbol: fc.constantFrom('AAA', 'B.B', 'C'),
    day: fc.integer({ min: 0, max: 20_000 }),
    ratio: fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10),
    dividend: fc.integer({ min: 1, max: 10_000 }).map((cents) => cents / 100),
  });
  const key = ({ symbol, day }: { readonly symbol: string; readonly day: number }): string => `${symbol} ${day}`;
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: key, minLength: 1 }), (rows) => {
      const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
      const read = parse(HEADER, ...rows.map(({ symbol, day, ratio, dividend }) => `${symbol},${dateOf(day)},${ratio},${dividend}`));
      for (const [symbol, actions] of Object.entries(read)) {
        const own = rows.filter((each) => each.symbol === symbol).sort((a, b) => a.day - b.day);
        expect(actions).toEqual(own.map(({ day, ratio, dividend }) => ({ atMs: day * 86_400_000, ratio, dividend })));
      }
      expect(Object.values(read).flat()).toHaveLength(rows.length);
    }),
  );
});
