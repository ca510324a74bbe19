import { describe, expect, test } from 'vitest';
import { instant } from '../../money/instant.ts';
import { contextOf, intentOf, positionOf, bySymbol, saysOf } from '../sample-account.ts';
import { CALL, options } from '../sample-options.ts';
import { optionExpiry } from './option-expiry.ts';
import { UNLIMITED } from '../limits.ts';

/** Of a contract that expires on Good Friday of 2024: it trades last on the Thursday. */
const HOLIDAY = 'ACME240329C00110000';
const call = options.contracts.get(CALL);
if (call === undefined) throw new Error('the sample call is there');
const contracts = new Map([...options.contracts, [HOLIDAY, { ...call, symbol: HOLIDAY, expiresOn: '2024-03-29' }]]);

const says = (symbol: string, at: string, marketOpen: boolean, side: 'buy' | 'sell' = 'buy', held = '0'): readonly string[] => {
  const positions = held === '0' ? new Map() : bySymbol(positionOf(symbol, held));
  const context = contextOf({ now: instant(at), marketOpen, options: { ...options, contracts }, positions });
  return saysOf(optionExpiry, intentOf('1', { symbol, side }), context);
};

describe('an option’s last session, Friday 15 December 2023', () => {
  test.each([
    ['the session before, to its last second', '2023-12-14T20:59:59Z', true, []],
    ['the evening before: the order waits for the last session', '2023-12-14T21:00:00Z', false, ['before 2023-12-15 < 2023-12-15']],
    ['before the open of the session before', '2023-12-14T14:29:59Z', false, []],
    ['the morning of the day', '2023-12-15T14:30:00Z', true, ['before 2023-12-15 < 2023-12-15']],
    ['its last second', '2023-12-15T20:59:59Z', true, ['before 2023-12-15 < 2023-12-15']],
    ['after its end', '2023-12-15T21:00:00Z', false, ['before 2023-12-15 < 2023-12-18']],
    ['a time that no calendar knows', '1970-01-01T00:00:00Z', false, ['before 2023-12-15 < unknown']],
  ] as const)('%s', (_name, at, open, expected) => {
    expect(says(CALL, at, open)).toEqual(expected);
  });

  test.each([
    ['2024-03-27T19:00:00Z', true, []],
    ['2024-03-27T20:00:00Z', false, ['before 2024-03-28 < 2024-03-28']],
    ['2024-03-28T14:00:00Z', true, ['before 2024-03-28 < 2024-03-28']],
  ] as const)('is the Thursday where the Friday is a holiday: %s', (at, open, expected) => {
    expect(says(HOLIDAY, at, open)).toEqual(expected);
  });

  test('what is held is closed on it, and shares have none', () => {
    expect(says(CALL, '2023-12-15T20:00:00Z', true, 'sell', '1')).toEqual([]);
    expect(says('ACME', '2023-12-15T20:00:00Z', true)).toEqual([]);
    const context = contextOf({ now: instant('2023-12-15T20:00:00Z'), options, limits: UNLIMITED });
    expect(saysOf(optionExpiry, intentOf('1', { symbol: CALL }), context)).toEqual([]);
  });
});
