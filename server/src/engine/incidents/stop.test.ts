import { afterEach, describe, expect, test } from 'vitest';
import type { SliceWish } from '@tidemark/compute/types';
import { DirectoryLocked } from '../../journal/directory-lock.ts';
import { openJournal } from '../../journal/open.ts';
import { price, quantity } from '../../money/fixed.ts';
import { UNLIMITED, withLimit } from '../../risk/limits.ts';
import type { KillAction } from '../events.ts';
import type { StrategyRunner } from '../session/strategy-runners.ts';
import { openDesk } from '../test/desk.ts';
import { becomes, booksAgree, closeExchangeWorlds, openExchangeWorld } from '../test/exchange-world.ts';
import type { ExchangeWorld } from '../test/exchange-world.ts';
import { FLIPPER, PLAIN_TARGET } from '../test/session-world.ts';

afterEach(closeExchangeWorlds);

const MARKET = { type: 'market', timeInForce: 'day' } as const;

async function kill({ session }: ExchangeWorld, action: KillAction): Promise<void> {
  await session.command({ kind: 'KillSwitchEngaged', at: session.state().now, by: 'user:ada', action, reason: 'drill' });
}

const open = async (world: ExchangeWorld): Promise<readonly string[]> =>
  (await world.broker.openOrders()).map(({ clientOrderId }) => clientOrderId).toSorted();

describe('hummingbot 2534: the kill switch met an error, and orders went on', () => {
  test.each([
    { kind: 'error-json' },
    { kind: 'error-html' },
    { kind: 'reset-before' },
    { kind: 'reset-after' },
    { kind: 'unauthorized' },
    { kind: 'rate-limit', ms: 300 },
  ])('every cancel is answered with $kind at first: the gate is closed before, and each order is cancelled in the end', async (fault) => {
    const world = await openExchangeWorld();
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await world.ticket(id);
    await becomes(async () => expect(await open(world)).toEqual(ids));
    await becomes(() => expect(ids.map((id) => world.order(id).state)).toEqual(['working', 'working', 'working']));
    await world.arm({ ...fault, method: 'DELETE', count: 5 });
    await kill(world, 'freeze');
    expect(world.session.state().tradingState).toBe('FROZEN');
    await world.ticket('after');
    expect(world.order('after').state).toBe('denied');
    await becomes(() => expect(ids.map((id) => world.order(id).state)).toEqual(['canceled', 'canceled', 'canceled']));
    expect(await open(world)).toEqual([]);
    expect(world.posts()).toBe(3);
    expect(world.session.halted()).toBeUndefined();
    await booksAgree(world);
  });

  test('flattening: the closing order is refused by the wire at first, and the position is closed once', async () => {
    const world = await openExchangeWorld();
    await world.ticket('entry', MARKET);
    await becomes(() => expect(world.order('entry').state).toBe('filled'));
    await world.arm({ kind: 'reset-after', method: 'POST', path: '/v2/orders' });
    await kill(world, 'flatten');
    await becomes(() => expect(world.session.state().positions.size).toBe(0));
    expect((await world.theirs()).map(({ filled_qty: filled }) => filled)).toEqual(['10', '10']);
    await booksAgree(world);
  });
});

/** Thinks until it is let go, then wants to be long. */
function slow(): { readonly runner: StrategyRunner; readonly thinking: () => boolean; readonly answer: () => void } {
  let answer: (() => void) | undefined;
  const wish: SliceWish = { ...PLAIN_TARGET, amount: 1, reason: 'late' };
  const onBars = async (): Promise<readonly SliceWish[]> => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return [wish];
  };
  return { runner: { onBars, close: async () => await Promise.resolve() }, thinking: () => answer !== undefined, answer: () => answer?.() };
}

async function enable({ session }: ExchangeWorld): Promise<void> {
  const { now: at } = session.state();
  await session.command({ kind: 'StrategyCreated', at, by: 'user:ada', config: { ...FLIPPER, symbols: ['AAA'] } });
  await session.command({ kind: 'StrategyEnabled', at, by: 'user:ada', strategyId: FLIPPER.id });
}

/** A daily bar of so many days ago. */
async function bar({ session }: ExchangeWorld, daysAgo: number, close = 100): Promise<void> {
  const { now: at } = session.state();
  const startAt = (at - daysAgo * 86_400_000) as typeof at;
  const closedAt = (at + 1) as typeof at;
  await session.onBars([{ symbol: 'AAA', timeframe: '1Day', startAt, open: close, high: close, low: close, close, volume: 1 }], closedAt);
}

describe('hummingbot 1508: orders were created after the stop', () => {
  test('an order on its way when it comes is cancelled as soon as the exchange has it', async () => {
    const world = await openExchangeWorld();
    await world.arm({ kind: 'slow-request', method: 'POST', path: '/v2/orders', ms: 200 });
    await world.ticket('on-its-way');
    await kill(world, 'freeze');
    expect(await world.theirs()).toEqual([]);
    await becomes(() => expect(world.order('on-its-way').state).toBe('canceled'));
    expect(await world.theirs()).toMatchObject([{ client_order_id: 'on-its-way', status: 'canceled', filled_qty: '0' }]);
  });

  test('a strategy that was thinking when it comes orders nothing afterwards, and nothing over a restart', async () => {
    const { runner, thinking, answer } = slow();
    const world = await openExchangeWorld({ session: { openRunner: async () => await Promise.resolve(runner) } });
    await enable(world);
    await bar(world, 3);
    await becomes(() => expect(thinking()).toBe(true));
    await kill(world, 'freeze');
    answer();
    await becomes(() => expect([...world.session.state().orders.values()].map(({ state }) => state)).toEqual(['denied']));
    await world.restart({ openRunner: () => Promise.reject(new Error('no module')) });
    await becomes(() => expect(world.session.state().reconciled).toBe(true));
    expect(world.session.state().tradingState).toBe('FROZEN');
    expect(world.posts()).toBe(0);
    expect(await world.theirs()).toEqual([]);
  });
});

