import { describe, expect, test } from 'vitest';
import { FRESH_MS } from '../approvals/roles.ts';
import { price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import { contentHash, WAITING_PER_AGENT_MAX } from '../recommendations/agent-proposal.ts';
import type { Recommendation, Shown, Verdict } from '../recommendations/recommendation.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import { policyNow } from './agent-proposals.ts';
import type { EventOf } from './events.ts';
import { waitingRecommendations } from './recommending.ts';
import { step } from './step.ts';
import { openDesk, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const AGENT = 'agent:k1';
const MINUTE = 60_000;
const { unchecked: _unchecked, ...FIGURES } = UNLIMITED;
/** Of equity of 100,000 one person lets 2,000 go in an hour. */
const LIMITS: Limits = { ...FIGURES, agentApprovalNotionalRatioMax: ratio('0.02') };

function openAgentDesk(limits: Limits = LIMITS): Desk {
  const desk = openDesk(limits);
  desk.mark('100');
  return desk;
}

function propose(desk: Desk, id: string, change: Partial<OrderIntent> = {}, also: Partial<EventOf<'OrderProposed'>> = {}): void {
  const intent = ticketIntent(id, { quantity: quantity('10'), origin: { kind: 'ticket', principal: AGENT }, ...change });
  const texts = { explanation: 'Earnings were raised.\nSee the run.', sources: ['run r1'], waitMs: 60 * MINUTE };
  desk.give({ kind: 'OrderProposed', at: desk.state.now, by: AGENT, person: 'ada', intent, ...texts, ...also });
}

const found = (desk: Desk, id: string): Recommendation => desk.state.recommendations.get(id) ?? expect.unreachable();
const shownOf = (desk: Desk, id: string): Shown => {
  const one = found(desk, id);
  return { hash: one.proposal?.hash ?? '', policyVersion: policyNow(desk.state, one, one.intent.quantity).version };
};

type Who = Partial<Omit<EventOf<'RecommendationDecided'>, 'kind' | 'at' | 'recommendationId' | 'verdict'>>;
const OLGA: Who = { by: 'user:olga', person: 'olga', role: 'risk_officer' };

function decide(desk: Desk, id: string, verdict: Verdict, who: Who = {}): void {
  const at = desk.state.now;
  const tess = { by: 'user:tess', person: 'tess', role: 'trader', confirmedAt: at, decidedAt: at } as const;
  desk.give({ kind: 'RecommendationDecided', at, recommendationId: id, verdict, ...tess, ...who });
}
const approve = (desk: Desk, id: string, who: Who = {}, shown: Shown = shownOf(desk, id)): void =>
  decide(desk, id, { kind: 'approve', shown }, who);

const sent = (desk: Desk): readonly string[] =>
  desk.effects.flatMap((effect) => (effect.kind === 'SubmitOrder' ? [effect.order.intent.id] : []));
const wait = (desk: Desk, ms: number): void => desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + ms) });
/** What was said of the last event; time then goes on, for at one instant the same refusal is told once. */
function refusal(desk: Desk): string | undefined {
  const said = desk.last.flatMap((effect) => (effect.kind === 'AlertRaised' ? [effect.alert.detail] : [])).at(-1);
  wait(desk, 1);
  return said;
}

