import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { abs } from '../money/money.ts';
import type { Order } from '../orders/order.ts';
import type { Wish } from '../strategies/strategy.ts';
import { held, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';
import { isOpen } from './turn.ts';

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
const open = (desk: Desk): readonly Order[] => [...desk.state.orders.values()].filter(isOpen);
const fill = (desk: Desk, id: string, filled: string, at: string): void =>
  desk.says(id, { event: 'fill', filled, execution: [filled, at, `fill-${id}`], at: 10 });
const ENTRY = `s1-${NOON + DAY}-ALDR-1`;

/** A desk on which the strategy holds ten, entered by a target with these exits. */
const holding = (exits: Partial<Wish> = {}): Desk => {
  const desk = openDesk();
  desk.wish(1, 100, wish('target', 10, exits));
  fill(desk, ENTRY, '10', '100');
  return desk;
};

describe('a target with exits', () => {
  test('both rest at the broker as one OCO from the fill on, and the risk of the entry is bounded by the stop', () => {
    const desk = holding({ stopLoss: 95, takeProfit: 120 });
    expect(sent(desk)).toMatchObject([
      { side: 'buy', type: 'market', protectiveStop: price('95') },
      {
        side: 'sell',
        type: 'limit',
        limitPrice: price('120'),
        orderClass: 'oco',
        stopLoss: { stopPrice: price('95') },
        quantity: quantity('10'),
        reduceOnly: true,
        protects: true,
      },
    ]);
    expect(desk.order(`${ENTRY}-exit-1-sl`)).toMatchObject({
      state: 'approved',
      intent: { type: 'stop', stopPrice: price('95'), leg: { role: 'stop_loss' } },
    });
  });

  test.each([
    { name: 'a stop alone', exits: { stopLoss: 95 }, exit: { type: 'stop', stopPrice: price('95') } },
    { name: 'a take profit alone', exits: { takeProfit: 120 }, exit: { type: 'limit', limitPrice: price('120') } },
  ])('$name is a simple order', ({ exits, exit }) => {
    const [, intent] = sent(holding(exits));
    expect(intent).toMatchObject({ ...exit, timeInForce: 'gtc', protects: true });
    expect(intent?.orderClass).toBeUndefined();
  });

  test('the strategy is not told of exits as orders of its own, and cannot cancel them', () => {
    const desk = holding({ stopLoss: 95 });
    desk.wish(2, 101, { symbol: 'ALDR', kind: 'cancel', measure: 'units', amount: 0, reason: 'all' });
    const ask = desk.effects.findLast((effect) => effect.kind === 'AskStrategy');
    expect(ask?.working).toEqual([0]);
    expect(open(desk)).toHaveLength(1);
  });

  test('the same target again changes nothing, as in a backtest; protect does', () => {
    const desk = holding({ stopLoss: 95 });
    desk.says(`${ENTRY}-exit-1`, { event: 'new', at: 20 });
    desk.wish(2, 101, wish('target', 10, { stopLoss: 97 }));
    expect(sent(desk)).toHaveLength(2);
    desk.wish(3, 102, wish('protect', 0, { stopLoss: 98 }));
    const replacement = desk.effects.findLast((effect) => effect.kind === 'ReplaceOrder');
    expect(replacement).toMatchObject({ order: { intent: { stopPrice: price('98'), replaces: `${ENTRY}-exit-1` } } });
    expect(desk.order(`${ENTRY}-exit-1`).state).toBe('pending_replace');
  });

  test('a target to be flat: the exit makes way, and the position is closed after it', () => {
    const desk = holding({ stopLoss: 95 });
    desk.says(`${ENTRY}-exit-1`, { event: 'new', at: 20 });
    desk.wish(2, 101, wish('target', 0));
    expect(desk.order(`${ENTRY}-exit-1`).state).toBe('pending_cancel');
    desk.says(`${ENTRY}-exit-1`, { event: 'canceled', at: 30 });
    expect(sent(desk).at(-1)).toMatchObject({ side: 'sell', type: 'market', quantity: quantity('10') });
    fill(desk, sent(desk).at(-1)?.id ?? '', '10', '101');
    expect(desk.state.protections.size).toBe(0);
    expect(open(desk)).toEqual([]);
  });

  test('a stop that has filled ends the protection', () => {
    const desk = holding({ stopLoss: 95 });
    fill(desk, `${ENTRY}-exit-1`, '10', '95');
    expect([desk.state.protections.size, desk.state.positions.size, open(desk).length]).toEqual([0, 0, 0]);
  });

  test('a paused strategy keeps its protection; the kill switch ends it, and release brings it back', () => {
    const desk = holding({ stopLoss: 95 });
    desk.says(`${ENTRY}-exit-1`, { event: 'new', at: 20 });
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'test' });
    expect(desk.order(`${ENTRY}-exit-1`).state).toBe('working');
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'test' });
    desk.says(`${ENTRY}-exit-1`, { event: 'canceled', at: 30 });
    expect(open(desk)).toEqual([]);
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason: 'over' });
    expect(open(desk)).toMatchObject([{ id: `${ENTRY}-exit-2`, intent: { stopPrice: price('95') } }]);
  });
});

