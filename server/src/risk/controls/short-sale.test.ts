import { expect, test } from 'vitest';
import { ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED, withLimit } from '../limits.ts';
import { ACME, bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { shortSale } from './short-sale.ts';

const sell = { side: 'sell' } as const;
const on = (units: string, fields: object = {}) =>
  contextOf({
    limits: withLimit(DEFAULT_LIMITS, 'shortExposureRatioMax', ratio('0.3')),
    positions: bySymbol(positionOf('BROAD', units)),
    ...fields,
  });
const { easyToBorrow: _easy, ...hard } = ACME;

test.each([
  { name: 'off', intent: intentOf('1', sell), context: contextOf(), says: ['no shorts < a short sale'] },
  { name: 'one unit under', intent: intentOf('99.999999999', sell), context: on('-200'), says: [] },
  { name: 'exactly', intent: intentOf('100', sell), context: on('-200'), says: [] },
  { name: 'one unit over', intent: intentOf('100.000000001', sell), context: on('-200'), says: ['0.3 < 0.300000001'] },
  { name: 'longs make no room', intent: intentOf('301', sell), context: on('900'), says: ['0.3 < 0.301'] },
  {
    name: 'open shorts reserve',
    intent: intentOf('200', sell),
    context: on('0', { openOrders: [openOf('101', { symbol: 'BROAD', ...sell })] }),
    says: ['0.3 < 0.301'],
  },
  {
    name: 'hard to borrow',
    intent: intentOf('1', sell),
    context: on('0', { instruments: bySymbol(hard) }),
    says: ['shortable and easy to borrow < hard to borrow'],
  },
  {
    name: 'not shortable',
    intent: intentOf('1', sell),
    context: on('0', { instruments: bySymbol({ ...ACME, shortable: false }) }),
    says: ['shortable and easy to borrow < hard to borrow'],
  },
  {
    name: 'not known',
    intent: intentOf('1', sell),
    context: on('0', { instruments: new Map() }),
    says: ['shortable and easy to borrow < hard to borrow'],
  },
  {
    name: 'the broker does not',
    intent: intentOf('1', sell),
    context: on('0', { shortingEnabled: false }),
    says: ['allowed by the broker < not allowed'],
  },
  { name: 'no equity', intent: intentOf('1', sell), context: on('0', { equity: undefined }), says: ['0.3 < unknown'] },
  { name: 'a buy', intent: intentOf('1'), context: contextOf(), says: [] },
  {
    name: 'selling what is held',
    intent: intentOf('1', sell),
    context: contextOf({ positions: bySymbol(positionOf('ACME', '1')) }),
    says: [],
  },
  { name: 'unlimited', intent: intentOf('1', sell), context: contextOf({ limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(shortSale, intent, context)).toEqual(says);
});