describe('Knight Capital 2012', () => {
  test('child orders beyond the parent: the same wish at every bar, while the first order is not answered, is one order', async () => {
    const runner: StrategyRunner = {
      onBars: async () => await Promise.resolve([{ ...PLAIN_TARGET, amount: 1, reason: 'again' }]),
      close: async () => await Promise.resolve(),
    };
    const world = await openExchangeWorld({ session: { openRunner: async () => await Promise.resolve(runner) } });
    await enable(world);
    await world.arm({ kind: 'slow-request', method: 'POST', path: '/v2/orders', ms: 200 });
    for (let daysAgo = 9; daysAgo > 3; daysAgo -= 1) await bar(world, daysAgo);
    await becomes(() => expect(world.session.state().positions.get('AAA')?.quantity).toBe(quantity('10')));
    for (let daysAgo = 3; daysAgo > 0; daysAgo -= 1) await bar(world, daysAgo);
    await becomes(async () => expect(await world.entries('StrategyDecided')).toHaveLength(9));
    expect(world.posts()).toBe(1);
    await booksAgree(world);
  });

  test('child orders beyond the parent: an execution beyond what was ordered is not booked, and trading halts by itself', () => {
    const desk = openDesk();
    desk.ticket('parent');
    desk.says('parent', { event: 'fill', filled: '100', execution: ['100', '100', 'x1'] });
    desk.says('parent', { event: 'fill', filled: '100', execution: ['100', '100', 'x2'], at: 5 });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(quantity('100'));
    expect(desk.kinds()).toContain('AlertRaised');
    for (const _sight of [1, 2]) desk.reconcile([{ symbol: 'ALDR', quantity: quantity('200'), averagePrice: price('100') }]);
    expect(desk.state.tradingState).toBe('HALTED');
  });

  test('the same trade again and again: after so many the strategy is paused, until a person looks', () => {
    const desk = openDesk(withLimit(UNLIMITED, 'repeatedExecutionMax', 3));
    const MINUTE_AND_A_HALF = 1 / 1_024;
    for (let bar = 1; bar <= 9; bar += 1) {
      desk.decide(bar * MINUTE_AND_A_HALF, 100, bar % 2);
      for (const { id, state } of desk.state.orders.values())
        if (state === 'approved') desk.says(id, { event: 'fill', filled: '10', execution: ['10', '100', `x-${id}`], at: bar * 84_375 });
    }
    const orders = [...desk.state.orders.values()];
    expect(orders.filter(({ intent, state }) => intent.side === 'buy' && state === 'filled')).toHaveLength(3);
    expect(orders.at(-1)).toMatchObject({
      state: 'denied',
      decision: { denials: [{ code: 'RepeatedExecution', limit: '3', actual: '4' }] },
    });
    expect(desk.state.strategies.get('s1')?.state).toBe('paused');
    expect([...desk.state.brakes.values()]).toMatchObject([{ code: 'RepeatedExecution', reset: 'person' }]);
  });

  test('a mixed deployment: a second process on the same account’s journal does not start', async () => {
    const world = await openExchangeWorld();
    const [first] = await world.entries('InstrumentListed');
    expect(first).toBeDefined();
    await expect(openJournal({ kind: 'embedded', dir: world.dir })).rejects.toThrow(DirectoryLocked);
  });

  test('a mixed deployment: code that decides otherwise than what has traded is stopped at the start, and trades nothing', async () => {
    const long: StrategyRunner = {
      onBars: async () => await Promise.resolve([{ ...PLAIN_TARGET, amount: 1, reason: 'old code' }]),
      close: async () => await Promise.resolve(),
    };
    const short: StrategyRunner = {
      onBars: async () => await Promise.resolve([{ ...PLAIN_TARGET, amount: -1, reason: 'new code' }]),
      close: async () => await Promise.resolve(),
    };
    const world = await openExchangeWorld({ session: { openRunner: async () => await Promise.resolve(long) } });
    await enable(world);
    await bar(world, 3);
    await becomes(() => expect(world.session.state().positions.get('AAA')?.quantity).toBe(quantity('10')));
    await world.restart({ openRunner: async () => await Promise.resolve(short) });
    await becomes(() => expect(world.session.state().strategies.get(FLIPPER.id)?.state).toBe('paused'));
    expect(world.session.state().alerts.get(`StrategyFailed-${FLIPPER.id}`)?.detail).toContain('decides otherwise');
    await bar(world, 2, 101);
    expect(world.posts()).toBe(1);
  });

  test('alarms that nobody reads: orders that are not ours are cancelled, and what they have filled halts trading, with nobody looking', async () => {
    const world = await openExchangeWorld();
    await world.ticket('own');
    const order = { symbol: 'AAA', side: 'buy', qty: '7', type: 'limit', time_in_force: 'gtc', limit_price: '60' };
    await world.simulator.steer('account', { kind: 'order', order });
    await becomes(async () => expect(await open(world)).toEqual(['own']));
    await world.simulator.steer('account', { kind: 'order', order: { ...order, limit_price: '110' } });
    await becomes(() => expect(world.session.state().tradingState).toBe('HALTED'));
    expect(world.session.state().tradingStateBecause).toContain('positions differ');
    await world.ticket('entry', MARKET);
    expect(world.order('entry').state).toBe('denied');
    expect([...world.session.state().alerts.values()].map(({ code }) => code)).toEqual(
      expect.arrayContaining(['OrphanOrder', 'PositionDifference']),
    );
  });
});
