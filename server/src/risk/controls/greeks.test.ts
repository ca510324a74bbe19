import { expect, test } from 'vitest';
import { price, ratio } from '../../money/fixed.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, markOf, positionOf, profileOf, saysOf } from '../sample-account.ts';
import { CALL, HIGHER, LATER, options, PUT } from '../sample-options.ts';
import { greeks } from './greeks.ts';

const buy = (size: string) => intentOf(size, { symbol: CALL, limitPrice: price('1') });
const held = (units: string, fields: object = {}) =>
  contextOf({
    options,
    positions: bySymbol(positionOf('ACME', units)),
    marks: new Map([...contextOf().marks, [CALL, markOf('1')]]),
    ...fields,
  });
void LATER;

test.each([
  { name: 'one unit under', intent: buy('1.999999999'), context: held('400'), says: [] },
  { name: 'exactly', intent: buy('2'), context: held('400'), says: [] },
  { name: 'one unit over', intent: buy('2.000000001'), context: held('400'), says: ['0.5 < 0.500000001'] },
  { name: 'a put makes room', intent: intentOf('1', { symbol: PUT }), context: held('900'), says: [] },
  {
    name: 'beta weighs',
    intent: buy('2'),
    context: held('400', { profiles: bySymbol(profileOf('ACME', { beta: ratio('1.5') })) }),
    says: ['0.5 < 0.75'],
  },
  { name: 'no delta', intent: intentOf('1', { symbol: HIGHER }), context: held('1'), says: ['0.5 < unknown'] },
  { name: 'no contract', intent: intentOf('1', { symbol: 'ACME231215C00500000' }), context: held('1'), says: ['0.5 < unknown'] },
  { name: 'no equity', intent: buy('1'), context: held('1', { equity: undefined }), says: ['0.5 < unknown'] },
  { name: 'without options there is nothing to weigh', intent: intentOf('900'), context: contextOf(), says: [] },
  { name: 'an exit', intent: intentOf('1', { side: 'sell' }), context: held('9000'), says: [] },
  { name: 'unlimited', intent: buy('900'), context: held('0', { equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(greeks, intent, context)).toEqual(says);
});
