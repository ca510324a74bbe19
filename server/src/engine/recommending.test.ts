import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRESH_MS } from '../approvals/roles.ts';
import { price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Recommendation, Verdict } from '../recommendations/recommendation.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import type { Execution } from '../strategies/execution.ts';
import type { EventOf } from './events.ts';
import { waitingRecommendations } from './recommending.ts';
import { step } from './step.ts';
import { held, NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const DAY = 86_400_000;

const setOn = (desk: Desk, execution: Execution): void =>
  desk.give({ kind: 'StrategyExecutionSet', at: desk.state.now, by: 'user:ada', strategyId: 's1', execution, reason: 'why' });

function openRecommending(limits: Limits = UNLIMITED, execution: Execution = { mode: 'recommend' }): Desk {
  const desk = openDesk(limits);
  setOn(desk, execution);
  return desk;
}

type Deciding = Omit<EventOf<'RecommendationDecided'>, 'kind' | 'at' | 'recommendationId' | 'verdict'>;
const BOB: Deciding = { by: 'user:bob', person: 'bob', role: 'trader', confirmedAt: NOON, decidedAt: NOON };
const decideOn = (desk: Desk, id: string, verdict: Verdict, change: Partial<Deciding> = {}): void =>
  desk.give({ kind: 'RecommendationDecided', at: desk.state.now, recommendationId: id, verdict, ...BOB, ...change });

const APPROVE: Verdict = { kind: 'approve' };
const REJECT: Verdict = { kind: 'reject', reason: 'not now' };
const reduceTo = (units: string): Verdict => ({ kind: 'reduce', quantity: quantity(units), reason: 'half of it' });

function only(desk: Desk): Recommendation {
  const waiting = waitingRecommendations(desk.state);
  expect(waiting).toHaveLength(1);
  return waiting[0] ?? expect.unreachable();
}
const ended = (desk: Desk, { id }: Recommendation): Recommendation => desk.state.recommendations.get(id) ?? expect.unreachable();
const sent = (desk: Desk): readonly string[] =>
  desk.last.flatMap((effect) => (effect.kind === 'SubmitOrder' ? [effect.order.intent.id] : []));
const fill = (desk: Desk, id: string, units: string): void =>
  desk.says(id, { event: 'fill', filled: units, average: '100', execution: [units, '100', `fill-${id}`] });

describe('an order that would open a position', () => {
  test('waits for a person with its reason and its figures, and nothing is reserved', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    expect(desk.kinds()).toEqual(['StrategyChanged', 'RecommendationChanged', 'AlertRaised']);
    const one = only(desk);
    expect(one).toMatchObject({
      strategyId: 's1',
      intent: { symbol: 'ALDR', side: 'buy', quantity: quantity('10'), reason: 'test' },
      evidence: { exposureBefore: 0n, exposureAfter: quantity('1000'), grossBefore: 0n, grossAfter: quantity('1000') },
      expiresAt: instantFromMs(desk.state.now + DAY),
    });
    expect([desk.state.orders.size, desk.state.activity.requests]).toEqual([0, openDesk().state.activity.requests]);
  });

  test('goes once when a person approves it, under the id that was recommended', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    decideOn(desk, one.id, APPROVE);
    expect(sent(desk)).toEqual([one.id]);
    expect(ended(desk, one)).toMatchObject({ state: 'approved', decision: { person: 'bob', quantity: quantity('10') } });
    decideOn(desk, one.id, APPROVE);
    expect([sent(desk), desk.kinds()]).toEqual([[], ['AlertRaised']]);
    fill(desk, one.id, '10');
    expect(held(desk, 's1')).toBe(quantity('10'));
  });

  test('goes with fewer units where a person reduces it', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    decideOn(desk, one.id, reduceTo('4'));
    expect(desk.order(one.id).intent.quantity).toBe(quantity('4'));
    expect(ended(desk, one)).toMatchObject({ state: 'reduced', decision: { quantity: quantity('4'), reason: 'half of it' } });
  });

  test.each([
    ['more than was recommended', reduceTo('11'), {}],
    ['as much as was recommended', reduceTo('10'), {}],
    ['nothing', reduceTo('0'), {}],
    ['less than nothing', reduceTo('-3'), {}],
    ['a rejection without a reason', { kind: 'reject', reason: ' ' }, {}],
    ['a reduction without a reason', { kind: 'reduce', quantity: quantity('3'), reason: '' }, {}],
    ['a program', APPROVE, { confirmedAt: undefined }],
    ['a viewer', APPROVE, { role: 'viewer' }],
  ] as const)('%s does not count', (_name, verdict, change) => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    decideOn(desk, one.id, verdict, change);
    expect([sent(desk), desk.kinds(), only(desk).id]).toEqual([[], ['AlertRaised'], one.id]);
  });

  test('is left when it is rejected, and the reason is kept', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    decideOn(desk, one.id, REJECT);
    expect(ended(desk, one)).toMatchObject({ state: 'rejected', decision: { by: 'user:bob', reason: 'not now' } });
    expect([desk.state.orders.size, waitingRecommendations(desk.state)]).toEqual([0, []]);
    expect([...desk.state.alerts.keys()].filter((id) => id.startsWith('OrderRecommended'))).toEqual([]);
  });

  test('expires by the time of any event, and cannot be approved in that very moment', () => {
    const desk = openRecommending(UNLIMITED, { mode: 'recommend', waitMs: 60_000 });
    desk.decide(1, 100, 1);
    const one = only(desk);
    desk.give({ kind: 'ClockTicked', at: instantFromMs(one.expiresAt - 1) });
    expect(only(desk).id).toBe(one.id);
    const approval = { kind: 'RecommendationDecided', at: one.expiresAt, recommendationId: one.id, verdict: APPROVE, ...BOB } as const;
    desk.give(approval);
    expect(sent(desk)).toEqual([]);
    expect(ended(desk, one)).toMatchObject({ state: 'expired', endedAt: one.expiresAt });
  });

  test('gives way to what the strategy decides next of the symbol', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const first = only(desk);
    desk.decide(1.4, 100, undefined);
    expect(only(desk).id).toBe(first.id);
    desk.decide(1.8, 100, 0.5);
    expect(ended(desk, first)).toMatchObject({ state: 'superseded' });
    expect(only(desk).intent.quantity).toBe(quantity('5'));
    decideOn(desk, first.id, APPROVE);
    expect(sent(desk)).toEqual([]);
  });

  test('is told to the strategy as something that waits', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    desk.decide(1.5, 100, undefined);
    const asks = desk.effects.flatMap((effect) => (effect.kind === 'AskStrategy' ? [effect.working] : []));
    expect(asks).toEqual([[0], [1]]);
  });

  test('that the gate denies is denied at once: nobody is asked about what could not be sent', () => {
    const desk = openRecommending({ ...UNLIMITED, openPositionsMax: 0 });
    desk.decide(1, 100, 1);
    expect(waitingRecommendations(desk.state)).toEqual([]);
    expect([...desk.state.orders.values()].map(({ state }) => state)).toEqual(['denied']);
  });
});

