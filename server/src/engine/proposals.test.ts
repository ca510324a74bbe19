import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRESH_MS, ROLES } from '../approvals/roles.ts';
import { newProposal, OPEN_PER_PERSON_MAX, PROPOSAL_MS } from '../approvals/proposal.ts';
import type { Change, Proposal } from '../approvals/proposal.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { price, quantity } from '../money/fixed.ts';
import type { BrokerPosition } from '../orders/broker.ts';
import { DEFAULT_LIMITS, formatLimit, tightens } from '../risk/limits.ts';
import type { EngineEvent, EventOf } from './events.ts';
import { differencesNow } from './proposals.ts';
import { openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

/** The wall clock, which is not the venue's. */
const WALL = instantFromMs(Date.UTC(2026, 0, 5, 9));
const later = (ms: number): Instant => instantFromMs(WALL + ms);

const RAISE: Change = { kind: 'limit', name: 'openPositionsMax', from: '20', to: '30' };
const proposalOf = (change: Change, person = 'ann', proposedAt = WALL): Proposal =>
  newProposal({ change, reason: 'because', by: `user:${person}`, person, proposedAt });

function openPair(): Desk {
  const desk = openDesk(DEFAULT_LIMITS);
  desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
  return desk;
}
const proposeOn = (desk: Desk, proposal: Proposal): void =>
  desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: proposal.by, proposal });
type Approving = Omit<EventOf<'ChangeApproved'>, 'kind' | 'at' | 'proposalId'>;
const BOB: Omit<Approving, 'hash'> = { by: 'user:bob', person: 'bob', role: 'risk_officer', confirmedAt: WALL, decidedAt: later(1_000) };
const approveOn = (desk: Desk, { id, hash }: Proposal, change: Partial<Approving> = {}): void =>
  desk.give({ kind: 'ChangeApproved', at: desk.state.now, proposalId: id, hash, ...BOB, ...change });
const limitOf = (desk: Desk): string => formatLimit('openPositionsMax', desk.state.limits.openPositionsMax);

