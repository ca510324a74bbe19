import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { UNLIMITED } from '../limits.ts';
import { bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { CALL, HIGHER, LATER, options, PUT } from '../sample-options.ts';
import { optionStrategy } from './option-strategy.ts';

const buy = (symbol: string, size = '1'): OrderIntent => intentOf(size, { symbol });
const sell = (symbol: string, size = '1'): OrderIntent => intentOf(size, { symbol, side: 'sell' });
const held = (...positions: readonly (readonly [string, string])[]) =>
  contextOf({ options, positions: bySymbol(...positions.map(([symbol, units]) => positionOf(symbol, units))) });
const onLastDay = { now: instantFromMs(Date.parse('2023-12-15T15:00:00Z')) };

test.each([
  { name: 'a share', intent: intentOf('1'), context: contextOf(), says: [] },
  { name: 'a long call', intent: buy(CALL), context: held(), says: [] },
  { name: 'a long put', intent: buy(PUT), context: held(), says: [] },
  { name: 'no contract known', intent: buy('ACME231215C00500000'), context: held(), says: ['a known contract < unknown'] },
  { name: 'nothing of options known', intent: buy(CALL), context: contextOf(), says: ['a known contract < unknown'] },
  { name: 'on its last day', intent: buy(CALL), context: contextOf({ options, ...onLastDay }), says: ['after 2023-12-15 < 2023-12-15'] },
  { name: 'a naked call', intent: sell(CALL), context: held(), says: ['0 < 1'] },
  { name: 'a naked put', intent: sell(PUT), context: held(['ACME', '-100']), says: ['0 < 1'] },
  { name: 'covered, one share under', intent: sell(CALL), context: held(['ACME', '99.999999999']), says: ['0.999999999 < 1'] },
  { name: 'covered, exactly', intent: sell(CALL), context: held(['ACME', '100']), says: [] },
  { name: 'covered twice over', intent: sell(CALL, '2'), context: held(['ACME', '100']), says: ['1 < 2'] },
  {
    name: 'covered, and another is open',
    intent: sell(CALL),
    context: contextOf({
      options,
      positions: bySymbol(positionOf('ACME', '100')),
      openOrders: [openOf('1', { symbol: HIGHER, side: 'sell' })],
    }),
    says: ['1 < 2'],
  },
  {
    name: 'shares that are being sold cover nothing',
    intent: sell(CALL),
    context: contextOf({ options, positions: bySymbol(positionOf('ACME', '100')), openOrders: [openOf('100', { side: 'sell' })] }),
    says: ['0 < 1'],
  },
  {
    name: 'a vertical, leg by leg: what its width can lose is in no figure',
    intent: sell(CALL),
    context: held([HIGHER, '1']),
    says: ['0 < 1'],
  },
  { name: 'not by a later one', intent: sell(CALL), context: held([LATER, '1']), says: ['0 < 1'] },
  { name: 'not by an earlier one', intent: sell(LATER), context: held([CALL, '1']), says: ['0 < 1'] },
  { name: 'not by the other right', intent: sell(PUT), context: held([CALL, '1']), says: ['0 < 1'] },
  { name: 'selling what is held', intent: sell(CALL), context: held([CALL, '1']), says: [] },
  { name: 'buying back', intent: buy(CALL), context: held([CALL, '-1']), says: [] },
  {
    name: 'selling the shares under a call',
    intent: intentOf('1', { side: 'sell' }),
    context: held(['ACME', '100'], [CALL, '-1']),
    says: ['0.99 < 1'],
  },
  {
    name: 'selling shares that cover nothing',
    intent: intentOf('1', { side: 'sell' }),
    context: held(['ACME', '101'], [CALL, '-1']),
    says: [],
  },
  { name: 'selling the long call of a spread', intent: sell(HIGHER), context: held([HIGHER, '1'], [CALL, '-1']), says: ['0 < 1'] },
  { name: 'selling one that the spread does not need', intent: sell(HIGHER), context: held([HIGHER, '2'], [CALL, '-1']), says: [] },
  {
    name: 'for the kill switch',
    intent: intentOf('1', { side: 'sell', origin: { kind: 'flatten', principal: 'owner' } }),
    context: held(['ACME', '100'], [CALL, '-1']),
    says: [],
  },
  { name: 'unlimited', intent: sell(CALL), context: contextOf({ limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(optionStrategy, intent, context)).toEqual(says);
});
