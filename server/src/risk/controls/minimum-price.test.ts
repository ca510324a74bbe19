import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, markOf, positionOf, saysOf } from '../sample-account.ts';
import { minimumPrice } from './minimum-price.ts';

test.each([
  { name: 'one unit over', marks: [['ACME', markOf('5.000000001')]] as const, says: [] },
  { name: 'exactly', marks: [['ACME', markOf('5')]] as const, says: [] },
  { name: 'one unit under', marks: [['ACME', markOf('4.999999999')]] as const, says: ['5 < 4.999999999'] },
  { name: 'no price', marks: [], says: ['5 < unknown'] },
])('$name', ({ marks, says }) => {
  expect(saysOf(minimumPrice, intentOf('1'), contextOf({ marks: new Map(marks) }))).toEqual(says);
});

test('off, and for exits', () => {
  const marks = new Map([['ACME', markOf('1')]]);
  expect(saysOf(minimumPrice, intentOf('1'), contextOf({ marks, limits: UNLIMITED }))).toEqual([]);
  expect(saysOf(minimumPrice, intentOf('1', { side: 'sell' }), contextOf({ marks, positions: bySymbol(positionOf('ACME', '1')) }))).toEqual(
    [],
  );
});
