import { expect, test } from 'vitest';
import { levelsOf } from './levels.ts';

const order = {
  id: 'o',
  symbol: 'AAPL',
  side: 'SELL',
  quantity: '10',
  limitPrice: null,
  stopPrice: null,
  state: 'ACCEPTED',
  reduceOnly: true,
  strategyName: 'Trend',
} as const;
const position = { symbol: 'AAPL', averagePrice: '100.5', strategies: ['Trend'] };

test.each([
  { name: 'a stop', orders: [{ ...order, stopPrice: '95' }], positions: [], levels: [['stop', 'Stop, sell 10', 95]] },
  { name: 'a target', orders: [{ ...order, limitPrice: '120' }], positions: [], levels: [['target', 'Target, sell 10', 120]] },
  {
    name: 'an order that waits to enter',
    orders: [{ ...order, side: 'BUY' as const, reduceOnly: false, limitPrice: '90' }],
    positions: [],
    levels: [['order', 'Limit, buy 10', 90]],
  },
  { name: 'what is held', orders: [], positions: [position], levels: [['entry', 'Average entry', 100.5]] },
  { name: 'nothing without a price', orders: [order], positions: [], levels: [] },
  { name: 'nothing that has ended', orders: [{ ...order, stopPrice: '95', state: 'FILLED' as const }], positions: [], levels: [] },
  {
    name: 'nothing of another strategy or symbol',
    orders: [
      { ...order, stopPrice: '95', strategyName: 'Other' },
      { ...order, stopPrice: '95', symbol: 'SPX' },
    ],
    positions: [
      { ...position, strategies: ['Other'] },
      { ...position, symbol: 'SPX' },
    ],
    levels: [],
  },
])('$name', ({ orders, positions, levels }) =>
  expect(levelsOf('AAPL', 'Trend', orders, positions).map(({ kind, label, price }) => [kind, label, price])).toEqual(levels),
);
