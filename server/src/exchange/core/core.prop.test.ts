import fc from 'fast-check';
import { expect, test } from 'vitest';
import { price, quantity, ratio } from '../../money/fixed.ts';
import { add, notional, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import { signedBy } from './margin.ts';
import { ACCOUNT, at, order, session, testCore } from './testing.ts';
import { VENUE_TERMINAL } from './types.ts';
import type { VenueEvent } from './types.ts';

const cents = (value: number): string => (value / 100).toFixed(2);
const level = fc.integer({ min: 9_000, max: 11_000 }).map(cents);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('price' as const), at: level, gap: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      type: fc.constantFrom('market' as const, 'limit' as const, 'stop' as const, 'stop_limit' as const),
      timeInForce: fc.constantFrom('day' as const, 'gtc' as const, 'ioc' as const, 'fok' as const, 'cls' as const, 'opg' as const),
      qty: fc.integer({ min: 1, max: 300 }).map(String),
      limit: level,
      stop: level,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), nth: fc.nat(30), limit: level }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bell' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function play(actions: readonly Action[], seed: number) {
  const core = testCore({
    commissionRate: ratio('0.001'),
    partialFills: seed,
    washTradeChecks: seed % 2 === 0,
    ...(seed % 3 === 0 ? { participation: ratio('0.1'), regulatoryFees: true } : {}),
  });
  const events: VenueEvent[] = [];
  const ids: string[] = [];
  let day = 0;
  for (const one of actions) {
    const id = 'nth' in one ? (ids[one.nth % Math.max(ids.length, 1)] ?? '') : '';
    if (one.do === 'price') events.push(...core.price('XYZ', price(one.at), at(day), one.gap ? 'gap' : 'path', quantity('70')));
    if (one.do === 'bell')
      events.push(...(core.state.session === undefined ? core.openSession(session(++day % 5)) : core.closeSession(at(day % 5, 16))));
    if (one.do === 'submit') {
      const needsLimit = one.type === 'limit' || one.type === 'stop_limit';
      const needsStop = one.type === 'stop' || one.type === 'stop_limit';
      const { limit, stop, do: _do, ...rest } = one;
      const result = core.submit(ACCOUNT, order({ ...rest, ...(needsLimit ? { limit } : {}), ...(needsStop ? { stop } : {}) }), at(day));
      if (result.ok) {
        ids.push(result.order.id);
        events.push(...result.events);
      }
    }
    if (one.do === 'cancel') {
      const result = core.cancel(ACCOUNT, id, at(day));
      if (result.ok) events.push(...result.events);
    }
    if (one.do === 'replace') {
      const result = core.replace(ACCOUNT, id, { limitPrice: price(one.limit) }, at(day));
      if (result.ok) {
        ids.push(result.order.id);
        events.push(...result.events);
      }
    }
  }
  return { core, events };
}

test('cash, positions and orders always follow from the fills', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.nat(1000), (actions, seed) => {
      const { core, events } = play(actions, seed);
      const account = core.account(ACCOUNT);
      let cash = core.options.startCash;
      let position = ZERO_QUANTITY;
      let fees = ZERO_MONEY;
      for (const fill of account.executions) {
        const signed = signedBy(fill.side, fill.quantity);
        cash = subtract(subtract(cash, notional(signed, fill.price)), fill.commission);
        position = add(position, signed);
        fees = add(fees, fill.commission);
        expect(fill.positionAfter).toBe(position);
      }
      for (const { amount } of account.charges) {
        cash = subtract(cash, amount);
        fees = add(fees, amount);
      }
      expect(account.cash).toBe(cash);
      expect(account.fees).toBe(fees);
      expect(account.positions.get('XYZ')?.quantity ?? ZERO_QUANTITY).toBe(position);
      for (const one of account.orders.values()) {
        expect(one.filledQuantity <= one.quantity).toBe(true);
        expect(account.open.has(one.id)).toBe(!VENUE_TERMINAL.has(one.status));
        expect(one.status === 'filled').toBe(one.filledQuantity === one.quantity);
      }
      // No order is heard of after it was over, and events count up by one.
      const over = new Set<string>();
      for (const [index, event] of events.entries()) {
        expect(event.sequence).toBe(index + 1);
        expect(over.has(event.order.id)).toBe(false);
        if (VENUE_TERMINAL.has(event.order.status)) over.add(event.order.id);
      }
    }),
    { numRuns: 300 },
  );
});

test('limits are never passed to the client’s cost', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.nat(1000), (actions, seed) => {
      const { events } = play(actions, seed);
      for (const { execution, order } of events) {
        if (execution === undefined || (order.type !== 'limit' && order.type !== 'stop_limit')) continue;
        if (order.limitPrice === undefined) throw new Error('a limit order without limit');
        expect(order.side === 'buy' ? execution.price <= order.limitPrice : execution.price >= order.limitPrice).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
