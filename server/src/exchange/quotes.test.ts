import { expect, test } from 'vitest';
import { format, price } from '../money/fixed.ts';
import { listed } from './core/testing.ts';
import { quoteAround } from './quotes.ts';

test.each([
  { at: '100', spread: '0.01', quote: ['100', '100.01'] },
  { at: '64.501427', spread: '0.01', quote: ['64.5', '64.51'] },
  { at: '100', spread: '0.05', quote: ['99.98', '100.03'] },
  { at: '0.004', spread: '0.01', quote: ['0.01', '0.02'] },
  { at: '1.123456', spread: '0.0001', tick: '0.00001', quote: ['1.12341', '1.12351'] },
])('$at with a spread of $spread', ({ at, spread, tick, quote }) => {
  const { bid, ask } = quoteAround(price(at), listed('XYZ', { tick: price(tick ?? '0.01') }), price(spread));
  expect([format(bid), format(ask)]).toEqual(quote);
});