describe('a limit that is loosened', () => {
  test('by one person alone stays where it is, and tightening holds at once', () => {
    const desk = openPair();
    const set = (value: string): void =>
      desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ann', name: 'openPositionsMax', value, reason: 'why' });
    set('21');
    expect([limitOf(desk), desk.kinds()]).toEqual(['20', ['AlertRaised']]);
    set('19');
    expect([limitOf(desk), desk.kinds()]).toEqual(['19', ['LimitChanged']]);
  });

  test('is approved and changed in one step, with its proposal, once', () => {
    const desk = openPair();
    const proposal = proposalOf(RAISE);
    proposeOn(desk, proposal);
    expect([limitOf(desk), desk.kinds()]).toEqual(['20', ['ProposalChanged', 'AlertRaised']]);
    approveOn(desk, proposal);
    expect(desk.kinds()).toEqual(['ProposalChanged', 'AlertClosed', 'LimitChanged']);
    expect(desk.last[0]).toMatchObject({ state: 'applied', decidedBy: 'user:bob', proposal });
    expect(desk.last[2]).toMatchObject({ from: '20', to: '30', by: 'user:ann', reason: 'because (approved by user:bob)' });
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ann', name: 'openPositionsMax', value: '20', reason: 'why' });
    approveOn(desk, proposal);
    expect([limitOf(desk), desk.kinds()]).toEqual(['20', ['AlertRaised']]);
  });

  test.each([
    ['the proposer', { by: 'user:ann', person: 'ann' }],
    ['a program of the proposer', { by: 'user:key-1', person: 'ann' }],
    ['the proposer under another person’s name', { by: 'user:ann' }],
    ['a trader', { role: 'trader' as const }],
    ['a program', { confirmedAt: undefined }],
    ['a stale log-in', { confirmedAt: later(1_000 - FRESH_MS - 1) }],
    ['a log-in of the future', { confirmedAt: later(1_001) }],
    ['another hash', { hash: 'f'.repeat(64) }],
    ['too late', { decidedAt: later(PROPOSAL_MS), confirmedAt: later(PROPOSAL_MS) }],
  ])('%s does not count', (_name, change) => {
    const desk = openPair();
    const proposal = proposalOf(RAISE);
    proposeOn(desk, proposal);
    approveOn(desk, proposal, change);
    expect([limitOf(desk), desk.kinds()]).toEqual(['20', ['AlertRaised']]);
    expect(desk.state.proposals.has(proposal.id)).toBe(true);
  });

  test.each([
    ['a log-in just fresh enough', { confirmedAt: later(1_000 - FRESH_MS) }],
    ['a millisecond before it expires', { decidedAt: later(PROPOSAL_MS - 1), confirmedAt: later(PROPOSAL_MS - 1) }],
    ['an admin', { role: 'admin' as const }],
  ])('%s counts', (_name, change) => {
    const desk = openPair();
    const proposal = proposalOf(RAISE);
    proposeOn(desk, proposal);
    approveOn(desk, proposal, change);
    expect(limitOf(desk)).toBe('30');
  });

  test('that was changed in between is obsolete, and nothing happens', () => {
    const desk = openPair();
    const proposal = proposalOf(RAISE);
    proposeOn(desk, proposal);
    desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ann', name: 'openPositionsMax', value: '5', reason: 'why' });
    approveOn(desk, proposal);
    expect(limitOf(desk)).toBe('5');
    expect(desk.last[0]).toMatchObject({ kind: 'ProposalChanged', state: 'obsolete' });
    expect(desk.state.proposals.size).toBe(0);
  });

  test.each([
    ['beyond the ceiling', { kind: 'limit', name: 'orderRiskRatioMax', from: '0.02', to: '0.06' }],
    ['that is tightened', { kind: 'limit', name: 'openPositionsMax', from: '20', to: '10' }],
    ['that is what it is', { kind: 'limit', name: 'openPositionsMax', from: '20', to: '20' }],
    ['whose value is another one', { kind: 'limit', name: 'openPositionsMax', from: '7', to: '30' }],
    ['that is no number', { kind: 'limit', name: 'openPositionsMax', from: '20', to: 'many' }],
  ] as const)('one %s is not even proposed', (_name, change) => {
    const desk = openPair();
    proposeOn(desk, proposalOf(change));
    expect([desk.state.proposals.size, desk.kinds()]).toEqual([0, ['AlertRaised']]);
  });

  test('content that does not fit its hash is not taken', () => {
    const desk = openPair();
    proposeOn(desk, { ...proposalOf(RAISE), change: { ...RAISE, to: '200' } });
    expect(desk.state.proposals.size).toBe(0);
  });
});

test('at most five open proposals of one person, and one for one thing', () => {
  const desk = openPair();
  const names = [
    'concentrationBroadRatioMax',
    'concentrationRatioMax',
    'priceCollarRatioMax',
    'orderNotionalRatioMax',
    'orderRiskRatioMax',
    'openPositionsMax',
  ] as const;
  const raise = (index: number): Change => {
    const name = names[index] ?? 'orderRiskRatioMax';
    const from = formatLimit(name, DEFAULT_LIMITS[name]);
    return { kind: 'limit', name, from, to: name === 'openPositionsMax' ? String(Number(from) + 1) : (Number(from) + 0.001).toFixed(3) };
  };
  for (let index = 0; index < 6; index += 1) proposeOn(desk, proposalOf(raise(index)));
  expect(desk.state.proposals.size).toBe(OPEN_PER_PERSON_MAX);
  proposeOn(desk, proposalOf(raise(0), 'cleo'));
  expect(desk.state.proposals.size).toBe(OPEN_PER_PERSON_MAX);
  proposeOn(desk, proposalOf(raise(5), 'cleo'));
  expect(desk.state.proposals.size).toBe(OPEN_PER_PERSON_MAX + 1);
});

