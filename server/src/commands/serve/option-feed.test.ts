import { expect, test } from 'vitest';
import { quantity } from '../../money/fixed.ts';
import { watchedOptions } from './option-feed.ts';

type Watched = Parameters<typeof watchedOptions>[0];

const [CALL, PUT, OTHER] = ['ALDR240315C00100000', 'ALDR240315P00100000', 'ALDR240315C00110000'];
const order = (symbol: string, state: string) => ({ state, intent: { symbol } });

test('options that are held or ordered are asked for, and nothing else', () => {
  const state = {
    positions: new Map([
      [PUT, { symbol: PUT, quantity: quantity('1') }],
      ['ALDR', { symbol: 'ALDR', quantity: quantity('100') }],
    ]),
    orders: new Map([
      ['working', order(CALL, 'accepted')],
      ['again', order(PUT, 'unknown')],
      ['over', order(OTHER, 'canceled')],
      ['share', order('BIRK', 'accepted')],
    ]),
  } as unknown as Watched;
  expect(watchedOptions(state)).toEqual([CALL, PUT]);
});
