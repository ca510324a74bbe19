import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { isApprovedOrder } from '../risk/gate.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../risk/limits.ts';
import type { EngineEvent, KillAction } from './events.ts';
import { held, NOON, openDesk, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const kill = (desk: Desk, action: KillAction, reason = 'drill'): void =>
  desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action, reason });
const release = (desk: Desk, reason: string): void => desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason });
const submitted = (desk: Desk): readonly string[] =>
  desk.last.flatMap((effect) => (effect.kind === 'SubmitOrder' ? [effect.order.intent.id] : []));

describe('the kill switch', () => {
  test('closes the gate first, then cancels every open order, in one step', () => {
    const desk = openDesk();
    desk.ticket('a');
    desk.ticket('b');
    desk.says('a', { event: 'new' });
    desk.says('b', { event: 'new' });
    kill(desk, 'freeze');
    const kinds = desk.kinds();
    expect(kinds[0]).toBe('TradingStateChanged');
    expect(desk.last.flatMap((effect) => (effect.kind === 'CancelOrder' ? [effect.orderId] : []))).toEqual(['a', 'b']);
    expect(desk.state).toMatchObject({ tradingState: 'FROZEN', tradingStateBecause: 'kill switch: drill', tradingStateBy: 'user:ada' });
    desk.ticket('c');
    expect(desk.order('c')).toMatchObject({ state: 'denied' });
    expect(desk.order('c').decision.denials.map(({ code }) => code)).toContain('TradingState');
  });

  test('cancels an order in flight as soon as the broker acknowledges it', () => {
    const desk = openDesk();
    desk.ticket('a');
    kill(desk, 'freeze');
    expect(desk.kinds()).not.toContain('CancelOrder');
    desk.says('a', { event: 'accepted' });
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 'a', brokerOrderId: 'broker-a' });
  });

  test('an order that the broker has, and whose outcome nobody knows, is asked back and stays unknown until the broker answers', () => {
    const desk = openDesk();
    desk.ticket('a');
    desk.says('a', { event: 'a word that nobody knows' });
    desk.give({ kind: 'OrderOutcomeUnknown', at: NOON, orderId: 'a', message: 'timed out' });
    kill(desk, 'freeze');
    expect(desk.last).toContainEqual({ kind: 'CancelOrder', orderId: 'a', brokerOrderId: 'broker-a' });
    expect(desk.order('a').state).toBe('unknown');
  });

  test('cancels again what a look-up shows still working', () => {
    const desk = openDesk();
    desk.ticket('a');
    desk.says('a', { event: 'new' });
    kill(desk, 'freeze');
    desk.says('a', { event: 'order_cancel_rejected', at: 10 });
    expect(desk.kinds()).toContain('CancelOrder');
  });

  test('freezing keeps positions; flattening closes them once their orders are gone', () => {
    const frozen = openDesk();
    frozen.hold('100');
    kill(frozen, 'freeze');
    expect(submitted(frozen)).toEqual([]);

    const desk = openDesk();
    desk.hold('100');
    desk.ticket('rest', { side: 'sell', limitPrice: price('120'), quantity: quantity('40') });
    desk.says('rest', { event: 'new' });
    kill(desk, 'flatten');
    expect(desk.state.tradingState).toBe('HALTED');
    expect(submitted(desk)).toEqual([]);
    desk.says('rest', { event: 'canceled', at: 10 });
    const [flatten = ''] = submitted(desk);
    expect(desk.order(flatten).intent).toMatchObject({
      side: 'sell',
      quantity: quantity('100'),
      reduceOnly: true,
      origin: { kind: 'flatten' },
    });
    desk.says(flatten, { event: 'fill', filled: '100', execution: ['100', '99', 'flat'], at: 20 });
    expect(held(desk)).toBeUndefined();
    expect(desk.state.flattening).toBeUndefined();
    expect(desk.state.tradingState).toBe('HALTED');
  });

  test('flattens a short by buying, and tries again at the next open what the broker let expire', () => {
    const desk = openDesk();
    desk.hold('-60');
    kill(desk, 'flatten');
    const [first = ''] = submitted(desk);
    expect(desk.order(first).intent).toMatchObject({ side: 'buy', quantity: quantity('60') });
    desk.says(first, { event: 'expired', at: 10 });
    expect(submitted(desk)).toEqual([]);
    desk.give({ kind: 'SessionOpened', at: instantFromMs(NOON + 86_400_000), date: '2024-03-05' });
    expect(submitted(desk)).toHaveLength(1);
  });

  test('a strategy’s waiting opening part is given up', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    const [entry] = [...desk.state.orders.keys()];
    desk.says(entry ?? '', { event: 'fill', filled: '10', execution: ['10', '101', 'e1'] });
    desk.decide(2, 99, -1);
    expect(desk.state.heldIntents.size).toBe(1);
    kill(desk, 'freeze');
    expect(desk.state.heldIntents.size).toBe(0);
    const closing = [...desk.state.orders.keys()].at(-1) ?? '';
    desk.says(closing, { event: 'fill', filled: '10', execution: ['10', '99', 'e2'], at: 90 });
    expect(submitted(desk)).toEqual([]);
    expect(held(desk)).toBeUndefined();
  });

  test('releasing takes a reason, and is a person’s act', () => {
    const desk = openDesk();
    kill(desk, 'freeze');
    release(desk, '  ');
    expect(desk.state.tradingState).toBe('FROZEN');
    release(desk, 'drill is over');
    expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', tradingStateBecause: 'drill is over' });
    expect(desk.last).toContainEqual({ kind: 'Reconcile', because: 'trading was released' });
    desk.ticket('after');
    expect(desk.order('after').state).toBe('approved');
  });

  test('after the kill nothing that opens is sent, whatever happens; and what is sent was approved by the gate', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('ticket' as const), side: fc.constantFrom('buy', 'sell'), size: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ kind: fc.constant('fill' as const), index: fc.nat(5) }),
      fc.record({ kind: fc.constant('decide' as const), exposure: fc.constantFrom(-1, 0, 1) }),
      fc.record({ kind: fc.constant('kill' as const), action: fc.constantFrom('freeze', 'flatten') }),
      fc.record({ kind: fc.constant('mark' as const), at: fc.integer({ min: 60, max: 140 }) }),
    );
    const act = (desk: Desk, what: typeof command extends fc.Arbitrary<infer T> ? T : never, round: number): void => {
      switch (what.kind) {
        case 'ticket':
          return desk.ticket(`t${round}`, {
            side: what.side,
            quantity: quantity(String(what.size)),
            limitPrice: price(what.side === 'buy' ? '110' : '90'),
          });
        case 'decide':
          return desk.decide(round, 100 + (round % 7), what.exposure);
        case 'mark':
          return desk.mark(what.at);
        case 'kill':
          return desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: what.action, reason: 'x' });
        case 'fill': {
          const open = [...desk.state.orders.values()].filter(({ state }) => state === 'approved')[what.index];
          if (open === undefined) return;
          const size = String(open.intent.quantity / 1_000_000_000n);
          return desk.says(open.id, { event: 'fill', filled: size, execution: [size, '100', `e${round}`] });
        }
      }
    };
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25 }), (whats) => {
        const desk = openDesk();
        for (const [round, what] of whats.entries()) {
          const stopped = desk.state.tradingState === 'HALTED' || desk.state.tradingState === 'FROZEN';
          act(desk, what, round + 1);
          const position = desk.state.positions.get('ALDR')?.quantity ?? 0n;
          for (const effect of desk.effects.splice(0)) {
            if (effect.kind !== 'SubmitOrder') continue;
            expect(isApprovedOrder(effect.order)).toBe(true);
            if (!stopped) continue;
            const { side, quantity: size } = effect.order.intent;
            expect(side === 'sell' ? position >= size : -position >= size).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('breakers', () => {
  test.each([
    { name: 'a loss of 2 % on the day', to: '96', state: 'HALF', code: 'DailyLoss' },
    { name: 'a loss of 3 % on the day', to: '94', state: 'REDUCING', code: 'DailyLoss' },
    { name: 'a fall of 10 % from the high-water mark', to: '80', state: 'HALTED', code: 'Drawdown' },
  ])('$name: $state', ({ to, state, code }) => {
    const desk = openDesk({ ...UNLIMITED, ...breakersOnly });
    desk.hold('500');
    desk.ticket('rest', { limitPrice: price('50'), quantity: quantity('1') });
    desk.says('rest', { event: 'new' });
    desk.mark(to);
    expect(desk.state.tradingState).toBe(state);
    expect([...desk.state.alerts.values()].map((alert) => alert.code)).toContain(code);
    expect(desk.kinds().includes('CancelOrder')).toBe(state === 'HALTED');
  });

  test('a release after a drawdown measures it from now on, so that it does not trip again at once', () => {
    const desk = openDesk({
      ...UNLIMITED,
      ...breakersOnly,
      dailyLossHalfRatioMax: UNLIMITED.dailyLossHalfRatioMax,
      dailyLossOffRatioMax: UNLIMITED.dailyLossOffRatioMax,
    });
    desk.hold('500');
    desk.mark('80');
    release(desk, 'seen');
    desk.mark('79.9');
    expect(desk.state.tradingState).toBe('ACTIVE');
  });

  test('the day is measured from the previous close: an overnight gap belongs to the new day', () => {
    const desk = openDesk({ ...UNLIMITED, ...breakersOnly });
    desk.hold('500');
    desk.give({ kind: 'SessionClosed', at: instantFromMs(desk.state.now + 1), date: '2024-03-04' });
    desk.mark('96');
    desk.give({ kind: 'SessionOpened', at: instantFromMs(NOON + 86_400_000), date: '2024-03-05' });
    expect(desk.state.equity?.sessionStartEquity).toBe(100_000_000_000_000n);
    expect(desk.state.tradingState).toBe('HALF');
  });
});

const { dailyLossHalfRatioMax, dailyLossOffRatioMax, drawdownHalfRatioMax, drawdownReduceRatioMax, drawdownKillRatioMax } = DEFAULT_LIMITS;
const breakersOnly = { dailyLossHalfRatioMax, dailyLossOffRatioMax, drawdownHalfRatioMax, drawdownReduceRatioMax, drawdownKillRatioMax };

describe('the gate is the only way', () => {
  test('before the first reconcile, and after the connection is lost, entries are denied and exits pass', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    const entry: EngineEvent = {
      kind: 'OrderRequested',
      at: desk.state.now,
      by: 'user:ada',
      intent: ticketIntent('entry', { quantity: quantity('10') }),
    };
    desk.give(entry);
    expect(desk.order('entry').state).toBe('approved');
    desk.says('entry', { event: 'fill', filled: '10', execution: ['10', '100', 'e1'] });
    desk.give({ kind: 'BrokerDisconnected', at: desk.state.now, reason: 'cable' });
    desk.ticket('more', { quantity: quantity('1') });
    expect(desk.order('more').state).toBe('denied');
    desk.ticket('out', { side: 'sell', quantity: quantity('10') });
    expect(desk.order('out').state).toBe('approved');
    desk.give({ kind: 'BrokerConnected', at: desk.state.now });
    desk.ticket('still', { quantity: quantity('1') });
    expect(desk.order('still').state).toBe('denied');
    desk.reconcile();
    // Below the exit that is still open: at its price it could trade with it.
    desk.ticket('again', { quantity: quantity('1'), limitPrice: price('99') });
    expect(desk.order('again').state).toBe('approved');
  });

  test('one id is one order, for ever', () => {
    const desk = openDesk();
    desk.ticket('same');
    desk.ticket('same');
    expect(submitted(desk)).toEqual([]);
    expect(desk.state.orders.size).toBe(1);
  });

  test('a denial says all that is wrong, and is not tried again', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    desk.ticket('big', { quantity: quantity('900') });
    const { denials } = desk.order('big').decision;
    expect(denials.map(({ code }) => code)).toEqual(expect.arrayContaining(['OrderRisk', 'OrderNotional', 'Concentration']));
    expect(desk.kinds()).toEqual(['OrderChanged', 'AlertRaised']);
  });
});

describe('a program’s kill switch', () => {
  const byProgram = (desk: Desk, action: KillAction, by = 'agent:k1'): void =>
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by, action, reason: 'drill', whenClosed: 'wait', program: true });
  const refusals = (desk: Desk): readonly string[] =>
    desk.last.flatMap((effect) =>
      effect.kind === 'AlertRaised' && effect.alert.code === 'KillSwitchRefused' ? [effect.alert.detail] : [],
    );

  test.each(['agent:k1', 'user:k2'])('of %s sells nothing of what people have frozen, and says so', (by) => {
    const desk = openDesk();
    desk.hold('100');
    kill(desk, 'freeze');
    byProgram(desk, 'flatten', by);
    expect(submitted(desk)).toEqual([]);
    expect(desk.state).toMatchObject({ tradingState: 'FROZEN', tradingStateBy: 'user:ada', flattening: undefined });
    expect(refusals(desk)).toEqual([expect.stringMatching(/^\S+: drill\. Trading is FROZEN.*only a person/)]);
    kill(desk, 'flatten');
    expect(submitted(desk)).toHaveLength(1);
  });

  test('does not undo its own freeze either', () => {
    const desk = openDesk();
    desk.hold('100');
    byProgram(desk, 'freeze');
    byProgram(desk, 'flatten');
    expect([desk.state.tradingState, submitted(desk)]).toEqual(['FROZEN', []]);
  });

  test.each(['freeze', 'flatten'] as const)('leaves alone what a person is having closed: %s', (action) => {
    const desk = openDesk();
    desk.hold('100');
    kill(desk, 'flatten');
    const { flattening } = desk.state;
    desk.says(submitted(desk)[0] ?? '', { event: 'new' });
    byProgram(desk, action);
    expect(desk.kinds()).not.toContain('CancelOrder');
    expect(desk.state).toMatchObject({ tradingState: 'HALTED', tradingStateBy: 'user:ada', flattening });
    expect(refusals(desk)).toEqual([expect.stringMatching(/A person is having all positions closed/)]);
  });

  test('stops everything else: it freezes what trades, is halted, or another program is closing', () => {
    const desk = openDesk();
    desk.hold('100');
    byProgram(desk, 'flatten');
    expect([desk.state.tradingState, submitted(desk).length]).toEqual(['HALTED', 1]);
    byProgram(desk, 'freeze');
    expect(desk.state).toMatchObject({ tradingState: 'FROZEN', flattening: undefined });
    byProgram(desk, 'freeze');
    expect([desk.state.tradingState, refusals(desk)]).toEqual(['FROZEN', []]);
  });

  test('in a record of before does what it did', () => {
    const desk = openDesk();
    desk.hold('100');
    kill(desk, 'freeze');
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'agent:k1', action: 'flatten', reason: 'drill', whenClosed: 'wait' });
    expect([desk.state.tradingState, submitted(desk).length]).toEqual(['HALTED', 1]);
  });
});