const passing = (desk: Desk, ms: number): void => desk.give({ kind: 'ClockTicked', at: instantFromMs(desk.state.now + ms) });
const theirs = (size: string): BrokerPosition => ({ symbol: 'ALDR', quantity: quantity(size), averagePrice: price('50') });

describe('a release', () => {
  const kill = (desk: Desk): void =>
    desk.give({ kind: 'KillSwitchEngaged', at: desk.state.now, by: 'user:ann', action: 'freeze', reason: 'drill' });

  test('takes two people', () => {
    const desk = openPair();
    kill(desk);
    desk.give({ kind: 'KillSwitchReleased', at: desk.state.now, by: 'user:ann', reason: 'all is well' });
    expect(desk.state.tradingState).toBe('FROZEN');
    const proposal = proposalOf({ kind: 'release', from: 'FROZEN', accepts: [] });
    proposeOn(desk, proposal);
    approveOn(desk, proposal);
    expect(desk.state).toMatchObject({ tradingState: 'ACTIVE', tradingStateBy: 'user:ann' });
  });

  test('was proposed for another state: nothing happens', () => {
    const desk = openPair();
    desk.give({ kind: 'StateUnreadable', at: desk.state.now, reason: 'a test' });
    const proposal = proposalOf({ kind: 'release', from: 'HALTED', accepts: [] });
    proposeOn(desk, proposal);
    kill(desk);
    approveOn(desk, proposal);
    expect(desk.state.tradingState).toBe('FROZEN');
  });

  test('accepts exactly the difference that was shown', () => {
    const desk = openPair();
    desk.reconcile([theirs('7')]);
    desk.reconcile([theirs('7')]);
    expect(desk.state.tradingState).toBe('HALTED');
    const accepts = differencesNow(desk.state);
    expect(accepts).toHaveLength(1);
    const proposal = proposalOf({ kind: 'accept', accepts });
    proposeOn(desk, proposal);
    desk.reconcile([theirs('9')]);
    // Seen once it may be a fill on its way: there is nothing to accept yet.
    expect(differencesNow(desk.state)).toEqual([]);
    passing(desk, 10_000);
    desk.reconcile([theirs('9')]);
    approveOn(desk, proposal);
    expect(desk.state.positions.size).toBe(0);
    const again = proposalOf({ kind: 'accept', accepts: differencesNow(desk.state) }, 'ann', later(1));
    proposeOn(desk, again);
    approveOn(desk, again, { decidedAt: later(2_000) });
    expect(desk.state.positions.get('ALDR')?.quantity).toBe(9_000_000_000n);
    // Taking over what the broker holds is one thing, trading on another.
    expect(desk.state.tradingState).toBe('HALTED');
  });

  const taken = { positions: 1, proposals: 0 };
  const waits = { positions: 0, proposals: 1 };
  test.each([
    { name: 'has not stood for ten seconds', stood: 9_999, ago: 0, outcome: waits },
    { name: 'has stood for ten seconds', stood: 10_000, ago: 0, outcome: taken },
    { name: 'was seen ten seconds ago', stood: 10_000, ago: 10_000, outcome: taken },
    { name: 'was seen longer ago', stood: 10_000, ago: 10_001, outcome: waits },
  ])('a difference that $name: two people accept it or wait', ({ stood, ago, outcome }) => {
    const desk = openPair();
    desk.reconcile([theirs('7')]);
    passing(desk, stood);
    desk.reconcile([theirs('7')]);
    const proposal = proposalOf({ kind: 'release', from: 'HALTED', accepts: differencesNow(desk.state) });
    proposeOn(desk, proposal);
    passing(desk, ago);
    approveOn(desk, proposal);
    expect({ positions: desk.state.positions.size, proposals: desk.state.proposals.size }).toEqual(outcome);
    expect(desk.state.tradingState).toBe(outcome === taken ? 'ACTIVE' : 'HALTED');
  });
});

