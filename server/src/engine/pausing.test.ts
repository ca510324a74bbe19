import { describe, expect, test } from 'vitest';
import { newProposal } from '../approvals/proposal.ts';
import type { Change } from '../approvals/proposal.ts';
import { price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BrakeScope } from '../risk/brakes.ts';
import { pauseAt } from './pausing.ts';
import { held, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const ACCOUNT: BrakeScope = { kind: 'account' };
const STRATEGY: BrakeScope = { kind: 'strategy', strategyId: 's1' };
const SYMBOL: BrakeScope = { kind: 'symbol', symbol: 'ALDR' };

const pause = (desk: Desk, scope: BrakeScope, reason = 'a rumour'): void =>
  desk.give({ kind: 'EntriesPaused', at: desk.state.now, by: 'user:ada', scope, reason });
const newest = (desk: Desk): string => [...desk.state.orders.keys()].at(-1) ?? '';
const codesOf = (desk: Desk, id: string): readonly string[] => desk.order(id).decision.denials.map(({ code }) => code);
const cancelled = (desk: Desk): readonly string[] => desk.last.flatMap((effect) => (effect.kind === 'CancelOrder' ? [effect.orderId] : []));

/** Ada proposes, Bert approves. */
function approve(desk: Desk, change: Change): void {
  const proposedAt = instantFromMs(desk.state.now);
  const proposal = newProposal({ change, reason: 'looked at it', by: 'user:ada', person: 'ada', proposedAt });
  desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: 'user:ada', proposal });
  const who = { by: 'user:bert', person: 'bert', role: 'risk_officer', confirmedAt: proposedAt, decidedAt: proposedAt } as const;
  desk.give({ kind: 'ChangeApproved', at: desk.state.now, proposalId: proposal.id, hash: proposal.hash, ...who });
}
function unpauseOf(desk: Desk, scope: BrakeScope): Change {
  const brake = pauseAt(desk.state, scope);
  if (brake === undefined) throw new Error('Invariant: it is paused');
  return { kind: 'unpause', scope, since: brake.since, because: brake.because };
}

describe('a pause', () => {
  test.each([
    { name: 'of the account', scope: ACCOUNT, ticket: ['Paused'] },
    { name: 'of the strategy', scope: STRATEGY, ticket: [] },
    { name: 'of the symbol', scope: SYMBOL, ticket: ['Paused'] },
  ])('$name stops what opens, cancels nothing, and lets exits go on', ({ scope, ticket }) => {
    const desk = openDesk();
    desk.hold('100');
    desk.ticket('before', { limitPrice: price('90') });
    desk.says('before', { event: 'new' });
    pause(desk, scope);
    expect(cancelled(desk)).toEqual([]);
    expect(desk.kinds()).toContain('BrakePut');
    expect([desk.state.tradingState, desk.order('before').state]).toEqual(['ACTIVE', 'working']);
    expect(pauseAt(desk.state, scope)).toMatchObject({ by: 'user:ada', because: 'a rumour', since: desk.state.now, reset: 'person' });
    desk.ticket('after', { limitPrice: price('91') });
    expect(codesOf(desk, 'after')).toEqual(ticket);
    desk.decide(1, 101, 1);
    expect(codesOf(desk, newest(desk))).toEqual(['Paused']);
    desk.ticket('exit', { side: 'sell', reduceOnly: true });
    expect(desk.order('exit').state).toBe('approved');
  });

  test('a strategy that is paused still leaves what it holds', () => {
    const desk = openDesk();
    desk.decide(1, 101, 1);
    desk.says(newest(desk), { event: 'fill', filled: '10', execution: ['10', '101', 'e1'] });
    pause(desk, STRATEGY);
    desk.decide(2, 102, 0);
    expect(desk.order(newest(desk))).toMatchObject({ state: 'approved', intent: { side: 'sell' } });
    desk.says(newest(desk), { event: 'fill', filled: '10', execution: ['10', '102', 'e2'] });
    expect(held(desk, 's1') ?? 0n).toBe(0n);
    // Switched off and on again it is asked as before: only what opens is held back.
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'a look' });
    desk.give({ kind: 'StrategyEnabled', at: desk.state.now, by: 'user:ada', strategyId: 's1' });
    expect(desk.state.strategies.get('s1')?.state).not.toBe('paused');
  });

  test('what was said first stays; a thing that is not there is not paused', () => {
    const desk = openDesk();
    pause(desk, ACCOUNT);
    pause(desk, ACCOUNT, 'another reason');
    expect(pauseAt(desk.state, ACCOUNT)?.because).toBe('a rumour');
    pause(desk, { kind: 'strategy', strategyId: 'nobody' });
    expect(desk.state.brakes.size).toBe(1);
  });

  test('two people let it go, and exactly the one that they have seen', () => {
    const desk = openDesk();
    desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
    pause(desk, ACCOUNT);
    desk.give({ kind: 'BrakeReleased', at: desk.state.now, by: 'user:ada', code: 'Pause', scope: ACCOUNT, reason: 'alone' });
    expect(pauseAt(desk.state, ACCOUNT)).toBeDefined();
    const change = unpauseOf(desk, ACCOUNT);
    approve(desk, { ...change, because: 'something else' } as Change);
    expect(pauseAt(desk.state, ACCOUNT)).toBeDefined();
    approve(desk, change);
    expect(pauseAt(desk.state, ACCOUNT)).toBeUndefined();
    expect(desk.last.find(({ kind }) => kind === 'BrakeLifted')).toMatchObject({ reason: 'looked at it (approved by user:bert)' });
    expect([...desk.state.alerts.values()].some(({ code }) => code === 'Pause')).toBe(false);
    desk.ticket('after', { limitPrice: price('91') });
    expect(desk.order('after').state).toBe('approved');
  });

  test('a new session and the release of the trading state do not end it', () => {
    const desk = openDesk();
    pause(desk, SYMBOL);
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ada', action: 'freeze', reason: 'drill' });
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ada', reason: 'over' });
    desk.give({ kind: 'SessionOpened', at: desk.state.now, date: '2024-03-05' });
    expect(pauseAt(desk.state, SYMBOL)).toBeDefined();
  });
});