describe('what an agent proposes', () => {
  test('waits, reserves nothing, and goes once as its own order when a person lets it go', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    expect(found(desk, 'a')).toMatchObject({ state: 'waiting', proposal: { by: AGENT, owner: 'ada', sources: ['run r1'] } });
    expect(found(desk, 'a').proposal?.hash).toBe(contentHash(found(desk, 'a')));
    expect([desk.state.orders.size, sent(desk)]).toEqual([0, []]);
    approve(desk, 'a');
    expect(sent(desk)).toEqual(['a']);
    expect(desk.order('a').intent.origin).toMatchObject({ kind: 'ticket', principal: AGENT, approvedBy: ['tess'] });
    approve(desk, 'a');
    expect([sent(desk), refusal(desk)]).toEqual([['a'], expect.stringMatching(/No recommendation with this id waits/)]);
    propose(desk, 'a');
    expect([sent(desk), refusal(desk)]).toEqual([['a'], expect.stringMatching(/used before/)]);
  });

  test('is refused at once with every reason where the gate would deny it now, an exit as well', () => {
    const desk = openAgentDesk({ ...LIMITS, orderNotionalRatioMax: ratio('0.001'), orderRiskRatioMax: ratio('0.0001') });
    propose(desk, 'a');
    expect(found(desk, 'a')).toMatchObject({ state: 'refused', denials: [{ code: 'OrderRisk' }, { code: 'OrderNotional' }] });
    propose(desk, 'exit', { side: 'sell', reduceOnly: true });
    expect(found(desk, 'exit').state).toBe('refused');
    expect(waitingRecommendations(desk.state)).toEqual([]);
  });

  test('waits five at a time, however many come', () => {
    const desk = openAgentDesk();
    for (let number = 0; number < 40; number += 1) {
      wait(desk, 1);
      propose(desk, `flood-${number}`, { limitPrice: price(String(60 + number)) });
    }
    expect(waitingRecommendations(desk.state)).toHaveLength(WAITING_PER_AGENT_MAX);
    expect(refusal(desk)).toMatch(/5 orders of this agent wait/);
  });

  test.each(['refused', 'withdrawn'] as const)('comes so many times in an hour, also where each is %s', (end) => {
    const desk = openAgentDesk(end === 'refused' ? { ...LIMITS, orderNotionalRatioMax: ratio('0.001') } : LIMITS);
    const once = (id: string, also: Partial<EventOf<'OrderProposed'>> = { perHourMax: 3 }, change: Partial<OrderIntent> = {}): void => {
      wait(desk, 1);
      propose(desk, id, change, also);
      const reason = 'changed';
      const withdrawn = { kind: 'RecommendationWithdrawn', at: desk.state.now, by: AGENT, recommendationId: id, reason } as const;
      if (desk.state.recommendations.get(id)?.state === 'waiting') desk.give(withdrawn);
    };
    for (let number = 0; number < 9; number += 1) once(`flood-${number}`);
    expect([...desk.state.recommendations.values()].map(({ state }) => state)).toEqual([end, end, end]);
    expect(refusal(desk)).toBe(`${AGENT}: 3 orders of this agent were proposed within the hour: wait, and propose what matters most.`);
    once('other', { by: 'agent:k2', perHourMax: 3 }, { origin: { kind: 'ticket', principal: 'agent:k2' } });
    once('of before', {});
    expect([...desk.state.recommendations.keys()].slice(3)).toEqual(['other', 'of before']);
    wait(desk, 60 * MINUTE);
    desk.mark('100');
    once('later');
    expect(found(desk, 'later').state).toBe(end);
  });

  test.each<readonly [string, Partial<EventOf<'OrderProposed'>>, RegExp]>([
    ['a null byte', { explanation: 'buy\u0000' }, /control characters/],
    ['an escape', { explanation: 'buy\u001b[2K' }, /control characters/],
    ['a line break in a source', { sources: ['run\nr1'] }, /control characters/],
    ['too long', { explanation: 'x'.repeat(2_001) }, /1 to 2000/],
    ['too many sources', { sources: Array.from({ length: 11 }, () => 'x') }, /at most 10/],
    ['too short a time', { waitMs: 4 * MINUTE }, /5 to 1440/],
    ['too long a time', { waitMs: 1_441 * MINUTE }, /5 to 1440/],
    ['a person', { by: 'user:ada' }, /Agents alone/],
    ['another agent', { by: 'agent:k2' }, /Agents alone/],
  ])('is not taken: %s', (_name, change, problem) => {
    const desk = openAgentDesk();
    propose(desk, 'a', {}, change);
    expect([desk.state.recommendations.size, refusal(desk)]).toEqual([0, expect.stringMatching(problem)]);
  });

  test('is kept as it came, hidden characters and all', () => {
    const desk = openAgentDesk();
    const explanation = 'b\u200buy \u202eyub';
    propose(desk, 'a', {}, { explanation });
    expect(found(desk, 'a').proposal?.explanation).toBe(explanation);
  });

  test('is taken back by the agent or its owner, and by nobody else', () => {
    const desk = openAgentDesk();
    const withdraw = (by: string): void =>
      desk.give({ kind: 'RecommendationWithdrawn', at: desk.state.now, by, recommendationId: 'a', reason: 'changed' });
    propose(desk, 'a');
    for (const by of ['agent:k2', 'user:tess', 'user:k1']) {
      withdraw(by);
      expect(found(desk, 'a').state).toBe('waiting');
    }
    withdraw('user:ada');
    expect(found(desk, 'a').state).toBe('withdrawn');
  });
});

