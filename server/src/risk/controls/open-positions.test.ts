import { describe, expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { openPositions } from './open-positions.ts';

const others = (count: number) => Array.from({ length: count }, (_, index) => positionOf(`S${index}`, '1'));

describe('at most 20 symbols held or ordered', () => {
  test.each([
    { name: 'one under', context: contextOf({ positions: bySymbol(...others(18)) }), says: [] },
    { name: 'exactly', context: contextOf({ positions: bySymbol(...others(19)) }), says: [] },
    { name: 'one over', context: contextOf({ positions: bySymbol(...others(20)) }), says: ['20 < 21'] },
    { name: 'the symbol is held already', context: contextOf({ positions: bySymbol(...others(19), positionOf('ACME', '1')) }), says: [] },
    {
      name: 'an open order takes a place',
      context: contextOf({ positions: bySymbol(...others(19)), openOrders: [openOf('1', { symbol: 'BROAD' })] }),
      says: ['20 < 21'],
    },
    {
      name: 'a position of nothing takes none',
      context: contextOf({ positions: bySymbol(...others(19), positionOf('BROAD', '0')) }),
      says: [],
    },
    { name: 'unlimited', context: contextOf({ positions: bySymbol(...others(50)), limits: UNLIMITED }), says: [] },
  ])('$name', ({ context, says }) => {
    expect(saysOf(openPositions, intentOf('1'), context)).toEqual(says);
  });
  test('an exit passes', () => {
    const context = contextOf({ positions: bySymbol(...others(30), positionOf('ACME', '1')) });
    expect(saysOf(openPositions, intentOf('1', { side: 'sell' }), context)).toEqual([]);
  });
});
