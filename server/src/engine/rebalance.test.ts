import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { held, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const newest = (desk: Desk): string => [...desk.state.orders.keys()].at(-1) ?? '';
const fill = (desk: Desk, id: string, size: string, at: string): void =>
  desk.says(id, { event: 'fill', filled: size, execution: [size, at, `fill-${id}`], at: desk.state.orders.size });

describe('a strategy’s orders', () => {
  test('a target is an event: no target leaves things alone, and the same target again sends nothing', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    expect(newest(desk)).toBe(`s1-${NOON + 86_400_000}-ALDR-1`);
    fill(desk, newest(desk), '10', '101');
    desk.decide(2, 102, undefined);
    desk.decide(3, 103, 1);
    expect(desk.state.orders.size).toBe(1);
    expect(held(desk, 's1')).toBe(quantity('10'));
  });

  test('a flip closes first, and opens when the close has filled', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    fill(desk, newest(desk), '10', '101');
    desk.decide(2, 99, -1);
    const closing = newest(desk);
    expect(desk.order(closing).intent).toMatchObject({ side: 'sell', quantity: quantity('10') });
    expect(desk.state.orders.size).toBe(2);
    fill(desk, closing, '10', '99');
    expect(desk.order(newest(desk)).intent).toMatchObject({ id: `${closing}-open`, side: 'sell', quantity: quantity('10') });
    fill(desk, newest(desk), '10', '98');
    expect([held(desk), held(desk, 's1')]).toEqual([quantity('-10'), quantity('-10')]);
    expect(desk.effects.filter(({ kind }) => kind === 'TradeClosed')).toHaveLength(1);
  });

  test('a flip whose close did not fill is only given up, and told', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    fill(desk, newest(desk), '10', '101');
    desk.decide(2, 99, -1);
    desk.says(newest(desk), { event: 'expired', at: 99 });
    expect(desk.state.orders.size).toBe(2);
    expect(desk.state.heldIntents.size).toBe(0);
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toEqual(['FlipAbandoned']);
  });

  test('a newer target waits until the older order is cancelled, also when that fills a part', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    const first = newest(desk);
    desk.says(first, { event: 'new' });
    desk.decide(2, 99, 0);
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: first, brokerOrderId: `broker-${first}` });
    expect(desk.state.orders.size).toBe(1);
    desk.says(
      first,
      { event: 'partial_fill', status: 'partially_filled', filled: '4', execution: ['4', '101', 'e1'], at: 5 },
      { event: 'canceled', filled: '4', at: 6 },
    );
    expect(desk.order(newest(desk)).intent).toMatchObject({ side: 'sell', quantity: quantity('4') });
    expect(desk.state.deferredTargets.size).toBe(0);
  });

  test('a denied entry is not tried again until the strategy says so again', () => {
    const desk = openDesk({ ...DEFAULT_LIMITS, openPositionsMax: 0 });
    desk.decide(1, 101, 1);
    expect(desk.order(newest(desk)).state).toBe('denied');
    desk.decide(2, 101, undefined);
    expect(desk.state.orders.size).toBe(1);
    desk.decide(3, 101, 1);
    expect(desk.state.orders.size).toBe(2);
  });

  test('an entry at the market is sent as a limit at the collar; an exit stays at the market', () => {
    const desk = openDesk(DEFAULT_LIMITS, { collarMarketOrders: true });
    desk.decide(1, 100, 1);
    expect(desk.order(newest(desk)).intent).toMatchObject({ type: 'limit', limitPrice: price('105'), timeInForce: 'day' });
    fill(desk, newest(desk), '10', '100');
    desk.decide(2, 100, 0);
    expect(desk.order(newest(desk)).intent).toMatchObject({ type: 'market', side: 'sell' });
  });

  test('two strategies and a person hold apart what sums to one position', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    fill(desk, newest(desk), '10', '101');
    desk.hold('5');
    expect([held(desk), held(desk, 's1')]).toEqual([quantity('15'), quantity('10')]);
    desk.hold('-8');
    expect([held(desk), held(desk, 's1')]).toEqual([quantity('7'), quantity('7')]);
  });

  test.each([
    { name: 'not a number', exposure: Number.NaN, version: 'v1', symbol: 'ALDR', because: /NaN/ },
    { name: 'beyond one', exposure: 1.01, version: 'v1', symbol: 'ALDR', because: /1.01/ },
    { name: 'of another version', exposure: 1, version: 'v2', symbol: 'ALDR', because: /version v2/ },
    { name: 'of another symbol', exposure: 1, version: 'v1', symbol: 'OTHR', because: /OTHR/ },
  ])('a decision that is $name pauses the strategy', ({ exposure, version, symbol, because }) => {
    const desk = openDesk();
    const at = instantFromMs(NOON + 86_400_000);
    desk.give({
      kind: 'StrategyDecided',
      at,
      decision: { strategyId: 's1', version, barAt: at, targets: [{ symbol, exposure, reason: 'x' }] },
    });
    const slot = desk.state.strategies.get('s1');
    expect(slot?.state).toBe('paused');
    expect(slot?.pausedBecause).toMatch(because);
    expect(desk.state.orders.size).toBe(0);
  });

  test('a second answer to the same bars changes nothing; a paused strategy is not asked, and its orders are cancelled', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    const first = newest(desk);
    desk.says(first, { event: 'new' });
    desk.give({
      kind: 'StrategyDecided',
      at: desk.state.now,
      decision: { strategyId: 's1', version: 'v1', barAt: desk.state.now, targets: [{ symbol: 'ALDR', exposure: -1, reason: 'x' }] },
    });
    expect(desk.last).toEqual([]);
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'lunch' });
    expect(desk.kinds()).toContain('CancelOrder');
    desk.decide(2, 102, 1);
    expect(desk.effects.filter(({ kind }) => kind === 'AskStrategy')).toHaveLength(1);
  });
});
