import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { encode } from '../journal/codec.ts';
import type { Trade } from '../positions/position.ts';
import { NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** One order and its one execution. */
interface Deal {
  readonly owner: 's1' | 'account';
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly cents: number;
}

const deals = fc.array(
  fc.record({
    owner: fc.constantFrom('s1' as const, 'account' as const),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 60 }),
    cents: fc.integer({ min: 9_000, max: 11_000 }),
  }),
  { minLength: 1, maxLength: 10 },
);

const dollars = (cents: number): string => (cents / 100).toFixed(2);
const brokerOf = (index: number): string => `broker-d${index}`;

/** Every order is placed; of those in `silent` no execution is told. */
function dealt(all: readonly Deal[], silent: ReadonlySet<number> = new Set()): Desk {
  const desk = openDesk(undefined, { feeRateEstimate: money('0.001') });
  for (const [index, { owner, side, size, cents }] of all.entries()) {
    const origin =
      owner === 's1' ? ({ kind: 'strategy', strategyId: 's1', version: 'v1' } as const) : ({ kind: 'ticket', principal: 'ada' } as const);
    place(desk, `d${index}`, { side, origin, quantity: quantity('100') });
    desk.says(`d${index}`, { event: 'new', at: index });
    if (!silent.has(index)) {
      const execution = [String(size), dollars(cents), `e${index}`] as const;
      desk.says(`d${index}`, { event: 'partial_fill', status: 'partially_filled', filled: String(size), execution, at: index + 1 });
    }
  }
  return desk;
}

/** Past the split at zero, which depends on what is held: the law is about booking. */
function place(desk: Desk, id: string, change: Parameters<Desk['ticket']>[1]): void {
  desk.ticket(id, change);
  const order = desk.order(id);
  desk.state = {
    ...desk.state,
    heldIntents: new Map(),
    orders: new Map(desk.state.orders).set(id, { ...order, intent: { ...order.intent, quantity: quantity('100') } }),
  };
}

/** Everything that executions lead to. */
function account(desk: Desk): string {
  const { cash, cashFlow, positions, ledgers, strategies } = desk.state;
  const trades = new Map<string, Trade>();
  for (const effect of desk.effects) {
    if (effect.kind === 'TradeClosed') trades.set(effect.trade.id, effect.trade);
    if (effect.kind !== 'TradesRestated') continue;
    for (const id of effect.withdrawn) trades.delete(id);
    for (const trade of effect.trades) trades.set(trade.id, trade);
  }
  const owned = [...ledgers].flatMap(([owner, lots]) => [...lots].map(([symbol, each]) => [owner, symbol, each]));
  const slots = [...strategies.values()].map(({ holdings, entryPrices }) => [[...holdings], [...entryPrices]]);
  const sorted = [...trades.values()].toSorted((left, right) => left.id.localeCompare(right.id));
  return encode([
    cash,
    cashFlow,
    [...positions],
    owned.map((each) => encode(each)).toSorted((left, right) => left.localeCompare(right)),
    slots,
    sorted,
  ]);
}

const bust = (desk: Desk, index: number): void =>
  desk.give({ kind: 'ExecutionBusted', at: desk.state.now, previousId: `e${index}`, brokerOrderId: brokerOf(index) });

const picked = deals.chain((all) => fc.record({ all: fc.constant(all), index: fc.nat({ max: all.length - 1 }) }));