describe('exits that the broker does not hold', () => {
  test('are watched here, and sent when a price touches them', () => {
    const desk = holding({ stopLoss: 95 });
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: `${ENTRY}-exit-1`, code: '403', message: 'no' });
    expect([...desk.state.alerts.keys()].some((id) => id.startsWith('ProtectionKeptHere'))).toBe(true);
    expect(open(desk)).toEqual([]);
    desk.mark('95.01');
    expect(open(desk)).toEqual([]);
    desk.mark('95');
    expect(open(desk)).toMatchObject([{ intent: { type: 'market', side: 'sell', quantity: quantity('10'), reduceOnly: true } }]);
    fill(desk, open(desk)[0]?.id ?? '', '10', '94.9');
    expect([desk.state.protections.size, held(desk, 's1')]).toEqual([0, undefined]);
  });

  test('a stop that the price has passed when the entry fills is not sent: the position is closed', () => {
    const desk = openDesk();
    desk.wish(1, 100, wish('target', 10, { stopLoss: 95 }));
    desk.mark('94');
    fill(desk, ENTRY, '10', '94');
    expect(sent(desk).at(-1)).toMatchObject({ type: 'market', side: 'sell', quantity: quantity('10') });
  });
});

describe('stops that follow', () => {
  test('a trailing order is a stop that moves with the bars, each move an order of its own', () => {
    const desk = holding();
    desk.wish(2, 100, wish('trailing', -10, { trailFraction: 0.1, orderNumber: 7 }));
    const first = `s1-${NOON + 2 * DAY}-ALDR-order-7`;
    expect(desk.order(first).intent).toMatchObject({ type: 'stop', stopPrice: price('90') });
    desk.says(first, { event: 'new', at: 20 });
    desk.wish(3, 110);
    expect(desk.order(`${first}-trail-1`).intent).toMatchObject({ stopPrice: price('99'), replaces: first });
    desk.wish(4, 105);
    expect(desk.state.orders.has(`${first}-trail-2`)).toBe(false);
    const ask = desk.effects.findLast((effect) => effect.kind === 'AskStrategy');
    expect(ask?.working).toEqual([1]);
  });

  test('a move that came to nothing leaves the stop where it was, and the next bar moves that', () => {
    const desk = holding();
    desk.wish(2, 100, wish('trailing', -10, { trailFraction: 0.1, orderNumber: 7 }));
    const first = `s1-${NOON + 2 * DAY}-ALDR-order-7`;
    desk.says(first, { event: 'new', at: 20 });
    desk.wish(3, 110);
    desk.give({ kind: 'OrderRejected', at: desk.state.now, orderId: `${first}-trail-1`, code: '422', message: 'no' });
    expect(desk.order(first).state).toBe('working');
    desk.wish(4, 120);
    expect(desk.order(`${first}-trail-2`).intent).toMatchObject({ stopPrice: price('108'), replaces: first });
  });

  test('protect by a fraction follows the best bar since', () => {
    const desk = holding();
    desk.wish(2, 100, wish('protect', 0, { trailFraction: 0.1 }));
    const exit = sent(desk).at(-1);
    expect(exit).toMatchObject({ type: 'stop', stopPrice: price('90'), protects: true });
    desk.says(exit?.id ?? '', { event: 'new', at: 20 });
    desk.wish(3, 120);
    const moved = desk.effects.findLast((effect) => effect.kind === 'ReplaceOrder');
    expect(moved).toMatchObject({ order: { intent: { stopPrice: price('108') } } });
  });
});

