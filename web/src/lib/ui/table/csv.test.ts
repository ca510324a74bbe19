import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { csvField, shownCsv } from './csv.ts';

test.each([
  { value: 'plain', text: 'plain' },
  { value: 'a,b', text: '"a,b"' },
  { value: 'say "no"', text: '"say ""no"""' },
  { value: 'two\nlines', text: '"two\nlines"' },
  { value: '=HYPERLINK("x")', text: '"\'=HYPERLINK(""x"")"' },
  { value: '-12.5', text: '-12.5' },
  { value: '-12.5 of 3', text: "'-12.5 of 3" },
  { value: null, text: '' },
  { value: 3.2, text: '3.2' },
])('the field $value is written $text', ({ value, text }) => expect(csvField(value)).toBe(text));

test('what is shown is written: sizes and times exactly, words as they are read, nothing to press', () => {
  interface Row {
    readonly side: string;
    readonly size: string | null;
    readonly at: string;
  }
  const columns: readonly Column<Row>[] = [
    { id: 'at', label: 'At', kind: 'time', value: (row) => row.at, text: () => '4 Mar' },
    { id: 'side', label: 'Side', kind: 'choice', value: (row) => row.side, text: (row) => (row.side === 'BUY' ? 'Buy' : 'Sell') },
    { id: 'size', label: 'Size, shares', kind: 'decimal', value: (row) => row.size, text: () => '1,000.00' },
    { id: 'act', label: '', value: () => null, isActions: true },
  ];
  const rows = [
    { side: 'BUY', size: '1000.000000001', at: '2024-03-04T15:00:00Z' },
    { side: 'SELL', size: null, at: '2024-03-04T16:00:00Z' },
  ];
  expect(shownCsv(columns, rows)).toBe(
    'At,Side,"Size, shares"\r\n2024-03-04T15:00:00Z,Buy,1000.000000001\r\n2024-03-04T16:00:00Z,Sell,\r\n',
  );
});
