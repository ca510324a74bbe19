import { expect, test } from 'vitest';
import { plainResult } from './report/test/results.ts';
import { equityCsv, tradesCsv } from './run-csv.ts';

const trade = {
  symbol: 'SYM',
  direction: 'long',
  size: 2.5,
  entryBar: 1,
  entryTime: '2024-01-02T00:00:00Z',
  entryPrice: 0.1,
  exitBar: 3,
  exitTime: '2024-01-04T00:00:00Z',
  exitPrice: 1e-7,
  grossPnl: 1.5,
  commission: 0.25,
  status: 'closed',
} as const;

test('trades: one a row, every bit of a number, nothing where it is open', () => {
  const open = { ...trade, exitBar: null, exitTime: null, exitPrice: null, status: 'open' } as const;
  expect(tradesCsv(plainResult([100], { trades: [trade, open] }))).toBe(
    [
      'symbol,direction,status,size,entry_time,entry_price,exit_time,exit_price,bars_held,gross_pnl,commission,net_pnl',
      'SYM,long,closed,2.5,2024-01-02T00:00:00Z,0.1,2024-01-04T00:00:00Z,1e-7,2,1.5,0.25,1.25',
      'SYM,long,open,2.5,2024-01-02T00:00:00Z,0.1,,,,1.5,0.25,1.25',
      '',
    ].join('\n'),
  );
});

test('equity with its distance from the high-water mark', () =>
  expect(equityCsv(plainResult([100, 125, 100]))).toBe(
    'time,equity,drawdown\n2024-01-01T00:00:00Z,100,0\n2024-01-02T00:00:00Z,125,0\n2024-01-03T00:00:00Z,100,-0.19999999999999996\n',
  ));

test.each([
  { symbol: 'A,B', cell: '"A,B"' },
  { symbol: 'A"B', cell: '"A""B"' },
  { symbol: 'A\nB', cell: '"A\nB"' },
  { symbol: '=1+1', cell: "'=1+1" },
  { symbol: '@SUM(A1)', cell: "'@SUM(A1)" },
])('a hostile symbol stays one cell of text: $symbol', ({ symbol, cell }) =>
  expect(
    tradesCsv(plainResult([100], { trades: [{ ...trade, symbol }] }))
      .split('\n')
      .slice(1)
      .join('\n'),
  ).toMatch(new RegExp(`^${cell.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')},long,`)),
);