describe('at its release the order passes the gate again', () => {
  test('with limits of now: a denial is told with its codes, and ends it', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    const tighter = { kind: 'LimitSet', by: 'user:ada', name: 'orderNotionalUsdMax', value: '500', reason: 'why' } as const;
    desk.give({ ...tighter, at: desk.state.now });
    decideOn(desk, one.id, APPROVE);
    expect(sent(desk)).toEqual([]);
    expect(ended(desk, one)).toMatchObject({ state: 'denied', denials: [{ code: 'OrderNotional' }], decision: { person: 'bob' } });
    expect(desk.order(one.id).state).toBe('denied');
  });

  test('with prices of now', () => {
    const desk = openRecommending({ ...UNLIMITED, orderNotionalUsdMax: price('1100') as bigint as Limits['orderNotionalUsdMax'] });
    desk.decide(1, 100, 1);
    desk.mark('120');
    const one = only(desk);
    decideOn(desk, one.id, APPROVE);
    expect(ended(desk, one)).toMatchObject({ state: 'denied', denials: [{ code: 'OrderNotional' }] });
  });

  test.each(['freeze', 'flatten'] as const)('a kill switch (%s) ends all that waits', (action) => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action, reason: 'stop' });
    expect(ended(desk, one).state).toBe('superseded');
    decideOn(desk, one.id, APPROVE);
    expect(sent(desk)).toEqual([]);
  });

  test('an account that is halted releases nothing', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    desk.give({ kind: 'StateUnreadable', at: desk.state.now, reason: 'test' });
    decideOn(desk, one.id, APPROVE);
    expect([sent(desk), ended(desk, one).state]).toEqual([[], 'denied']);
    expect(ended(desk, one).denials?.map(({ code }) => code)).toContain('TradingState');
  });

  test('what opposes another owner by then is not sent', () => {
    const desk = openRecommending();
    desk.decide(1, 100, -1);
    const one = only(desk);
    desk.hold('3');
    decideOn(desk, one.id, APPROVE);
    expect([sent(desk), ended(desk, one).state]).toEqual([[], 'denied']);
  });

  test('with real money a person has logged in within the last quarter of an hour', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    const live = { ...desk.state, mode: 'live' as const };
    const stale = { ...BOB, confirmedAt: instantFromMs(NOON - FRESH_MS - 1) };
    const event = { kind: 'RecommendationDecided', at: live.now, recommendationId: one.id, verdict: APPROVE, ...stale } as const;
    expect(step(live, event).effects.map(({ kind }) => kind)).toEqual(['AlertRaised']);
  });
});