describe('an approval of an agent’s order', () => {
  test.each<readonly [string, Who, RegExp]>([
    ['the agent', { by: AGENT, person: 'ada', confirmedAt: undefined }, /Programs decide/],
    ['the agent with a log-in that it does not have', { by: AGENT, person: 'ada' }, /A key lets no order/],
    ['a service', { by: 'user:k9', person: 'ada' }, /A key lets no order/],
    ['a viewer', { role: 'viewer' }, /role trader/],
    ['an old log-in', { confirmedAt: instantFromMs(0) }, /last 15 minutes/],
  ])('does not count by %s', (_name, who, problem) => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    approve(desk, 'a', who);
    expect([sent(desk), refusal(desk)]).toEqual([[], expect.stringMatching(problem)]);
  });

  test('counts with a log-in of exactly a quarter of an hour ago', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    approve(desk, 'a', { confirmedAt: instantFromMs(desk.state.now - FRESH_MS) });
    expect(sent(desk)).toEqual(['a']);
  });

  test('is bound to the content and the risk policy that were shown', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    const shown = shownOf(desk, 'a');
    decide(desk, 'a', { kind: 'approve' });
    expect(refusal(desk)).toMatch(/Say what you were shown/);
    approve(desk, 'a', {}, { ...shown, hash: shown.hash.replace(/./, 'x') });
    expect(refusal(desk)).toMatch(/not what is proposed/);
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ada', name: 'openOrdersMax', value: '400', reason: 'why' });
    approve(desk, 'a', {}, shown);
    expect([sent(desk), refusal(desk)]).toEqual([[], 'user:tess: The risk policy has changed since you looked: look again.']);
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ada', who: AGENT, name: 'openOrdersMax', value: '300', reason: 'why' });
    expect(shownOf(desk, 'a').policyVersion).not.toBe(shown.policyVersion);
    approve(desk, 'a');
    expect(sent(desk)).toEqual(['a']);
  });

  test('does not count for content that was changed after it was proposed', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    const shown = shownOf(desk, 'a');
    const one = found(desk, 'a');
    const changed = { ...one, intent: { ...one.intent, quantity: quantity('19') } };
    desk.state = { ...desk.state, recommendations: new Map([['a', changed]]) };
    approve(desk, 'a', {}, shown);
    expect([sent(desk), refusal(desk)]).toEqual([[], expect.stringMatching(/not what was proposed/)]);
  });

  test('comes too late when the time is over', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    const shown = shownOf(desk, 'a');
    desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 60 * MINUTE) });
    expect(found(desk, 'a').state).toBe('expired');
    approve(desk, 'a', {}, shown);
    expect(sent(desk)).toEqual([]);
  });

  test('is judged by the gate as it is when it is let go', () => {
    const desk = openAgentDesk();
    propose(desk, 'a');
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ada', name: 'orderNotionalUsdMax', value: '10', reason: 'why' });
    approve(desk, 'a');
    expect(found(desk, 'a')).toMatchObject({ state: 'denied', denials: [{ code: 'OrderNotional' }] });
    expect(sent(desk)).toEqual([]);
  });
});

