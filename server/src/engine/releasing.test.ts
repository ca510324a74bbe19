import { expect, test } from 'vitest';
import { UNLIMITED } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import { waitingRecommendations } from './recommending.ts';
import { openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** A strategy that recommends some orders, all of them waiting; of its entries one a minute is let through. */
function openWaiting(count: number): Desk {
  const { unchecked: _unchecked, ...rest } = UNLIMITED;
  const limits: Limits = { ...rest, orderRateStrategyMinuteMax: 1 };
  const desk = openDesk(limits);
  desk.give({
    kind: 'StrategyExecutionSet',
    at: desk.state.now,
    by: 'user:ada',
    strategyId: 's1',
    execution: { mode: 'recommend' },
    reason: 'why',
  });
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const wish = { symbol: 'ALDR', kind: 'limit', measure: 'units', amount: 1, reason: 'in' } as const;
  // Within the session that is open.
  desk.wish(0.01, 100, ...numbers.map((orderNumber) => ({ ...wish, limit: 90 + orderNumber, orderNumber })));
  expect(waitingRecommendations(desk.state)).toHaveLength(count);
  return desk;
}

function approve(desk: Desk, recommendationId: string): void {
  const at = desk.state.now;
  const decider = { by: 'user:bob', person: 'bob', role: 'trader', confirmedAt: at, decidedAt: at } as const;
  desk.give({ kind: 'RecommendationDecided', at, recommendationId, verdict: { kind: 'approve' }, ...decider });
}

/** What was told of recommendations with the last event: each with what became of it. */
const told = ({ last }: Desk) =>
  last.flatMap((effect) =>
    effect.kind === 'RecommendationChanged' ? [[effect.recommendation.id, effect.recommendation.state] as const] : [],
  );

test('an order that was let go and pauses its strategy by being denied ends once, as denied; what else waits is superseded', () => {
  const desk = openWaiting(5);
  const ids = waitingRecommendations(desk.state).map(({ id }) => id);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = ids;
  approve(desk, first);
  expect(told(desk)).toEqual([[first, 'approved']]);
  for (const id of [second, third]) {
    approve(desk, id);
    expect(told(desk)).toEqual([[id, 'denied']]);
  }
  expect(desk.state.strategies.get('s1')?.state).not.toBe('paused');
  // The third denial for coming too fast pauses, and a pause ends what waits.
  approve(desk, fourth);
  expect(desk.state.strategies.get('s1')?.state).toBe('paused');
  expect(told(desk)).toEqual([
    [fifth, 'superseded'],
    [fourth, 'denied'],
  ]);
  expect(desk.state.recommendations.get(fourth)).toMatchObject({ state: 'denied', denials: [{ code: 'OrderRate' }] });
  expect(desk.state.recommendations.get(fourth)).not.toHaveProperty('because');
  expect([...desk.state.recommendations.keys()].toSorted()).toEqual(ids.toSorted());
});
