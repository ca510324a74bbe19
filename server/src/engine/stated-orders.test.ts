import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Wish } from '../strategies/strategy.ts';
import { NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const DAY = 86_400_000;
const order = (kind: Wish['kind'], amount: number, orderNumber: number, change: Partial<Wish> = {}): Wish => ({
  symbol: 'ALDR',
  kind,
  measure: 'units',
  amount,
  orderNumber,
  reason: 'test',
  ...change,
});
const cancel = (orderNumber?: number): Wish => ({
  symbol: 'ALDR',
  kind: 'cancel',
  measure: 'units',
  amount: 0,
  reason: 'test',
  ...(orderNumber === undefined ? {} : { orderNumber }),
});
const idOf = (day: number, number: number): string => `s1-${NOON + day * DAY}-ALDR-order-${number}`;
const sent = (desk: Desk): readonly string[] => desk.effects.flatMap((each) => (each.kind === 'SubmitOrder' ? [each.order.intent.id] : []));
const alerts = (desk: Desk): readonly string[] => [...desk.state.alerts.values()].map(({ code }) => code);
const fill = (desk: Desk, id: string, size: string, at: string): void =>
  desk.says(id, { event: 'fill', filled: size, execution: [size, at, `fill-${id}`], at: desk.state.orders.size + 50 });
const asks = (desk: Desk) => desk.effects.flatMap((each) => (each.kind === 'AskStrategy' ? [each] : []));

describe('orders that a strategy states', () => {
  test.each([
    { name: 'market', wish: order('market', -3, 1), intent: { side: 'sell', quantity: quantity('3'), type: 'market', timeInForce: 'day' } },
    {
      name: 'limit',
      wish: order('limit', 4, 1, { limit: 99.5 }),
      intent: { side: 'buy', quantity: quantity('4'), type: 'limit', limitPrice: price('99.5'), timeInForce: 'gtc' },
    },
    {
      name: 'stop for a day',
      wish: order('stop', 4, 1, { stop: 103, day: true }),
      intent: { type: 'stop', stopPrice: price('103'), timeInForce: 'day' },
    },
    {
      name: 'stop-limit',
      wish: order('stop-limit', -4, 1, { stop: 98, limit: 97 }),
      intent: { side: 'sell', type: 'stop_limit', stopPrice: price('98'), limitPrice: price('97'), timeInForce: 'gtc' },
    },
    {
      name: 'by exposure',
      wish: order('limit', -0.5, 1, { limit: 99, measure: 'exposure' }),
      intent: { side: 'sell', quantity: quantity('5') },
    },
    { name: 'by money', wish: order('limit', 1000, 1, { limit: 99, measure: 'notional' }), intent: { quantity: quantity('9') } },
    { name: 'a buy limit, down to the tick', wish: order('limit', 1, 1, { limit: 99.519 }), intent: { limitPrice: price('99.51') } },
    { name: 'a sell limit, up to the tick', wish: order('limit', -1, 1, { limit: 101.511 }), intent: { limitPrice: price('101.52') } },
    { name: 'a buy stop, up to the tick', wish: order('stop', 1, 1, { stop: 101.511 }), intent: { stopPrice: price('101.52') } },
    { name: 'a sell stop, down to the tick', wish: order('stop', -1, 1, { stop: 98.519 }), intent: { stopPrice: price('98.51') } },
  ] as const)('$name', ({ wish, intent }) => {
    const desk = openDesk();
    desk.wish(1, 101, wish);
    expect(desk.order(idOf(1, 1))).toMatchObject({
      state: 'approved',
      intent: { ...intent, origin: { strategyId: 's1', orderNumber: 1 } },
    });
    expect(sent(desk)).toEqual([idOf(1, 1)]);
  });

  test('pass the gate like every other: in HALTED an entry is denied, recorded and told', () => {
    const desk = openDesk();
    desk.give({ kind: 'StateUnreadable', at: desk.state.now, reason: 'test' });
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }));
    expect(desk.order(idOf(1, 1))).toMatchObject({ state: 'denied', decision: { denials: [{ code: 'TradingState' }] } });
    expect(sent(desk)).toEqual([]);
    expect(alerts(desk)).toContain('OrderDenied');
  });

  test('a limit order without a limit is denied by the gate', () => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1));
    expect(desk.order(idOf(1, 1)).decision.denials.map(({ code }) => code)).toContain('OrderSanity');
  });

  test('less than one unit is told, and not sent', () => {
    const desk = openDesk();
    desk.wish(1, 101, order('market', 50, 1, { measure: 'notional' }));
    expect(desk.state.orders.size).toBe(0);
    expect(alerts(desk)).toEqual(['OrderUnsizable']);
  });

  test('an order that crosses zero closes first', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    fill(desk, `s1-${NOON + DAY}-ALDR-1`, '10', '101');
    desk.wish(2, 101, order('limit', -15, 1, { limit: 102 }));
    expect(desk.order(idOf(2, 1)).intent.quantity).toBe(quantity('10'));
    fill(desk, idOf(2, 1), '10', '102');
    expect(desk.order(`${idOf(2, 1)}-open`).intent).toMatchObject({ quantity: quantity('5'), type: 'limit', limitPrice: price('102') });
  });
});

