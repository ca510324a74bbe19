import { afterEach, describe, expect, test, vi } from 'vitest';
import { encode } from '../journal/codec.ts';
import { money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import { assertState } from './invariants.ts';
import { plainState } from './plain-state.ts';
import { SYSTEM_CLOCK } from './session/clock.ts';
import { recover } from './session/recover.ts';
import { initialState } from './initial-state.ts';
import { UNLIMITED } from '../risk/limits.ts';
import { ALDER, ENGINE, eventually, FLIPPER, openWorld, quiet, replaceCall } from './test/session-world.ts';
import type { World } from './test/session-world.ts';

let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function tradingWorld(): Promise<World> {
  const opened = await openWorld();
  world = opened;
  const { now: at } = opened.session.state();
  await opened.session.command({ kind: 'InstrumentListed', at, instrument: ALDER });
  await opened.session.command({ kind: 'StrategyCreated', at, by: 'user:test', config: FLIPPER });
  await opened.session.command({ kind: 'StrategyEnabled', at, by: 'user:test', strategyId: FLIPPER.id });
  await quiet(opened);
  return opened;
}

const ticket = (id: string, change: Partial<OrderIntent> = {}): OrderIntent => ({
  id,
  symbol: 'ALDR',
  side: 'buy',
  quantity: quantity('5'),
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: price('50'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'test' },
  reason: 'test',
  createdAt: 0 as OrderIntent['createdAt'],
  ...change,
});

const place = async (each: World, intent: OrderIntent): Promise<void> => {
  await each.session.command({ kind: 'OrderRequested', at: each.session.state().now, by: 'user:test', intent });
};

describe('a session', () => {
  test('trades a strategy, flips it, and agrees with the broker', async () => {
    const { session, broker, day, reports } = await tradingWorld();
    for (const [open, close] of [
      [100, 100],
      [100, 102],
      [103, 104],
      [104, 101],
      [100, 99],
      [99, 103],
      [104, 105],
    ] as const)
      await day(open, close);
    const state = session.state();
    expect(state.positions.get('ALDR')?.quantity).toBe(quantity('10'));
    expect(state.cash).toBe(broker.core.figures('core').cash);
    expect(state.reconciled).toBe(true);
    expect([...state.orders.values()].map(({ intent, state: reached }) => `${intent.side} ${intent.id} ${reached}`)).toEqual([
      'buy flipper-1710187200000-ALDR-1 filled',
      'buy flipper-1710187200000-ALDR-1-open filled',
    ]);
    expect(reports).toEqual([]);
    expect(session.latencies()['bar-to-order']?.count).toBeGreaterThan(0);
    assertState(state);
  });

  test('a restart leads to the same state, byte for byte, and the strategy goes on where it was', async () => {
    const each = await tradingWorld();
    for (const [open, close] of [
      [100, 100],
      [100, 102],
      [103, 104],
      [104, 101],
    ] as const)
      await each.day(open, close);
    await each.session.close();
    const live = encode(plainState(each.session.state()));
    const recovered = await recover(each.journal, initialState(ENGINE, UNLIMITED), encode);
    expect(recovered.problem).toBeUndefined();
    expect(encode(plainState(recovered.state))).toBe(live);
    await each.restart();
    await quiet(each);
    expect(each.session.recovered.problem).toBeUndefined();
    await eventually(() => expect(each.session.state().reconciled).toBe(true));
    await each.day(100, 99);
    await each.day(99, 98);
    expect(each.session.state().positions.get('ALDR')?.quantity).toBe(quantity('-10'));
    expect(each.session.state().strategies.get('flipper')?.state).toBe('paper');
    expect(each.reports).toEqual([]);
  });

  test('bars that closed while it was down are fed to the module before it is asked again, and recorded', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    await each.day(100, 102);
    await each.day(102, 98, false);
    await each.restart();
    await quiet(each);
    // Seen from 102 this would be a fall; after the missed day it is a rise.
    await each.day(98, 99);
    expect(each.session.state().strategies.get('flipper')).toMatchObject({ state: 'paper', lastDecision: 'ALDR → 1: rose' });
    await each.restart();
    await quiet(each);
    await each.day(99, 98);
    expect(each.session.state().strategies.get('flipper')).toMatchObject({ state: 'paper', lastDecision: 'ALDR → -1: fell' });
    expect(each.reports).toEqual([]);
  });

  test('a module that answers otherwise after a restart is paused', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    await each.day(100, 102);
    await each.restart({
      openRunner: async () =>
        await Promise.resolve({ onBars: async () => await Promise.resolve([]), close: async () => await Promise.resolve() }),
    });
    await quiet(each);
    const slot = each.session.state().strategies.get('flipper');
    expect(slot?.state).toBe('paused');
    expect(slot?.pausedBecause).toContain('decides otherwise');
  });

  test('a lost answer keeps its reservation until the broker is asked, and sends no second order', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    each.broker.faults.loseAnswers = true;
    each.broker.faults.muteStream = true;
    await place(each, ticket('lost-answer'));
    await quiet(each);
    expect(each.session.state().orders.get('lost-answer')).toMatchObject({
      state: 'accepted',
      brokerOrderId: expect.any(String) as string,
    });
    expect(each.broker.received).toEqual(['lost-answer']);
  });

  test('a lost request ends as never sent, after the broker was asked for a while', async () => {
    const each = await tradingWorld();
    each.broker.faults.loseRequests = true;
    await place(each, ticket('lost-request'));
    await eventually(() =>
      expect(each.session.state().orders.get('lost-request')).toMatchObject({ state: 'expired', rejection: 'never sent' }),
    );
    expect(each.broker.received).toEqual([]);
  });

  test('fills that the stream lost are found by reconciling; told twice they are booked once', async () => {
    const each = await tradingWorld();
    const holds = async (size: string): Promise<void> =>
      await eventually(() => expect(each.session.state().positions.get('ALDR')?.quantity).toBe(quantity(size)));
    each.broker.faults.muteStream = true;
    await each.day(100, 100);
    await each.day(100, 102);
    await each.day(102, 103);
    await holds('10');
    each.broker.faults.muteStream = false;
    each.broker.faults.stutter = true;
    await each.day(103, 101);
    await each.day(101, 100);
    await holds('-10');
    await eventually(() => expect(each.session.state()).toMatchObject({ reconciled: true, cash: each.broker.core.figures('core').cash }));
    expect(each.session.state().differences.size).toBe(0);
  });

  test('the kill switch cancels at the broker, also an order whose answer is still out', async () => {
    const each = await tradingWorld();
    await place(each, ticket('resting'));
    await quiet(each);
    each.broker.faults.loseAnswers = true;
    each.broker.faults.muteStream = true;
    const sent = place(each, ticket('in-flight', { limitPrice: price('51') }));
    await each.session.command({
      kind: 'KillSwitchEngaged',
      at: each.session.state().now,
      by: 'user:test',
      action: 'freeze',
      reason: 'drill',
    });
    await sent;
    each.broker.faults.muteStream = false;
    await eventually(() => {
      const { orders } = each.session.state();
      expect([orders.get('resting')?.state, orders.get('in-flight')?.state]).toEqual(['canceled', 'canceled']);
    });
    expect(each.broker.core.account('core').open.size).toBe(0);
    await place(each, ticket('after'));
    expect(each.session.state().orders.get('after')?.state).toBe('denied');
    expect(each.broker.received).not.toContain('after');
  });

  test('a position that is not ours halts entries until a person accepts it', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    each.broker.core.submit(
      'core',
      { symbol: 'ALDR', side: 'buy', quantity: quantity('3'), type: 'market', timeInForce: 'day' },
      each.broker.now,
    );
    await each.day(100, 100);
    await eventually(() => expect(each.session.state().tradingState).toBe('HALTED'));
    expect(each.session.state().tradingStateBecause).toContain('ALDR');
    await each.day(100, 100);
    await each.session.command({ kind: 'KillSwitchReleased', at: each.session.state().now, by: 'user:test', reason: 'bought by hand' });
    await eventually(() => expect(each.session.state()).toMatchObject({ tradingState: 'ACTIVE', reconciled: true }));
    expect(each.session.state().positions.get('ALDR')?.quantity).toBe(quantity('3'));
    assertState(each.session.state());
  });

  test('before a difference is accepted the broker is asked once more: one that is over is not', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    const elsewhere = async () => await Promise.resolve([{ symbol: 'ALDR', quantity: quantity('3'), averagePrice: price('100') }]);
    const restore = replaceCall(each.broker, 'positions', elsewhere);
    await each.day(100, 100);
    await eventually(() => expect(each.session.state().tradingState).toBe('HALTED'));
    restore();
    expect(each.session.state().differences.size).toBe(1);
    await each.session.command({ kind: 'KillSwitchReleased', at: each.session.state().now, by: 'user:test', reason: 'looked at it' });
    expect(each.session.state()).toMatchObject({ tradingState: 'ACTIVE', positions: new Map() });
  });

  test('when the journal takes nothing more, nothing is sent', async () => {
    const each = await tradingWorld();
    const halts: string[] = [];
    await each.restart({
      onHalt: (reason) => halts.push(reason),
    });
    const append = vi.spyOn(each.journal, 'append').mockRejectedValue(new Error('disk full'));
    await expect(place(each, ticket('unwritten'))).rejects.toThrow('The engine has stopped');
    expect(halts).toHaveLength(1);
    expect(each.session.state().tradingState).toBe('HALTED');
    await expect(place(each, ticket('unwritten-2'))).rejects.toThrow('The engine has stopped');
    expect(each.broker.received).toEqual([]);
    append.mockRestore();
  });

  test.each([
    { name: 'of half a minute is sent', sleptMs: 29_000, sent: true },
    { name: 'of an hour, because the machine slept, is not', sleptMs: 3_600_000, sent: false },
  ])('an order whose record became durable after a wait $name', async ({ sleptMs, sent }) => {
    const each = await tradingWorld();
    let slept = 0;
    await each.restart({ clock: { ...SYSTEM_CLOCK, wallMs: () => Date.now() + slept } });
    const append = each.journal.append.bind(each.journal);
    const sleeping = vi.spyOn(each.journal, 'append').mockImplementation(async (batch) => {
      if (batch.some(({ kind }) => kind === 'SubmitOrder')) slept += sleptMs;
      return await append(batch);
    });
    await place(each, ticket('slept-over'));
    await quiet(each);
    sleeping.mockRestore();
    expect(each.broker.received.includes('slept-over')).toBe(sent);
    expect(each.session.state().orders.get('slept-over')?.state).toBe(sent ? 'accepted' : 'expired');
  });

  test('a record that does not follow from itself halts', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    const { now: at } = each.session.state();
    const event = { kind: 'LimitSet', at, by: 'user:x', name: 'openPositionsMax', value: '7', reason: 'forged' } as const;
    await each.journal.append([{ kind: event.kind, type: 'event', at, actor: 'user:x', cause: undefined, payload: event }]);
    await each.restart();
    expect(each.session.state().tradingState).toBe('HALTED');
    expect(each.session.state().tradingStateBecause).toContain('LimitSet leads to LimitChanged');
  });

  test('cash that nothing explains is told in a quiet account, and ours stays until a person accepts it', async () => {
    const each = await tradingWorld();
    await each.day(100, 100);
    const account = each.broker.core.account('core');
    account.cash = (account.cash + money('12.5')) as typeof account.cash;
    await eventually(() => expect(each.session.state().alerts.get('CashDifference-account')?.severity).toBe('critical'));
    expect(each.session.state().cash).toBe(money('100000'));
    const at = each.session.state().now;
    await each.session.command({ kind: 'ClockTicked', at: instantFromMs(at + 300_000) });
    expect(each.session.state().tradingState).toBe('HALTED');
    await each.session.command({ kind: 'KillSwitchReleased', at, by: 'user:ada', reason: 'a gift' });
    expect(each.session.state()).toMatchObject({ cash: money('100012.5'), tradingState: 'ACTIVE' });
    assertState(each.session.state());
  });
});