describe('flattening while the market is closed', () => {
  const stop = (desk: Desk): void =>
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'flatten', reason: 'drill', whenClosed: 'wait' });
  const opens = (desk: Desk, days: number): void =>
    desk.give({ kind: 'SessionOpened', at: instantFromMs(NOON + days * 86_400_000), date: `2024-03-0${4 + days}` });
  const closes = (desk: Desk): void =>
    desk.give({ kind: 'SessionClosed', at: desk.state.now, date: desk.state.sessionDate ?? '2024-03-04' });

  test('cancels at once, closes at the next open what is held then, and says so', () => {
    const desk = openDesk();
    desk.hold('10');
    desk.ticket('resting');
    desk.says('resting', { event: 'new' });
    closes(desk);
    stop(desk);
    expect(submitted(desk)).toEqual([]);
    expect(desk.last.some((effect) => effect.kind === 'CancelOrder')).toBe(true);
    expect([...desk.state.alerts.values()].map(({ code }) => code)).toContain('FlattenWaits');
    // Filled before the cancel arrived: it is held then, too.
    desk.says('resting', { event: 'fill', status: 'filled', filled: '100', average: '50', execution: ['100', '50', 'late'] });
    expect(submitted(desk)).toEqual([]);
    opens(desk, 1);
    expect(submitted(desk)).toHaveLength(1);
    expect(desk.last).toContainEqual(expect.objectContaining({ kind: 'AlertClosed', alertId: 'FlattenWaits-account' }));
    expect(desk.order(submitted(desk)[0] ?? '').intent).toMatchObject({ side: 'sell', quantity: quantity('110'), reduceOnly: true });
  });

  test('a release before the open closes nothing, and ends the alert', () => {
    const desk = openDesk();
    desk.hold('10');
    closes(desk);
    stop(desk);
    release(desk, 'no need');
    expect([...desk.state.alerts.values()].map(({ code }) => code)).not.toContain('FlattenWaits');
    opens(desk, 1);
    expect(submitted(desk)).toEqual([]);
  });

  test('a record of before sends at once, as it did', () => {
    const desk = openDesk();
    desk.hold('10');
    closes(desk);
    kill(desk, 'flatten');
    expect(submitted(desk)).toHaveLength(1);
  });
});