describe('cancels', () => {
  const resting = (): Desk => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }), order('limit', 5, 2, { limit: 98 }));
    for (const number of [1, 2]) desk.says(idOf(1, number), { event: 'new', at: number });
    return desk;
  };
  const wanted = (desk: Desk): readonly string[] => desk.last.flatMap((each) => (each.kind === 'CancelOrder' ? [each.orderId] : []));

  test.each([
    { name: 'by number', wish: cancel(2), orders: [idOf(1, 2)] },
    { name: 'all of the symbol', wish: cancel(), orders: [idOf(1, 1), idOf(1, 2)] },
    { name: 'of a number that there is not', wish: cancel(7), orders: [] },
  ])('$name', ({ wish, orders }) => {
    const desk = resting();
    desk.wish(2, 101, wish);
    expect(wanted(desk)).toEqual(orders);
  });

  test('an order that replaces one waits for the end of it', () => {
    const desk = resting();
    desk.wish(2, 101, cancel(1), order('limit', 4, 3, { limit: 97 }));
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2)]);
    desk.says(idOf(1, 1), { event: 'canceled', at: 60 });
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2), idOf(2, 3)]);
    expect(alerts(desk)).toEqual([]);
  });

  test.each([
    { name: 'all of it', said: [{ event: 'fill', filled: '4', execution: ['4', '99', 'late'], at: 60 }] },
    {
      name: 'a part',
      said: [
        { event: 'partial_fill', status: 'partially_filled', filled: '1', execution: ['1', '99', 'late'], at: 60 },
        { event: 'canceled', filled: '1', at: 61 },
      ],
    },
  ] as const)('where the old one fills before it is cancelled, $name, the new one is given up and told', ({ said }) => {
    const desk = resting();
    desk.wish(2, 101, cancel(1), order('limit', 4, 3, { limit: 97 }));
    desk.says(idOf(1, 1), ...said);
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2)]);
    expect(alerts(desk)).toEqual(['OrderAbandoned']);
    expect(desk.state.deferredOrders.size).toBe(0);
  });

  test('what still waits is cancelled too', () => {
    const desk = resting();
    desk.wish(2, 101, cancel(1), order('limit', 4, 3, { limit: 97 }));
    desk.wish(3, 101, cancel(3));
    desk.says(idOf(1, 1), { event: 'canceled', at: 60 });
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2)]);
  });

  test.each([
    { name: 'pausing', give: { kind: 'StrategyDisabled', by: 'user:ada', strategyId: 's1', reason: 'lunch' } },
    { name: 'the kill switch', give: { kind: 'KillSwitchEngaged', by: 'user:ada', action: 'flatten', reason: 'test' } },
  ] as const)('$name drops what waits', ({ give }) => {
    const desk = resting();
    desk.wish(2, 101, cancel(1), order('limit', 4, 3, { limit: 97 }));
    desk.give({ ...give, at: desk.state.now });
    expect(desk.state.deferredOrders.size).toBe(0);
    desk.says(idOf(1, 1), { event: 'canceled', at: 60 });
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2)]);
  });
});

describe('a fill that comes in while the strategy decides', () => {
  const decided = (wish: Wish): Desk => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }));
    const at = instantFromMs(NOON + 2 * DAY);
    const bar = { symbol: 'ALDR', timeframe: '1Day', startAt: at, open: 101, high: 101, low: 98, close: 99, volume: 1 } as const;
    desk.give({ kind: 'BarsClosed', at, timeframe: '1Day', bars: [bar] });
    fill(desk, idOf(1, 1), '4', '99');
    desk.give({ kind: 'StrategyDecided', at, decision: { strategyId: 's1', version: 'v1', barAt: at, targets: [cancel(), wish] } });
    return desk;
  };

  test.each([
    { name: 'an entry is given up', wish: order('limit', 4, 2, { limit: 98 }), orders: [] },
    { name: 'an exit is cut to what is held', wish: order('market', -9, 2), orders: [quantity('4')] },
  ])('$name, and told', ({ wish, orders }) => {
    const desk = decided(wish);
    expect(
      sent(desk)
        .slice(1)
        .map((id) => desk.order(id).intent.quantity),
    ).toEqual(orders);
    expect(alerts(desk)).toEqual(['OrderAbandoned']);
  });

  test('a target only says where it leads, and is carried out', () => {
    const desk = decided({ symbol: 'ALDR', kind: 'target', measure: 'units', amount: 10, reason: 'test' });
    expect(desk.order(sent(desk)[1] ?? '').intent.quantity).toBe(quantity('6'));
    expect(alerts(desk)).toEqual([]);
  });
});

