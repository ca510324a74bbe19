import { expect, test } from 'vitest';
import { orderText } from './words.ts';

const LIMIT = { type: 'LIMIT', timeInForce: 'DAY', limitPrice: '95', stopPrice: null } as const;

test.each([
  { name: 'a limit', order: LIMIT, text: 'limit $95.00' },
  { name: 'a limit that stays', order: { ...LIMIT, timeInForce: 'GTC' as const }, text: 'limit $95.00, until cancelled' },
  { name: 'a limit below one dollar, to its last decimal', order: { ...LIMIT, limitPrice: '0.1849' }, text: 'limit $0.1849' },
  {
    name: 'a stop limit, the stop first',
    order: { ...LIMIT, type: 'STOP_LIMIT' as const, stopPrice: '0.1834', limitPrice: '0.1849' },
    text: 'stop limit $0.1834 $0.1849',
  },
  { name: 'without a price', order: { ...LIMIT, type: 'MARKET' as const, limitPrice: null }, text: 'at the market' },
])('$name', ({ order, text }) => expect(orderText(order)).toBe(text));
