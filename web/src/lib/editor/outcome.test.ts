import { DEFAULT_BACKTEST_OPTIONS } from '@tidemark/compute/browser';
import type { BacktestTrade } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { curveOf, fillsOf } from './outcome.ts';

const trade: BacktestTrade = {
  symbol: 'AAPL',
  direction: 'long',
  size: 10,
  entryBar: 1,
  entryTime: '2024-01-02T00:00:00Z',
  entryPrice: 100,
  exitBar: 2,
  exitTime: '2024-01-03T00:00:00Z',
  exitPrice: 101,
  grossPnl: 10,
  commission: 0,
  status: 'closed',
};
const fills = (change: Partial<BacktestTrade>) => fillsOf({ trades: [{ ...trade, ...change }] }).map(({ side, price }) => [side, price]);

test.each([
  {
    name: 'long',
    change: {},
    expected: [
      ['BUY', '100'],
      ['SELL', '101'],
    ],
  },
  {
    name: 'short',
    change: { direction: 'short', size: -10 } as const,
    expected: [
      ['SELL', '100'],
      ['BUY', '101'],
    ],
  },
  { name: 'still open', change: { exitBar: null, exitTime: null, exitPrice: null, status: 'open' } as const, expected: [['BUY', '100']] },
])('$name', ({ change, expected }) => expect(fills(change)).toEqual(expected));

test('the high-water mark begins at the cash', () => {
  const options = { ...DEFAULT_BACKTEST_OPTIONS, cash: 100 };
  const equity = [90, 110, 99].map((value, day) => ({ time: `2024-01-0${day + 1}T00:00:00Z`, equity: value }));
  const curve = curveOf({ equity, options });
  expect(curve.map(({ highWaterMark }) => highWaterMark)).toEqual([100, 110, 110]);
  expect(curve.map(({ drawdown }) => drawdown.toFixed(3))).toEqual(['0.100', '0.000', '0.100']);
});
