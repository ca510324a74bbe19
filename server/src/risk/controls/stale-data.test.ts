import { describe, expect, test } from 'vitest';
import { money, price } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import { UNLIMITED } from '../limits.ts';
import { before, bySymbol, contextOf, intentOf, markOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import type { Mark } from '../types.ts';
import { staleData } from './stale-data.ts';

const quoted = (bid: string, ask: string): Mark => ({
  price: price('100'),
  bid: price(bid),
  ask: price(ask),
  at: before(0),
  basis: 'quote',
});
const seen = (mark: Mark) => ({ marks: new Map([['ACME', mark]]) });
const liquid = (volume: string) => ({ profiles: bySymbol(profileOf('ACME', { averageDollarVolume20: money(volume) })) });

describe('age of the price', () => {
  test.each([
    { name: 'one millisecond under', context: contextOf(seen(markOf('100', 29_999))), says: [] },
    { name: 'exactly', context: contextOf(seen(markOf('100', 30_000))), says: [] },
    { name: 'one millisecond over', context: contextOf(seen(markOf('100', 30_001))), says: ['30000 < 30001'] },
    { name: 'liquid, exactly', context: contextOf({ ...seen(markOf('100', 10_000)), ...liquid('50000000') }), says: [] },
    { name: 'liquid, one over', context: contextOf({ ...seen(markOf('100', 10_001)), ...liquid('50000000') }), says: ['10000 < 10001'] },
    {
      name: 'one unit too little volume to be liquid',
      context: contextOf({ ...seen(markOf('100', 10_001)), ...liquid('49999999.999999999') }),
      says: [],
    },
    {
      name: 'liquid, market closed',
      context: contextOf({ ...seen(markOf('100', 30_000)), ...liquid('50000000'), marketOpen: false }),
      says: [],
    },
    { name: 'a moment ahead of us', context: contextOf(seen(markOf('100', -1_000))), says: [] },
    { name: 'from the future', context: contextOf(seen(markOf('100', -1_001))), says: ['30000 < unknown'] },
    {
      name: 'stamped with no time',
      context: contextOf(seen({ ...markOf('100'), at: instantFromMs(Number.NaN) })),
      says: ['30000 < unknown'],
    },
    { name: 'missing', context: contextOf({ marks: new Map() }), says: ['30000 < unknown'] },
    { name: 'locked quote', context: contextOf(seen(quoted('100', '100'))), says: [] },
    { name: 'crossed quote', context: contextOf(seen(quoted('100.01', '100'))), says: ['30000 < unknown'] },
    { name: 'zero bid', context: contextOf(seen(quoted('0', '100'))), says: ['30000 < unknown'] },
    { name: 'zero price', context: contextOf(seen(markOf('0'))), says: ['30000 < unknown'] },
    { name: 'unlimited', context: contextOf({ marks: new Map(), limits: UNLIMITED }), says: [] },
  ])('$name', ({ context, says }) => {
    expect(saysOf(staleData, intentOf('1'), context)).toEqual(says);
  });
  test('an exit passes without any price', () => {
    const context = contextOf({ marks: new Map(), positions: bySymbol(positionOf('ACME', '1')) });
    expect(saysOf(staleData, intentOf('1', { side: 'sell' }), context)).toEqual([]);
  });
});