describe('orders of one group', () => {
  test('whoever fills first cancels the others', () => {
    const desk = openDesk();
    desk.wish(1, 100, wish('limit', 5, { limit: 99, group: 1, orderNumber: 1 }), wish('stop', 5, { stop: 103, group: 1, orderNumber: 2 }));
    const [first = '', second = ''] = sent(desk).map(({ id }) => id);
    for (const id of [first, second]) desk.says(id, { event: 'new', at: 5 });
    desk.says(first, { event: 'partial_fill', status: 'partially_filled', filled: '2', execution: ['2', '99', 'e1'], at: 10 });
    expect(desk.order(second).state).toBe('pending_cancel');
    expect(desk.order(first).state).toBe('partially_filled');
  });

  test('one that still waits is dropped', () => {
    const desk = openDesk();
    desk.wish(1, 100, wish('stop', 5, { stop: 103, group: 1, orderNumber: 1 }), wish('stop', -5, { stop: 97, group: 1, orderNumber: 2 }));
    expect(sent(desk)).toHaveLength(1);
    fill(desk, sent(desk)[0]?.id ?? '', '5', '103');
    expect(sent(desk)).toHaveLength(1);
    expect(desk.state.deferredOrders.size).toBe(0);
  });
});

test('whatever protected wishes come, and however they fill, exits never close more than is held and never turn a position', () => {
  const given = fc.record({
    kind: fc.constantFrom('target' as const, 'market' as const, 'limit' as const, 'protect' as const),
    amount: fc.integer({ min: -30, max: 30 }).filter((units) => units !== 0),
    fills: fc.boolean(),
    touches: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(given, { maxLength: 10 }), (wishes) => {
      const desk = openDesk();
      for (const [index, { kind, amount, fills, touches }] of wishes.entries()) {
        const exits = amount > 0 ? { stopLoss: 90, takeProfit: 110 } : { stopLoss: 110, takeProfit: 90 };
        desk.wish(index + 1, 100, wish(kind, amount, { ...(kind === 'limit' ? { limit: 100 } : {}), orderNumber: index + 1, ...exits }));
        settleAll(desk, fills, touches);
        const own = held(desk, 's1') ?? quantity('0');
        const exiting = open(desk).filter(({ intent }) => intent.protects === true && intent.leg === undefined && intent.type !== 'market');
        for (const { intent } of exiting) {
          expect(intent.quantity <= abs(own)).toBe(true);
          expect(intent.side).toBe(own > 0n ? 'sell' : 'buy');
        }
        expect(exiting.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 150 },
  );
});

/** A broker that answers everything: cancels come through, orders fill or rest, exits are touched or not. */
function settleAll(desk: Desk, fills: boolean, touches: boolean): void {
  for (let round = 0; round < 6; round += 1) {
    for (const order of open(desk)) {
      const current = desk.order(order.id);
      if (!isOpen(current) || current.intent.leg !== undefined) continue;
      const size = String(current.intent.quantity / 1_000_000_000n);
      if (current.state === 'pending_cancel') desk.says(current.id, { event: 'canceled', at: 50 });
      else if (current.intent.protects === true ? touches && round === 5 : fills)
        desk.says(current.id, { event: 'fill', filled: size, execution: [size, '100', `fill-${current.id}`], at: 60 });
      else if (current.state === 'approved') desk.says(current.id, { event: 'new', at: 40 });
    }
  }
}

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
