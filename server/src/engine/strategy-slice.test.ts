import type { SliceWish } from '@tidemark/compute/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../journal/codec.ts';
import { sliceOf, wishesOf } from './strategy-slice.ts';

const NONE = { limit: null, stop: null, trail: null, trailFraction: null, stopLoss: null, takeProfit: null };
const given = (change: Partial<SliceWish>): SliceWish => ({
  ...NONE,
  symbolIndex: 0,
  kind: 'target',
  measure: 'exposure',
  amount: 1,
  day: false,
  reduceOnly: false,
  group: 0,
  orderId: 0,
  reason: 'r',
  ...change,
});

describe('a module’s answer', () => {
  test.each([
    { name: 'a plain target is written as ever', wish: given({}), wished: { symbol: 'AAA', exposure: 1, reason: 'r' } },
    {
      name: 'a target with a stop loss is written in full',
      wish: given({ symbolIndex: 1, stopLoss: 9 }),
      wished: { symbol: 'BBB', kind: 'target', measure: 'exposure', amount: 1, reason: 'r', stopLoss: 9 },
    },
    {
      name: 'a weight is written in full',
      wish: given({ measure: 'weight', amount: 0.2 }),
      wished: { symbol: 'AAA', kind: 'target', measure: 'weight', amount: 0.2, reason: 'r' },
    },
    {
      name: 'an order with all that it has',
      wish: given({
        kind: 'stop-limit',
        measure: 'units',
        amount: -3,
        limit: 8,
        stop: 9,
        takeProfit: 5,
        day: true,
        reduceOnly: true,
        group: 2,
        orderId: 7,
      }),
      wished: {
        symbol: 'AAA',
        kind: 'stop-limit',
        measure: 'units',
        amount: -3,
        reason: 'r',
        limit: 8,
        stop: 9,
        takeProfit: 5,
        day: true,
        reduceOnly: true,
        group: 2,
        orderNumber: 7,
      },
    },
    {
      name: 'a cancel of all counts nothing',
      wish: given({ kind: 'cancel', amount: Number.NaN }),
      wished: { symbol: 'AAA', kind: 'cancel', measure: 'exposure', amount: 0, reason: 'r' },
    },
  ] as const)('$name', ({ wish, wished }) => {
    expect(wishesOf(['AAA', 'BBB'], [wish])).toEqual([wished]);
  });

  test.each([
    given({ kind: 'trailing', measure: 'units', trail: Infinity }),
    given({ kind: 'limit', measure: 'units', limit: -0 }),
    given({ kind: 'limit', measure: 'units', limit: 5, group: Number.NaN }),
    given({ kind: 'cancel', orderId: 1.5 }),
    given({ kind: 'market', measure: 'units', amount: Infinity }),
    given({ amount: Number.NaN }),
  ])('nonsense is refused before it can reach the journal: %j', (wish) => {
    expect(() => wishesOf(['AAA'], [wish])).toThrow(/ of /);
  });

  test('whatever numbers a module answers, what is let through can be written down and read back', () => {
    const number = fc.double();
    const mostly = (sensible: fc.Arbitrary<number>) => fc.oneof({ weight: 19, arbitrary: sensible }, { weight: 1, arbitrary: number });
    const price = fc.option(mostly(fc.double({ min: 1e-9, max: 1e12, noNaN: true })), { nil: null });
    const wish = fc.record({
      symbolIndex: fc.constant(0),
      kind: fc.constantFrom<SliceWish['kind'][]>('target', 'market', 'limit', 'stop', 'stop-limit', 'trailing', 'cancel', 'protect'),
      measure: fc.constantFrom<SliceWish['measure'][]>('exposure', 'weight', 'units', 'notional'),
      // The host has made zero of minus zero.
      amount: mostly(fc.double({ min: -1, max: 1, noNaN: true })).map((value) => value + 0),
      limit: price,
      stop: price,
      trail: price,
      trailFraction: price,
      stopLoss: price,
      takeProfit: price,
      day: fc.boolean(),
      reduceOnly: fc.boolean(),
      group: mostly(fc.nat(3)),
      orderId: mostly(fc.nat(3)),
      reason: fc.string(),
    });
    let passed = 0;
    fc.assert(
      fc.property(wish, (each) => {
        let wishes: ReturnType<typeof wishesOf>;
        try {
          wishes = wishesOf(['AAA'], [each]);
        } catch (error) {
          expect(String(error)).toMatch(/^Error: The /);
          return;
        }
        passed += 1;
        expect(decode(encode(wishes))).toEqual(wishes);
      }),
      { numRuns: 500 },
    );
    expect(passed).toBeGreaterThan(100);
    expect(passed).toBeLessThan(500);
  });
});

test('a slice holds what the question holds, by the strategy’s symbols', () => {
  const bar = { symbol: 'BBB', timeframe: '1Day', startAt: 5, open: 1, high: 2, low: 1, close: 2, volume: 3 };
  const ask = { bars: [bar], positions: [0, 4], entryPrices: [Number.NaN, 1.5], working: [2, 0], cash: 7, equity: 9 };
  expect(sliceOf(['AAA', 'BBB'], ask as unknown as Parameters<typeof sliceOf>[1])).toEqual({
    atMs: 5,
    bars: [undefined, bar],
    positions: [0, 4],
    entryPrices: [Number.NaN, 1.5],
    working: [2, 0],
    cash: 7,
    equity: 9,
  });
});
