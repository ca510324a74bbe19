import { limitText } from '../../approvals/words.ts';
import type { ChangeLine } from '../../approvals/words.ts';
import type { Instant } from '../../money/instant.ts';
import type { ModelState } from '../../models/model.ts';
import { digestOf } from '../../recommendations/agent-proposal.ts';
import { limitDefinition } from '../../risk/limits.ts';
import type { LimitName } from '../../risk/limits.ts';
import type { ParameterValues } from '../../strategies/strategy.ts';

/** What of a strategy is configured, as text where it is exact. */
export interface Configured {
  readonly parameters: ParameterValues;
  readonly symbols: readonly string[];
  /** Decimal text: a share of equity. */
  readonly allocation: string;
  /** As `formatSize` writes it. */
  readonly size: string;
}

/** What an agent may propose beside orders and versions: what is now, and what would be. Plain data, which JSON keeps as it is. */
export type AgentChange =
  | {
      readonly kind: 'parameters';
      readonly strategyId: string;
      readonly strategyName: string;
      /** Of the module: parameters mean something only to it. */
      readonly version: string;
      readonly from: Configured;
      readonly to: Configured;
    }
  /** A limit that is tightened, of the account or of one strategy; values are decimal text. */
  | {
      readonly kind: 'limit';
      readonly name: LimitName;
      readonly strategyId?: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'promotion';
      readonly modelId: string;
      /** Strategy, symbols and timeframe, in words. */
      readonly line: string;
      readonly from: ModelState;
      readonly to: ModelState;
      /** The champion of now, which it would take the place of. */
      readonly displaces?: string;
      readonly evidence: readonly string[];
    };
export type AgentChangeKind = AgentChange['kind'];
/** Each raises an alert, and people read them: one that proposes and takes back again and again is stopped here. */
export const CHANGES_PER_HOUR_MAX = 20;
export const AGENT_CHANGE_KINDS = ['parameters', 'limit', 'promotion'] as const satisfies readonly AgentChangeKind[];

/** `approved`: taken by a person; what came of it says the outcome. `failed`: approved, and nothing was done. */
export const CHANGE_PROPOSAL_STATES = ['waiting', 'approved', 'rejected', 'withdrawn', 'expired', 'failed'] as const;
export type ChangeProposalState = (typeof CHANGE_PROPOSAL_STATES)[number];

/** Everything that a person is shown of it. Times are the wall clock's: people live by it. */
export interface ProposedChange {
  readonly id: string;
  /** `agent:<id of its key>`. */
  readonly agent: string;
  /** The person whose key it is. */
  readonly owner: string;
  readonly change: AgentChange;
  readonly explanation: string;
  readonly sources: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

export interface ChangeProposal extends ProposedChange {
  /** Of {@link changeHash}, as it was proposed. */
  readonly hash: string;
  readonly state: ChangeProposalState;
  /** As in the journal: `user:<id>`, or the agent that took it back. */
  readonly decidedBy: string | undefined;
  readonly decidedAt: Instant | undefined;
  /** Why it was rejected or withdrawn. */
  readonly because: string | undefined;
  /** What came of an approval; `undefined` where that is not known. */
  readonly outcome: string | undefined;
}

/** SHA-256 in hex over all that a person is shown: one changed field, and it is another. What becomes of it later is no part. */
export const changeHash = ({ id, agent, owner, change, explanation, sources, createdAt, expiresAt }: ProposedChange): string =>
  digestOf({ id, agent, owner, change, explanation, sources, createdAt, expiresAt });

export const isSameChange = (left: AgentChange, right: AgentChange): boolean => digestOf(left) === digestOf(right);

export function titleOfChange(change: AgentChange): string {
  switch (change.kind) {
    case 'parameters':
      return `Configure ${change.strategyName}`;
    case 'limit':
      return `Lower a limit${change.strategyId === undefined ? '' : ` of strategy ${change.strategyId}`}: ${limitDefinition(change.name).title}`;
    case 'promotion':
      return `Promote a model to ${change.to}: ${change.line}`;
  }
}

const line = (label: string, before: string | undefined, after: string): readonly ChangeLine[] =>
  before === after ? [] : [{ label, before, after }];

function configuredLines(from: Configured, to: Configured): readonly ChangeLine[] {
  const names = [...new Set([...Object.keys(from.parameters), ...Object.keys(to.parameters)])];
  const before = (name: string): string | undefined => (name in from.parameters ? String(from.parameters[name]) : undefined);
  return [
    ...names.flatMap((name) => line(name, before(name), String(to.parameters[name]))),
    ...line('Symbols', from.symbols.join(', '), to.symbols.join(', ')),
    ...line('Share of equity', from.allocation, to.allocation),
    ...line('Size', from.size, to.size),
  ];
}

const SHORT = 12;

/** Everything that would change, for people. */
export function linesOfChange(change: AgentChange): readonly ChangeLine[] {
  switch (change.kind) {
    case 'parameters':
      return [...line('Version', undefined, change.version.slice(0, SHORT)), ...configuredLines(change.from, change.to)];
    case 'limit':
      return [
        ...(change.strategyId === undefined ? [] : line('Of strategy', undefined, change.strategyId)),
        ...line(limitDefinition(change.name).title, limitText(change.name, change.from), limitText(change.name, change.to)),
      ];
    case 'promotion':
      return [
        ...line(`Model ${change.modelId.slice(0, SHORT)}`, change.from, change.to),
        ...(change.displaces === undefined ? [] : line('Takes the place of', undefined, change.displaces.slice(0, SHORT))),
        ...(change.to === 'champion' ? line('Takes', undefined, 'two people: whoever approves this asks the second') : []),
        ...change.evidence.flatMap((after) => line('Evidence', undefined, after)),
      ];
  }
}