describe('an execution that is taken back', () => {
  test('was never booked: position, owners, cash, round trips', () => {
    fc.assert(
      fc.property(picked, ({ all, index }) => {
        const desk = dealt(all);
        bust(desk, index);
        expect(account(desk)).toBe(account(dealt(all, new Set([index]))));
        expect(desk.order(`d${index}`).filledQuantity).toBe(0n);
      }),
      { numRuns: 300 },
    );
  });

  test('may be heard of before its fill, twice, and under its other name', () => {
    fc.assert(
      fc.property(picked, ({ all, index }) => {
        const desk = dealt(all, new Set([index]));
        bust(desk, index);
        bust(desk, index);
        const { size, cents } = all[index] ?? { size: 1, cents: 1 };
        const execution = [String(size), dollars(cents), `e${index}`] as const;
        desk.says(`d${index}`, { event: 'partial_fill', status: 'partially_filled', filled: String(size), execution, at: 50 });
        expect(account(desk)).toBe(account(dealt(all, new Set([index]))));
      }),
      { numRuns: 100 },
    );
  });

  test('all of them, in any order, leave what was there at the start', () => {
    fc.assert(
      fc.property(
        deals.chain((all) =>
          fc.record({
            all: fc.constant(all),
            order: fc.shuffledSubarray(
              all.map((_, index) => index),
              { minLength: all.length },
            ),
          }),
        ),
        ({ all, order }) => {
          const desk = dealt(all);
          for (const index of order) bust(desk, index);
          expect(desk.state.cash).toBe(money('100000'));
          expect(desk.state.positions.size).toBe(0);
          expect(account(desk)).toBe(account(dealt(all, new Set(order))));
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('an execution that is put right was booked so from the start, whichever is heard of first', () => {
  const corrected = picked.chain(({ all, index }) =>
    fc.record({
      all: fc.constant(all),
      index: fc.constant(index),
      size: fc.integer({ min: 1, max: 60 }),
      cents: fc.integer({ min: 9_000, max: 11_000 }),
      twice: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(corrected, ({ all, index, size, cents, twice }) => {
      const desk = dealt(all);
      const at = instantFromMs(NOON + index + 1);
      const side = all[index]?.side ?? 'buy';
      const correct = (previousId: string, executionId: string, units: number, paid: number): void =>
        desk.give({
          kind: 'ExecutionCorrected',
          at: desk.state.now,
          previousId,
          execution: {
            executionId,
            brokerOrderId: brokerOf(index),
            symbol: 'ALDR',
            side,
            quantity: quantity(String(units)),
            price: price(dollars(paid)),
            at,
          },
        });
      if (twice) correct(`e${index}`, `between`, size === 1 ? 2 : size - 1, cents + 1);
      correct(twice ? 'between' : `e${index}`, `e${index}c`, size, cents);
      correct(twice ? 'between' : `e${index}`, `e${index}c`, size, cents);
      const before = dealt(all.map((deal, place) => (place === index ? { ...deal, size, cents } : deal)));
      expect(account(desk)).toBe(account(before).replaceAll(`"e${index}:`, `"e${index}c:`));
      expect(desk.order(`d${index}`).filledQuantity).toBe(quantity(String(size)));
    }),
    { numRuns: 300 },
  );
});

describe('one at a time', () => {
  test('of a filled order: the order stays filled, and says what it has lost', () => {
    const desk = openDesk();
    desk.hold('10');
    const id = [...desk.state.orders.keys()][0] ?? '';
    desk.give({ kind: 'ExecutionBusted', at: desk.state.now, previousId: `fill-${id}`, brokerOrderId: `broker-${id}` });
    expect(desk.order(id)).toMatchObject({ state: 'filled', filledQuantity: 0n, undoneQuantity: quantity('10') });
    expect(desk.order(id).averagePrice).toBeUndefined();
    expect([...desk.state.alerts.values()]).toMatchObject([{ code: 'ExecutionBusted', severity: 'critical' }]);
    expect(desk.kinds()).toContain('FillUndone');
    // The broker's cumulative quantity may go on counting it: nothing is made up from it.
    desk.give({
      kind: 'OrderAcknowledged',
      at: desk.state.now,
      orderId: id,
      basis: 'lookup',
      order: {
        ...desk.order(id).intent,
        brokerOrderId: `broker-${id}`,
        clientOrderId: id,
        filledQuantity: quantity('10'),
        averagePrice: price('100'),
        status: 'filled',
        updatedAt: desk.state.now,
      },
    });
    expect(desk.state.positions.size).toBe(0);
  });

  test('a part of what the cumulative quantity had shown is taken out at its own price', () => {
    const desk = openDesk();
    desk.ticket('t1', { quantity: quantity('10') });
    const report = {
      ...desk.order('t1').intent,
      brokerOrderId: 'broker-t1',
      clientOrderId: 't1',
      filledQuantity: quantity('10'),
      averagePrice: price('101'),
      status: 'filled',
      updatedAt: desk.state.now,
    };
    desk.give({ kind: 'OrderAcknowledged', at: desk.state.now, orderId: 't1', basis: 'lookup', order: report });
    const execution = {
      executionId: 'real',
      brokerOrderId: 'broker-t1',
      symbol: 'ALDR',
      side: 'buy' as const,
      quantity: quantity('4'),
      price: price('98'),
      at: desk.state.now,
    };
    desk.give({ kind: 'ExecutionFound', at: desk.state.now, execution });
    desk.give({ kind: 'ExecutionBusted', at: desk.state.now, previousId: 'real', brokerOrderId: 'broker-t1' });
    // 10 at 101 less 4 at 98 are 6 for 618.
    expect(desk.state.positions.get('ALDR')).toMatchObject({ quantity: quantity('6'), averagePrice: price('103') });
    expect(desk.state.cash).toBe(money('99382'));
  });

  test('older than what is kept changes nothing and is told', () => {
    const desk = openDesk();
    desk.hold('10');
    const id = [...desk.state.orders.keys()][0] ?? '';
    const kept = desk.state.tracking;
    for (const day of [1, 2, 3]) {
      const at = instantFromMs(NOON + day * 86_400_000);
      desk.give({ kind: 'SessionClosed', at, date: `2024-03-0${3 + day}` }, { kind: 'SessionOpened', at, date: `2024-03-0${4 + day}` });
    }
    expect(desk.state.books.get('ALDR')?.entries).toEqual([]);
    expect(kept.has(id)).toBe(true);
    const before = account(desk);
    desk.give({ kind: 'ExecutionBusted', at: desk.state.now, previousId: `fill-${id}`, brokerOrderId: `broker-${id}` });
    expect(account(desk)).toBe(before);
    expect(desk.state.alerts.get(`ExecutionBusted-fill-${id}`)?.severity).toBe('critical');
  });
});
