import { expect, test } from 'vitest';
import { UNLIMITED } from '../limits.ts';
import { ACME, BROAD, bySymbol, contextOf, intentOf, openOf, positionOf, saysOf } from '../sample-account.ts';
import { sectorExposure } from './sector-exposure.ts';

const { sector: _sector, ...plain } = ACME;
const CORP = { ...ACME, symbol: 'CORP' };
const marks = new Map([
  ...contextOf().marks,
  ['CORP', { ...contextOf().marks.get('ACME'), at: contextOf().now, basis: 'trade' as const, price: 100_000_000_000n as never }] as const,
]);
const held = (units: string, fields: object = {}) =>
  contextOf({ positions: bySymbol(positionOf('CORP', units)), instruments: bySymbol(ACME, BROAD, CORP), marks, ...fields });
const nameless = { instruments: bySymbol(plain, BROAD, { ...plain, symbol: 'CORP' }) };

test.each([
  { name: 'one unit under', intent: intentOf('99.999999999'), context: held('200'), says: [] },
  { name: 'exactly', intent: intentOf('100'), context: held('200'), says: [] },
  { name: 'one unit over', intent: intentOf('100.000000001'), context: held('200'), says: ['0.3 < 0.300000001'] },
  { name: 'a short is in the sector too', intent: intentOf('100.000000001'), context: held('-200'), says: ['0.3 < 0.300000001'] },
  {
    name: 'open orders reserve',
    intent: intentOf('100'),
    context: held('150', { openOrders: [openOf('51', { symbol: 'CORP' })] }),
    says: ['0.3 < 0.301'],
  },
  {
    name: 'another sector',
    intent: intentOf('100'),
    context: held('900', { instruments: bySymbol(ACME, { ...CORP, sector: 'Energy' }) }),
    says: [],
  },
  { name: 'a broad fund is in none', intent: intentOf('100', { symbol: 'BROAD' }), context: held('900'), says: [] },
  { name: 'unknown, exactly', intent: intentOf('50'), context: held('50', nameless), says: [] },
  { name: 'unknown, one unit over', intent: intentOf('50.000000001'), context: held('50', nameless), says: ['0.1 < 0.100000001'] },
  {
    name: 'a held symbol without a price',
    intent: intentOf('1'),
    context: held('1', { marks: contextOf().marks }),
    says: ['0.3 < unknown'],
  },
  { name: 'no equity', intent: intentOf('1'), context: held('1', { equity: undefined }), says: ['0.3 < unknown'] },
  { name: 'an exit', intent: intentOf('1', { symbol: 'CORP', side: 'sell' }), context: held('9000'), says: [] },
  { name: 'unlimited', intent: intentOf('900'), context: held('900', { equity: undefined, limits: UNLIMITED }), says: [] },
])('$name', ({ intent, context, says }) => {
  expect(saysOf(sectorExposure, intent, context)).toEqual(says);
});