describe('orders that could trade with each other', () => {
  test('a protective stop waits for the entry that it protects, and is then sent', () => {
    const desk = openDesk();
    desk.wish(1, 101, { symbol: 'ALDR', exposure: 1, reason: 'in' }, order('stop', -10, 1, { stop: 95, reduceOnly: true }));
    const entry = `s1-${NOON + DAY}-ALDR-1`;
    expect(sent(desk)).toEqual([entry]);
    expect(alerts(desk)).toEqual(['OrderWaits']);
    fill(desk, entry, '10', '101');
    expect(desk.order(idOf(1, 1))).toMatchObject({ state: 'approved', intent: { quantity: quantity('10'), reduceOnly: true } });
  });

  test('limits that lie apart rest together', () => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }), order('limit', -4, 2, { limit: 103 }));
    expect(sent(desk)).toEqual([idOf(1, 1), idOf(1, 2)]);
  });

  test('a resting order makes way for a target, and that is told', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    fill(desk, `s1-${NOON + DAY}-ALDR-1`, '10', '101');
    desk.wish(2, 101, order('stop', -10, 1, { stop: 95 }));
    desk.says(idOf(2, 1), { event: 'new', at: 70 });
    desk.decide(3, 101, 0);
    expect(alerts(desk)).toEqual(['OrderGaveWay']);
    desk.says(idOf(2, 1), { event: 'canceled', at: 80 });
    expect(desk.order(`s1-${NOON + 3 * DAY}-ALDR-1`).intent).toMatchObject({ side: 'sell', quantity: quantity('10') });
  });

  test('an entry on the same side stays beside a target', () => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }));
    desk.decide(2, 101, 1);
    expect(sent(desk)).toEqual([idOf(1, 1), `s1-${NOON + 2 * DAY}-ALDR-1`]);
    expect(desk.kinds()).not.toContain('CancelOrder');
  });
});

test('what only reduces is cut to what is held, and denied where nothing is', () => {
  const desk = openDesk();
  desk.wish(1, 101, order('stop', -25, 1, { stop: 95, reduceOnly: true }));
  expect(alerts(desk)).toEqual(['NothingToReduce']);
  desk.decide(2, 101, 1);
  fill(desk, `s1-${NOON + 2 * DAY}-ALDR-1`, '10', '101');
  desk.wish(3, 101, order('stop', -25, 2, { stop: 95, reduceOnly: true }));
  expect(desk.order(idOf(3, 2)).intent.quantity).toBe(quantity('10'));
});

describe('what a strategy is told of itself', () => {
  test('orders that rest or wait; what it has cancelled counts no more', () => {
    const desk = openDesk();
    desk.wish(1, 101, order('limit', 4, 1, { limit: 99 }), order('limit', 5, 2, { limit: 98 }));
    desk.wish(2, 101, cancel(1), order('limit', 6, 3, { limit: 97 }));
    desk.wish(3, 101, cancel());
    desk.wish(4, 101);
    expect(asks(desk).map(({ working }) => working)).toEqual([[0], [2], [2], [0]]);
  });

  test('the average price of its units: added ones are averaged in, sold ones change nothing, a flip starts anew', () => {
    const desk = openDesk();
    const trade = (day: number, number: number, amount: number, at: number): void => {
      desk.wish(day, at, order('market', amount, number));
      const id = idOf(day, number);
      fill(desk, id, String(desk.order(id).intent.quantity / 1_000_000_000n), String(at));
      const rest = desk.state.orders.get(`${id}-open`);
      if (rest !== undefined) fill(desk, rest.id, String(rest.intent.quantity / 1_000_000_000n), String(at));
    };
    trade(1, 1, 10, 100);
    trade(2, 2, 30, 104);
    trade(3, 3, -20, 110);
    trade(4, 4, -30, 90);
    trade(5, 5, 10, 91);
    desk.wish(6, 100);
    expect(asks(desk).map(({ entryPrices: [entry] }) => entry)).toEqual([Number.NaN, 100, 103, 103, 90, Number.NaN]);
    expect(asks(desk).map(({ positions: [position] }) => position)).toEqual([0, 10, 40, 20, -10, 0]);
  });
});