describe('beyond what one person lets go', () => {
  test('the first approval is kept, and another person who looks after risk lets it go', () => {
    const desk = openAgentDesk();
    propose(desk, 'a', { quantity: quantity('21') });
    approve(desk, 'a');
    expect(found(desk, 'a')).toMatchObject({ state: 'waiting', firstApproval: { person: 'tess', quantity: quantity('21') } });
    approve(desk, 'a', { role: 'admin' });
    expect(refusal(desk)).toMatch(/somebody else must too/);
    approve(desk, 'a', { by: 'user:bob', person: 'bob' });
    expect(refusal(desk)).toMatch(/risk officer/);
    decide(desk, 'a', { kind: 'reduce', quantity: quantity('20.5'), reason: 'less', shown: shownOf(desk, 'a') }, OLGA);
    expect([sent(desk), refusal(desk)]).toEqual([[], expect.stringMatching(/The first approval is for 21 units/)]);
    approve(desk, 'a', OLGA);
    expect(sent(desk)).toEqual(['a']);
    expect(desk.order('a').intent.origin).toMatchObject({ approvedBy: ['tess', 'olga'] });
    expect(found(desk, 'a')).toMatchObject({ state: 'approved', decision: { person: 'olga', after: { person: 'tess' } } });
  });

  test('exactly at it one suffices, and the owner of the agent may be that one', () => {
    const desk = openAgentDesk();
    propose(desk, 'a', { quantity: quantity('20') });
    approve(desk, 'a', { by: 'user:ada', person: 'ada' });
    expect(sent(desk)).toEqual(['a']);
  });

  test('the first approval dies with the risk policy by which it was given', () => {
    const desk = openAgentDesk();
    propose(desk, 'a', { quantity: quantity('21') });
    approve(desk, 'a');
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ada', name: 'openOrdersMax', value: '400', reason: 'why' });
    approve(desk, 'a', OLGA);
    expect([sent(desk), found(desk, 'a').firstApproval?.person]).toEqual([[], 'olga']);
  });

  test('an order in twenty pieces is as large as it was, also by two agents of one owner, until the hour is over', () => {
    const desk = openAgentDesk();
    const piece = (number: number): void => {
      wait(desk, 6_000);
      const by = number % 2 === 0 ? AGENT : 'agent:k2';
      const size = { quantity: quantity('5'), limitPrice: price('100'), origin: { kind: 'ticket', principal: by } } as const;
      propose(desk, `piece-${number}`, size, { by });
      if (desk.state.recommendations.has(`piece-${number}`)) approve(desk, `piece-${number}`);
    };
    for (let number = 0; number < 20; number += 1) piece(number);
    // Four of $500 are $2,000.
    expect(sent(desk)).toEqual(['piece-0', 'piece-1', 'piece-2', 'piece-3']);
    expect(waitingRecommendations(desk.state).every(({ firstApproval }) => firstApproval?.person === 'tess')).toBe(true);
    desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + 60 * MINUTE) });
    desk.mark('100');
    propose(desk, 'later', { quantity: quantity('20') });
    approve(desk, 'later');
    expect(sent(desk)).toContain('later');
  });

  test('what closes a position takes one person, however large it is', () => {
    const desk = openAgentDesk();
    desk.hold('100');
    propose(desk, 'exit', { side: 'sell', quantity: quantity('100'), reduceOnly: true });
    approve(desk, 'exit');
    expect(sent(desk)).toContain('exit');
  });
});

test('a process that dies between the approval and the broker’s answer has let go once: the same events lead to the same one order', () => {
  const desk = openAgentDesk();
  propose(desk, 'a');
  const before = desk.state;
  const at = before.now;
  const who = { by: 'user:tess', person: 'tess', role: 'trader', confirmedAt: at, decidedAt: at } as const;
  const verdict = { kind: 'approve', shown: shownOf(desk, 'a') } as const;
  const approval = { kind: 'RecommendationDecided', at, recommendationId: 'a', verdict, ...who } as const;
  // Not durable: nothing was let go. Durable: what is replayed is the order with the same id, and a second approval finds nothing that waits.
  expect(before.orders.has('a')).toBe(false);
  const replayed = step(before, approval);
  expect(replayed.effects.filter(({ kind }) => kind === 'SubmitOrder')).toHaveLength(1);
  expect(step(before, approval)).toEqual(replayed);
  expect(step(replayed.state, approval).effects.filter(({ kind }) => kind === 'SubmitOrder')).toEqual([]);
});