test('rejected, taken back and expired: each closes it, and only by whom it may', () => {
  const desk = openPair();
  const reject = (proposal: Proposal, by: Partial<Omit<EventOf<'ChangeRejected'>, 'kind'>>): void =>
    desk.give({ kind: 'ChangeRejected', at: desk.state.now, proposalId: proposal.id, reason: 'no', ...BOB, ...by });
  const open = (ms: number): Proposal => {
    const proposal = proposalOf(RAISE, 'ann', later(ms));
    proposeOn(desk, proposal);
    return proposal;
  };
  const first = open(0);
  reject(first, { role: 'trader' });
  expect(desk.state.proposals.size).toBe(1);
  reject(first, {});
  expect(desk.last[0]).toMatchObject({ state: 'rejected', decidedBy: 'user:bob', decisionReason: 'no' });
  const second = open(1);
  reject(second, { by: 'user:ann', person: 'ann', role: 'trader' });
  expect(desk.last[0]).toMatchObject({ state: 'rejected', decidedBy: 'user:ann' });
  const third = open(2);
  const expire = (decidedAt: Instant): void => desk.give({ kind: 'ChangeExpired', at: desk.state.now, proposalId: third.id, decidedAt });
  expire(later(PROPOSAL_MS + 1));
  expect(desk.state.proposals.size).toBe(1);
  expire(later(PROPOSAL_MS + 2));
  expect(desk.last[0]).toMatchObject({ state: 'expired' });
  expect(desk.state.proposals.size).toBe(0);
});

test('law: whatever three people send, a limit is loosened only by a proposal that another one approved in the same step', () => {
  const people = ['ann', 'bob', 'cleo'] as const;
  const person = fc.constantFrom(...people);
  const value = fc.integer({ min: 0, max: 60 }).map(String);
  const action = fc.oneof(
    fc.record({ what: fc.constant('set' as const), person, value }),
    fc.record({ what: fc.constant('propose' as const), person, value }),
    fc.record({
      what: fc.constant('approve' as const),
      person,
      role: fc.constantFrom(...ROLES),
      which: fc.nat(3),
      ago: fc.constantFrom(0, FRESH_MS, FRESH_MS + 1, undefined),
      ahead: fc.constantFrom(0, PROPOSAL_MS - 1, PROPOSAL_MS),
    }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const desk = openPair();
      const made: Proposal[] = [];
      for (const [index, each] of actions.entries()) {
        const before = desk.state.limits.openPositionsMax;
        const by = `user:${each.person}`;
        const at = desk.state.now;
        let event: EngineEvent;
        if (each.what === 'set') event = { kind: 'LimitSet', at, by, name: 'openPositionsMax', value: each.value, reason: 'x' };
        else if (each.what === 'propose') {
          const change: Change = { kind: 'limit', name: 'openPositionsMax', from: String(before), to: each.value };
          const proposal = proposalOf(change, each.person, later(index));
          made.push(proposal);
          event = { kind: 'ChangeProposed', at, by, proposal };
        } else {
          const proposal = made.at(-1 - each.which) ?? made.at(-1);
          if (proposal === undefined) continue;
          const decidedAt = instantFromMs(proposal.proposedAt + each.ahead);
          const confirmedAt = each.ago === undefined ? undefined : instantFromMs(decidedAt - each.ago);
          const { role } = each;
          event = {
            kind: 'ChangeApproved',
            at,
            by,
            person: each.person,
            role,
            confirmedAt,
            decidedAt,
            proposalId: proposal.id,
            hash: proposal.hash,
          };
        }
        desk.give(event);
        const now = desk.state.limits.openPositionsMax;
        if (now === before || tightens('openPositionsMax', before, now)) continue;
        const applied = desk.last.find((effect) => effect.kind === 'ProposalChanged');
        expect(event).toMatchObject({ kind: 'ChangeApproved', role: expect.stringMatching(/risk_officer|admin/) });
        expect(applied).toMatchObject({ state: 'applied', decidedBy: by, proposal: { change: { to: String(now) } } });
        expect(applied?.proposal.person).not.toBe(each.person);
      }
    }),
    { numRuns: 200 },
  );
});
