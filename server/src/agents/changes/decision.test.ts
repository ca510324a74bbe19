import { describe, expect, test } from 'vitest';
import type { Decider } from '../../approvals/approval.ts';
import { FRESH_MS } from '../../approvals/roles.ts';
import { instantFromMs } from '../../money/instant.ts';
import { changeHash, linesOfChange, titleOfChange } from './change.ts';
import type { AgentChange, ChangeProposal, ProposedChange } from './change.ts';
import { changeApprovalProblem, changeRejectionProblem, changeWithdrawalProblem } from './decision.ts';

const NOW = Date.parse('2026-03-02T15:00:00Z');
const at = (ms: number) => instantFromMs(NOW + ms);
const FROM = { parameters: { fast: 5, slow: 20 }, symbols: ['ALDR'], allocation: '0.2', size: 'units:7' };
const CONFIGURE: AgentChange = {
  kind: 'parameters',
  strategyId: 's1',
  strategyName: 'Turtle',
  version: 'c'.repeat(64),
  from: FROM,
  to: { ...FROM, parameters: { fast: 6, slow: 20 }, allocation: '0.1' },
};
const PROPOSED: ProposedChange = {
  id: 'one',
  agent: 'agent:k1',
  owner: 'ada',
  change: CONFIGURE,
  explanation: 'Less noise.',
  sources: ['run r1'],
  createdAt: at(-1_000),
  expiresAt: at(60_000),
};
const PROPOSAL: ChangeProposal = {
  ...PROPOSED,
  hash: changeHash(PROPOSED),
  state: 'waiting',
  decidedBy: undefined,
  decidedAt: undefined,
  because: undefined,
  outcome: undefined,
};
const TESS: Decider = { by: 'user:tess', person: 'tess', role: 'trader', confirmedAt: at(-1_000), decidedAt: at(0) };

interface Case {
  readonly name: string;
  readonly proposal?: Partial<ChangeProposal>;
  readonly hash?: string;
  readonly decider?: Partial<Decider>;
  readonly problem: RegExp | undefined;
}

describe('an approval', () => {
  test.each<Case>([
    { name: 'of what was shown, by a trader who has just logged in', problem: undefined },
    { name: 'by the owner of the agent', decider: { by: 'user:ada', person: 'ada' }, problem: undefined },
    { name: 'of another hash', hash: 'f'.repeat(64), problem: /look at it again/ },
    { name: 'of a text that was changed since', proposal: { explanation: 'Trust me.' }, problem: /not what was proposed/ },
    {
      name: 'of a change that was changed since',
      proposal: { change: { ...CONFIGURE, strategyId: 's2' } },
      problem: /not what was proposed/,
    },
    { name: 'by the agent', decider: { by: 'agent:k1', person: 'ada' }, problem: /A key lets no change/ },
    { name: 'by a key of a service', decider: { by: 'user:k2', person: 'ada' }, problem: /A key lets no change/ },
    { name: 'by a viewer', decider: { role: 'viewer' }, problem: /role trader/ },
    { name: 'at the last moment of a log-in', decider: { confirmedAt: at(-FRESH_MS) }, problem: undefined },
    { name: 'by an old log-in', decider: { confirmedAt: at(-FRESH_MS - 1) }, problem: /last 15 minutes/ },
    { name: 'by nobody who logged in', decider: { confirmedAt: undefined }, problem: /last 15 minutes/ },
    { name: 'at the moment it expires', decider: { decidedAt: at(60_000) }, problem: /expired/ },
    { name: 'of what is decided', proposal: { state: 'rejected' }, problem: /waits no more: it is rejected/ },
    { name: 'of what was approved', proposal: { state: 'approved' }, problem: /waits no more: it is approved/ },
    { name: 'of what has expired', proposal: { state: 'expired' }, problem: /has expired/ },
  ])('$name', ({ proposal, hash, decider, problem }) => {
    const found = changeApprovalProblem({ ...PROPOSAL, ...proposal }, hash ?? PROPOSAL.hash, { ...TESS, ...decider });
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});

test('traders reject, and the agent or its owner takes it back', () => {
  expect(changeRejectionProblem(PROPOSAL, TESS)).toBeUndefined();
  expect(changeRejectionProblem(PROPOSAL, { role: 'viewer' })).toMatch(/role trader/);
  expect(changeRejectionProblem({ ...PROPOSAL, state: 'withdrawn' }, TESS)).toMatch(/it is withdrawn/);
  expect([changeWithdrawalProblem(PROPOSAL, 'agent:k1'), changeWithdrawalProblem(PROPOSAL, 'user:ada')]).toEqual([undefined, undefined]);
  expect(changeWithdrawalProblem(PROPOSAL, 'agent:k2')).toMatch(/Its agent takes it back/);
  expect(changeWithdrawalProblem({ ...PROPOSAL, state: 'failed' }, 'agent:k1')).toMatch(/it is failed/);
});

describe('what a person is shown', () => {
  test.each<{ name: string; change: AgentChange; title: string; lines: readonly (readonly [string, string | undefined, string])[] }>([
    {
      name: 'parameters, and only those that differ',
      change: CONFIGURE,
      title: 'Configure Turtle',
      lines: [
        ['Version', undefined, 'cccccccccccc'],
        ['fast', '5', '6'],
        ['Share of equity', '0.2', '0.1'],
      ],
    },
    {
      name: 'a limit of a strategy',
      change: { kind: 'limit', name: 'orderNotionalUsdMax', strategyId: 's1', from: '1000', to: '500' },
      title: 'Lower a limit of strategy s1: Size of one order in dollars',
      lines: [
        ['Of strategy', undefined, 's1'],
        ['Size of one order in dollars', '$1000', '$500'],
      ],
    },
    {
      name: 'a model that takes two people',
      change: {
        kind: 'promotion',
        modelId: 'd'.repeat(64),
        line: 'ml-rank on ALDR (1Day)',
        from: 'shadow',
        to: 'champion',
        displaces: 'e'.repeat(64),
        evidence: ['300 rows'],
      },
      title: 'Promote a model to champion: ml-rank on ALDR (1Day)',
      lines: [
        ['Model dddddddddddd', 'shadow', 'champion'],
        ['Takes the place of', undefined, 'eeeeeeeeeeee'],
        ['Takes', undefined, 'two people: whoever approves this asks the second'],
        ['Evidence', undefined, '300 rows'],
      ],
    },
  ])('$name', ({ change, title, lines }) => {
    expect(titleOfChange(change)).toBe(title);
    expect(linesOfChange(change).map(({ label, before, after }) => [label, before, after])).toEqual(lines);
  });
});
