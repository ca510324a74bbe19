import { describe, expect, test } from 'vitest';
import type { PaperRecord } from '../approvals/paper-record.ts';
import { hashOf, newProposal } from '../approvals/proposal.ts';
import type { Change } from '../approvals/proposal.ts';
import { ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { missingSentence, limitsDigest, promotionChecklist, promotionStage } from './promotion-checklist.ts';
import type { PromotionFacts } from './promotion-checklist.ts';
import { configHash, isPromoted, paperDays } from './promotion.ts';
import type { StrategySlot } from './state.ts';
import { NOON, openDesk, STRATEGY } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const RECORD: PaperRecord = {
  version: STRATEGY.version,
  configHash: configHash(STRATEGY),
  account: 'PA1',
  strategyId: 'as-it-was-called-there',
  days: 20,
  decisions: 400,
  differences: 0,
  backtests: 2,
  seq: 9_000,
  head: 'a'.repeat(64),
  madeAt: NOON,
};
const slotOf = (desk: Desk): StrategySlot => {
  const slot = desk.state.strategies.get('s1');
  if (slot === undefined) throw new Error('Invariant: the desk has a strategy');
  return slot;
};
function openLive(): Desk {
  const desk = openDesk(DEFAULT_LIMITS, { mode: 'live' });
  desk.give({ kind: 'SecondPersonRequired', at: desk.state.now });
  return desk;
}
type Promoting = Extract<Change, { kind: 'promote' }>;
const promotion = (desk: Desk, change: Partial<Promoting> = {}): Promoting => ({
  kind: 'promote',
  strategyId: 's1',
  version: STRATEGY.version,
  configHash: configHash(STRATEGY),
  evidence: ['20 days'],
  record: RECORD,
  limitsHash: limitsDigest(desk.state, 's1'),
  ...change,
});
const withoutRecord = ({ record: _record, ...rest }: Promoting): Promoting => rest;
/** Ann proposes, Bob approves. */
function promote(desk: Desk, change: Change, meanwhile: () => void = () => undefined): void {
  const proposal = newProposal({ change, reason: 'it has served', by: 'user:ann', person: 'ann', proposedAt: NOON });
  desk.give({ kind: 'ChangeProposed', at: desk.state.now, by: 'user:ann', proposal });
  meanwhile();
  const bob = { by: 'user:bob', person: 'bob', role: 'risk_officer', confirmedAt: NOON, decidedAt: NOON } as const;
  desk.give({ kind: 'ChangeApproved', at: desk.state.now, proposalId: proposal.id, hash: proposal.hash, ...bob });
}
const missing = (desk: Desk, facts: Partial<PromotionFacts>): readonly string[] =>
  promotionChecklist(slotOf(desk), desk.state, { record: RECORD, limitsReviewed: true, ...facts })
    .filter(({ done, due }) => !done && due === 'proposal')
    .map(({ code }) => code);

describe('the checklist', () => {
  const rows: readonly [string, Partial<PromotionFacts>, readonly string[]][] = [
    ['all there', {}, []],
    ['one day short', { record: { ...RECORD, days: 19 } }, ['PaperDays']],
    ['one difference', { record: { ...RECORD, differences: 1 } }, ['Parity']],
    ['nothing decided', { record: { ...RECORD, decisions: 0 } }, ['Parity']],
    ['never backtested', { record: { ...RECORD, backtests: 0 } }, ['Backtested']],
    ['backtested here', { record: { ...RECORD, backtests: 0 }, backtests: 1 }, []],
    ['limits not looked through', { limitsReviewed: false }, ['LimitsReviewed']],
    ['exactly 7 days old', { record: { ...RECORD, madeAt: instantFromMs(NOON + 1_000 - 7 * 86_400_000) } }, []],
    ['a millisecond older', { record: { ...RECORD, madeAt: instantFromMs(NOON + 999 - 7 * 86_400_000) } }, ['PaperRecord']],
    ['made tomorrow', { record: { ...RECORD, madeAt: instantFromMs(NOON + 86_400_000) } }, ['PaperRecord']],
    ['of another version', { record: { ...RECORD, version: 'b'.repeat(64) } }, ['Backtested', 'SameConfiguration']],
    ['of another configuration', { record: { ...RECORD, configHash: 'b'.repeat(64) } }, ['SameConfiguration', 'PaperDays', 'Parity']],
    ['no record', { record: undefined }, ['Backtested', 'PaperRecord', 'SameConfiguration', 'PaperDays', 'Parity']],
  ];
  test.each(rows)('%s', (_name, facts, codes) => {
    const desk = openLive();
    expect(missing(desk, facts)).toEqual(codes);
    for (const code of codes)
      expect(missingSentence(promotionChecklist(slotOf(desk), desk.state, { record: RECORD, limitsReviewed: true, ...facts }))).toContain(
        `${code}: `,
      );
  });

  test('on a paper account counts the days that were served there', () => {
    const desk = openDesk(DEFAULT_LIMITS);
    expect(missing(desk, { record: undefined })).toEqual(['LiveAccount', 'Backtested', 'PaperRecord', 'PaperDays', 'Parity']);
    for (let day = 1; day <= 3; day += 1) {
      const at = instantFromMs(NOON + day * 86_400_000);
      desk.give({ kind: 'SessionOpened', at, date: `2024-03-0${4 + day}` }, { kind: 'SessionClosed', at, date: `2024-03-0${4 + day}` });
    }
    expect(paperDays(slotOf(desk), desk.state)).toBe(3);
    const { detail } = promotionChecklist(slotOf(desk), desk.state, { record: undefined, limitsReviewed: false })[4] ?? {};
    expect(detail).toMatch(/^3 of 20/);
  });
});

describe('a promotion', () => {
  test('lets the gate open for exactly this version, by two people', () => {
    const desk = openLive();
    desk.decide(1, 101, 1);
    expect([...desk.state.orders.values()].at(-1)?.decision.denials.map(({ code }) => code)).toContain('LiveGate');
    promote(desk, promotion(desk));
    expect(desk.kinds()).toContain('StrategyPromoted');
    expect([isPromoted(slotOf(desk), desk.state), paperDays(slotOf(desk), desk.state)]).toEqual([true, 20]);
    expect(promotionStage(slotOf(desk), desk.state, 0)).toBe('live');
    desk.decide(2, 100, 0.5);
    expect([...desk.state.orders.values()].at(-1)?.decision.denials.map(({ code }) => code)).not.toContain('LiveGate');
    desk.give({ kind: 'StrategyConfigured', at: desk.state.now, by: 'user:ada', config: { ...STRATEGY, allocation: ratio('0.5') } });
    expect([isPromoted(slotOf(desk), desk.state), paperDays(slotOf(desk), desk.state)]).toEqual([false, 0]);
  });

  test.each<[string, (desk: Desk) => Change]>([
    ['without a record', (desk) => withoutRecord(promotion(desk))],
    ['with a record that is short', (desk) => promotion(desk, { record: { ...RECORD, days: 19 } })],
    ['without a look at the limits', (desk) => promotion(desk, { limitsHash: 'c'.repeat(64) })],
    ['of another version', (desk) => promotion(desk, { version: 'v2' })],
  ])('%s is not even proposed', (_name, change) => {
    const desk = openLive();
    promote(desk, change(desk));
    expect([isPromoted(slotOf(desk), desk.state), desk.state.proposals.size]).toEqual([false, 0]);
  });

  test('is obsolete when a limit was changed after it was proposed, also to a tighter one', () => {
    const desk = openLive();
    promote(desk, promotion(desk), () =>
      desk.give({ kind: 'LimitSet', at: desk.state.now, by: 'user:ann', name: 'openPositionsMax', value: '5', reason: 'why' }),
    );
    expect(isPromoted(slotOf(desk), desk.state)).toBe(false);
    expect(desk.last[0]).toMatchObject({ kind: 'ProposalChanged', state: 'obsolete' });
  });

  test('has a hash over every field of its record; one of before keeps its own', () => {
    const desk = openLive();
    const base = newProposal({ change: promotion(desk), reason: 'x', by: 'user:ann', person: 'ann', proposedAt: NOON });
    for (const [field, value] of Object.entries(RECORD)) {
      const other = typeof value === 'number' ? value + 1 : `${value}x`;
      expect(hashOf({ ...base, change: promotion(desk, { record: { ...RECORD, [field]: other } }) })).not.toBe(base.hash);
    }
    expect(hashOf({ ...base, change: promotion(desk, { limitsHash: 'd'.repeat(64) }) })).not.toBe(base.hash);
  });
});
