import { expect, test } from 'vitest';
import { exitPlace } from './exit-words.ts';

const EXIT = { orderId: 'o1', quantity: '10', price: '92', trails: false } as const;

test.each([
  { name: 'in cents', exit: EXIT, text: '10 at $92.00' },
  { name: 'below one dollar, to its last decimal', exit: { ...EXIT, price: '0.1849' }, text: '10 at $0.1849' },
  { name: 'one that the broker moves', exit: { ...EXIT, price: null, trails: true }, text: '10 where the broker has moved it' },
])('an exit $name', ({ exit, text }) => expect(exitPlace(exit)).toBe(text));