describe('exits leave by themselves', () => {
  function holding(): Desk {
    const desk = openRecommending();
    desk.wish(1, 100, { symbol: 'ALDR', kind: 'target', measure: 'units', amount: 10, stopLoss: 90, reason: 'in' });
    const one = only(desk);
    decideOn(desk, one.id, APPROVE);
    fill(desk, one.id, '10');
    return desk;
  }

  test('a stop stands at the broker as soon as the approved order has filled', () => {
    const desk = holding();
    const exits = [...desk.state.orders.values()].filter(({ intent }) => intent.protects === true);
    expect(exits.map(({ intent, state }) => [intent.type, intent.stopPrice, state])).toEqual([['stop', price('90'), 'approved']]);
  });

  test('what closes is sent, and of a turn to the other side only the second half waits', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const first = only(desk);
    decideOn(desk, first.id, APPROVE);
    fill(desk, first.id, '10');
    desk.decide(2, 100, -1);
    const closing = sent(desk)[0] ?? '';
    expect(desk.order(closing).intent).toMatchObject({ side: 'sell', quantity: quantity('10') });
    expect(waitingRecommendations(desk.state)).toEqual([]);
    fill(desk, closing, '10');
    expect([sent(desk), held(desk, 's1') ?? 0n]).toEqual([[], 0n]);
    expect(only(desk)).toMatchObject({ id: `${closing}-open`, intent: { side: 'sell', quantity: quantity('10') } });
  });

  test('what protects a position stays when its strategy goes into shadow', () => {
    const desk = holding();
    setOn(desk, { mode: 'shadow' });
    expect(desk.kinds()).not.toContain('CancelOrder');
    expect([...desk.state.protections.keys()]).toEqual(['s1 ALDR']);
  });

  test('a paused strategy recommends nothing any more', () => {
    const desk = openRecommending();
    desk.decide(1, 100, 1);
    const one = only(desk);
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'why' });
    expect(ended(desk, one)).toMatchObject({ state: 'superseded', because: 'The strategy was paused: why' });
  });
});

describe('how orders leave is set by a person', () => {
  test('one person alone restricts, and two are asked for to let orders leave by themselves', () => {
    const desk = openDesk();
    desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
    setOn(desk, { mode: 'shadow' });
    setOn(desk, { mode: 'recommend' });
    expect(desk.kinds()).toContain('StrategyChanged');
    setOn(desk, { mode: 'automatic' });
    expect(desk.kinds()).toEqual(['AlertRaised']);
    expect(desk.state.strategies.get('s1')?.execution).toEqual({ mode: 'recommend' });
  });

  test('what was sent to open and has not filled is taken back, what closes is not', () => {
    const desk = openDesk();
    desk.wish(1, 100, { symbol: 'ALDR', kind: 'limit', measure: 'units', amount: 7, limit: 95, orderNumber: 1, reason: 'in' });
    const entry = sent(desk)[0] ?? '';
    desk.says(entry, { event: 'new', status: 'new' });
    setOn(desk, { mode: 'recommend' });
    expect(desk.order(entry).state).toBe('pending_cancel');
  });

  test('the same setting again, and a waiting time that is none, change nothing', () => {
    const desk = openRecommending();
    for (const execution of [{ mode: 'recommend' }, { mode: 'recommend', waitMs: 59_999 }, { mode: 'shadow', waitMs: 60_000 }] as const) {
      desk.mark('100');
      setOn(desk, execution);
      expect(desk.kinds()).toEqual(['AlertRaised']);
    }
  });

  test('an account on which nobody set anything holds nothing of it', () => {
    const desk = openDesk();
    desk.decide(1, 100, 1);
    expect(desk.state.strategies.get('s1')).not.toHaveProperty('execution');
    expect(sent(desk)).toHaveLength(1);
  });
});

/** Law: whatever happens in whatever order, no unit is held that no person let go. */
test('a strategy that recommends never holds more than people approved', () => {
  const deed = fc.oneof(
    fc.record({ kind: fc.constant('decide' as const), exposure: fc.constantFrom(1, 0.5, 0, -1) }),
    fc.record({ kind: fc.constant('approve' as const) }),
    fc.record({ kind: fc.constant('reduce' as const), to: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('reject' as const) }),
    fc.record({ kind: fc.constant('fill' as const) }),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 25 }), (deeds) => {
      const desk = openRecommending();
      let approved = 0n;
      let day = 0;
      for (const each of deeds) {
        const [one] = waitingRecommendations(desk.state);
        if (each.kind === 'decide') desk.decide((day += 1), 100, each.exposure);
        else if (each.kind === 'fill') {
          for (const { id, state, intent } of desk.state.orders.values())
            if (state === 'approved') fill(desk, id, String(intent.quantity / 1_000_000_000n));
        } else if (one !== undefined) {
          const verdict = each.kind === 'reduce' ? reduceTo(String(each.to)) : each.kind === 'approve' ? APPROVE : REJECT;
          decideOn(desk, one.id, verdict);
          approved += ended(desk, one).decision?.quantity ?? 0n;
        }
        const holds = held(desk, 's1') ?? 0n;
        expect(holds < 0n ? -holds : holds).toBeLessThanOrEqual(approved);
        for (const { id, intent } of desk.state.orders.values()) {
          const asked = desk.state.recommendations.get(id);
          if (asked !== undefined) expect(intent.quantity).toBe(asked.decision?.quantity);
        }
      }
    }),
    { numRuns: 60 },
  );
});
