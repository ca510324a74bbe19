import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantity } from '../money/fixed.ts';
import { abs } from '../money/money.ts';
import type { Wish } from '../strategies/strategy.ts';
import { held, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const DAY = 86_400_000;
const wish = (kind: Wish['kind'], amount: number, change: Partial<Wish> = {}): Wish => ({
  symbol: 'ALDR',
  kind,
  measure: 'units',
  amount,
  orderNumber: 1,
  reason: 'test',
  ...change,
});
const sent = (desk: Desk) => desk.effects.flatMap((each) => (each.kind === 'SubmitOrder' ? [each.order.intent] : []));
const denials = (desk: Desk) => [...desk.state.alerts.values()].filter(({ code }) => code === 'UnsupportedOrder');
/** A desk on which the strategy holds ten. */
const holding = (): Desk => {
  const desk = openDesk();
  desk.decide(1, 100, 1);
  desk.says(`s1-${NOON + DAY}-ALDR-1`, { event: 'fill', filled: '10', execution: ['10', '100', 'e1'], at: 1 });
  return desk;
};

const UNSUPPORTED: readonly { readonly name: string; readonly given: Wish }[] = [
  { name: 'a trailing order', given: wish('trailing', -10, { trailFraction: 0.05 }) },
  { name: 'protect', given: wish('protect', 0, { stopLoss: 90 }) },
  { name: 'a limit order in an OCO group', given: wish('limit', 5, { limit: 99, group: 1 }) },
  { name: 'a stop order in an OCO group', given: wish('stop', 5, { stop: 103, group: 1, stopLoss: 90 }) },
  { name: 'a target with a stop loss', given: wish('target', 5, { stopLoss: 95 }) },
  { name: 'a target with a take profit', given: wish('target', 5, { takeProfit: 120 }) },
  {
    name: 'a target with a stop loss and a take profit',
    given: wish('target', 0.5, { measure: 'exposure', stopLoss: 95, takeProfit: 120 }),
  },
  { name: 'a limit order with a stop loss', given: wish('limit', 5, { limit: 99, stopLoss: 95 }) },
];

describe('what trading cannot carry', () => {
  test.each(UNSUPPORTED)('$name is denied by name, recorded, and nothing is opened', ({ name, given }) => {
    const desk = openDesk();
    desk.wish(1, 101, given);
    expect(sent(desk)).toEqual([]);
    expect(denials(desk)).toHaveLength(1);
    expect(denials(desk)[0]).toMatchObject({ severity: 'warning', title: `Denied: ${name} of ALDR` });
    expect(desk.effects.filter(({ kind }) => kind === 'AlertRaised')).toHaveLength(1);
    const slot = desk.state.strategies.get('s1');
    expect(slot?.state).toBe('paper');
    expect(slot?.lastDecision).toContain(`(denied: ${name})`);
  });

  test('each time anew', () => {
    const desk = openDesk();
    for (const day of [1, 2]) desk.wish(day, 101, ...UNSUPPORTED.map(({ given }) => given));
    expect(denials(desk)).toHaveLength(2 * UNSUPPORTED.length);
  });

  test('the other wishes of the same answer are carried out', () => {
    const desk = openDesk();
    desk.wish(1, 101, wish('trailing', -10, { trail: 2 }), { symbol: 'ALDR', exposure: 1, reason: 'plain' });
    expect(sent(desk)).toMatchObject([{ side: 'buy', quantity: quantity('10') }]);
  });
});

describe('an exit is never held up', () => {
  const protectedBy = { stopLoss: 95 };
  test.each([
    { name: 'a target to be flat', given: wish('target', 0, protectedBy), sells: '10', denied: 0 },
    { name: 'a target that turns the position round', given: wish('target', -10, { stopLoss: 120 }), sells: '10', denied: 1 },
    { name: 'a smaller target', given: wish('target', 4, protectedBy), sells: '6', denied: 1 },
    { name: 'the same target', given: wish('target', 10, protectedBy), sells: undefined, denied: 1 },
    { name: 'a larger target', given: wish('target', 15, protectedBy), sells: undefined, denied: 1 },
    { name: 'an order that turns it round', given: wish('limit', -25, { limit: 101, stopLoss: 120 }), sells: '10', denied: 1 },
    { name: 'an order that adds', given: wish('market', 5, protectedBy), sells: undefined, denied: 1 },
  ])('$name', ({ given, sells, denied }) => {
    const desk = holding();
    desk.wish(2, 101, given);
    const [, ...orders] = sent(desk);
    expect(orders).toMatchObject(sells === undefined ? [] : [{ side: 'sell', quantity: quantity(sells) }]);
    expect(desk.state.heldIntents.size).toBe(0);
    expect(denials(desk).map(({ severity }) => severity)).toEqual(Array.from({ length: denied }, () => 'critical'));
  });

  test('whatever protected wishes come, and however they fill, the position only ever comes nearer to zero', () => {
    const given = fc.record({
      kind: fc.constantFrom('target' as const, 'market' as const, 'limit' as const, 'stop' as const, 'trailing' as const),
      amount: fc.integer({ min: -30, max: 30 }).filter((units) => units !== 0),
      part: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(given, { maxLength: 12 }), (wishes) => {
        const desk = holding();
        for (const [index, { kind, amount, part }] of wishes.entries()) {
          const before = held(desk, 's1') ?? quantity('0');
          const prices = { ...(kind === 'limit' ? { limit: 101 } : {}), ...(kind === 'stop' ? { stop: 99 } : {}) };
          desk.wish(index + 2, 101, wish(kind, amount, { ...prices, orderNumber: index + 1, stopLoss: amount > 0 ? 50 : 150 }));
          for (const order of desk.state.orders.values()) {
            if (order.state !== 'approved') continue;
            const size = Math.min(part, Number(order.intent.quantity / 1_000_000_000n));
            const filled = String(size);
            const event = quantity(filled) === order.intent.quantity ? 'fill' : 'partial_fill';
            const status = event === 'fill' ? 'fill' : 'partially_filled';
            desk.says(order.id, { event, status, filled, execution: [filled, '101', `fill-${order.id}`], at: index + 10 });
            if (event !== 'fill') desk.says(order.id, { event: 'canceled', filled, at: index + 11 });
          }
          const after = held(desk, 's1') ?? quantity('0');
          expect(abs(after) <= abs(before) && after * before >= 0n).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  { name: 'a limit below zero', given: wish('limit', 5, { limit: -1 }), because: /limit -1/ },
  { name: 'a stop of infinity', given: wish('stop', 5, { stop: Infinity }), because: /stop Infinity/ },
  { name: 'no number of units', given: wish('market', Number.NaN), because: /NaN/ },
  { name: 'more than there is', given: wish('target', 1e16, { measure: 'notional' }), because: /1e\+16|10000000000000000/ },
  { name: 'an exposure beyond one', given: wish('limit', 1.5, { measure: 'exposure', limit: 99 }), because: /1\.5/ },
])('nonsense pauses the strategy: $name', ({ given, because }) => {
  const desk = openDesk();
  desk.wish(1, 101, given);
  expect(desk.state.strategies.get('s1')?.pausedBecause).toMatch(because);
  expect(sent(desk)).toEqual([]);
});
