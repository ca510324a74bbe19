import { createHash } from 'node:crypto';
import { format } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { brakeKey, pauseOf } from '../risk/brakes.ts';
import type { BrakeScope } from '../risk/brakes.ts';
import type { LimitName } from '../risk/limits.ts';
import type { RestrictionList } from '../risk/restrictions.ts';
import type { TradingState } from '../risk/types.ts';
import type { ExecutionMode } from '../strategies/execution.ts';
import { recordFields } from './paper-record.ts';
import type { PaperRecord } from './paper-record.ts';

/** The broker's quantity of a symbol, which differs from ours: exactly this one would be booked. */
export interface AcceptedDifference {
  readonly symbol: string;
  readonly ours: Quantity;
  readonly brokers: Quantity;
  readonly brokersAveragePrice: Price;
}

/** What lets more risk through, and so takes two people. Whole: what is approved is this and nothing else. */
export type Change =
  /** A limit that is loosened; values are decimal text. */
  | {
      readonly kind: 'limit';
      readonly name: LimitName;
      readonly from: string;
      readonly to: string;
      /** A strategy or an agent, as `strategy:<id>` or `agent:<id>`; absent for the account. */
      readonly who?: string;
    }
  /** A list of symbols that lets more through; the whole list before and after. */
  | { readonly kind: 'symbols'; readonly list: RestrictionList; readonly from: readonly string[]; readonly to: readonly string[] }
  /** A strategy that was stopped by its kill switch may be enabled again. */
  | { readonly kind: 'resume'; readonly strategyId: string; readonly because: string }
  /** What was paused may open positions again: exactly the pause of this instant and reason. */
  | { readonly kind: 'unpause'; readonly scope: BrakeScope; readonly since: Instant; readonly because: string }
  /** What a strategy wants to open leaves by itself, with nobody who looks at each order. */
  | { readonly kind: 'automate'; readonly strategyId: string; readonly from: ExecutionMode }
  /** Trading goes on after a breaker or the kill switch; where positions differ, the broker's are taken over. */
  | { readonly kind: 'release'; readonly from: TradingState; readonly accepts: readonly AcceptedDifference[] }
  /** The broker's positions are taken over; trading stays as it is. */
  | { readonly kind: 'accept'; readonly accepts: readonly AcceptedDifference[] }
  /** A strategy may trade with real money: this version with this configuration. */
  | {
      readonly kind: 'promote';
      readonly strategyId: string;
      readonly version: string;
      readonly configHash: string;
      /** What stood on the checklist when it was proposed. */
      readonly evidence: readonly string[];
      /** What it has shown on paper; absent in records of before, which promote nothing any more. */
      readonly record?: PaperRecord;
      /** Over the limits that whoever proposed it has looked through, and whoever approves it is shown. */
      readonly limitsHash?: string;
    }
  /** A model becomes the champion of its line: a strategy that carries it may open positions on every account. */
  | {
      readonly kind: 'champion';
      readonly modelId: string;
      /** Of the module that carries it. */
      readonly version: string;
      /** Strategy, symbols and timeframe, in words. */
      readonly line: string;
      /** The champion of now, which it takes the place of. */
      readonly displaces?: string;
      readonly evidence: readonly string[];
    };
export type ChangeKind = Change['kind'];

/** A change that waits for a second person. Times are the wall clock's: people live by it, whatever the venue's clock does. */
export interface Proposal {
  readonly id: string;
  readonly change: Change;
  readonly reason: string;
  /** As in the journal: `user:<id>`. */
  readonly by: string;
  /** The person behind it, also where a program of theirs proposed. */
  readonly person: string;
  readonly proposedAt: Instant;
  readonly expiresAt: Instant;
  /** Over all of the above. */
  readonly hash: string;
}

export type ProposalContent = Omit<Proposal, 'hash'>;

export const PROPOSAL_STATES = ['open', 'applied', 'rejected', 'expired', 'obsolete'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** How long somebody has to think about it. */
export const PROPOSAL_MS = 24 * 3_600_000;
/** Open ones of one person: nobody reads a flood. */
export const OPEN_PER_PERSON_MAX = 5;
export const OPEN_MAX = 50;

const textOf = ({ symbol, ours, brokers, brokersAveragePrice }: AcceptedDifference): readonly string[] => [
  symbol,
  format(ours),
  format(brokers),
  format(brokersAveragePrice),
];

/** None where there are none: proposals of before keep their hash. */
const promotionFields = ({ record, limitsHash }: Extract<Change, { kind: 'promote' }>): readonly unknown[] =>
  record === undefined && limitsHash === undefined ? [] : [record === undefined ? undefined : recordFields(record), limitsHash];

/** Every field of a change as text, in a fixed order. */
function fieldsOf(change: Change): readonly unknown[] {
  switch (change.kind) {
    case 'limit':
      return [change.kind, change.name, change.from, change.to, ...(change.who === undefined ? [] : [change.who])];
    case 'symbols':
      return [change.kind, change.list, change.from, change.to];
    case 'resume':
      return [change.kind, change.strategyId, change.because];
    case 'unpause':
      return [change.kind, brakeKey(pauseOf(change.scope)), change.since, change.because];
    case 'automate':
      return [change.kind, change.strategyId, change.from];
    case 'release':
      return [change.kind, change.from, change.accepts.map(textOf)];
    case 'accept':
      return [change.kind, change.accepts.map(textOf)];
    case 'promote':
      return [change.kind, change.strategyId, change.version, change.configHash, change.evidence, ...promotionFields(change)];
    case 'champion':
      return [change.kind, change.modelId, change.version, change.line, change.displaces ?? null, change.evidence];
  }
}

const digest = (fields: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(fields), 'utf8').digest('hex');

/** What an approval is given for: one changed field, and it is another hash. */
export const hashOf = ({ id, change, reason, by, person, proposedAt, expiresAt }: ProposalContent): string =>
  digest([id, fieldsOf(change), reason, by, person, proposedAt, expiresAt]);

/** A proposal over this content; the id follows from it, so that the same wish at the same instant is the same proposal. */
export function newProposal(content: Omit<ProposalContent, 'id' | 'expiresAt'>): Proposal {
  const { change, reason, by, person, proposedAt } = content;
  const expiresAt = (proposedAt + PROPOSAL_MS) as Instant;
  const id = `proposal-${digest([fieldsOf(change), reason, by, person, proposedAt]).slice(0, 16)}`;
  const whole = { id, change, reason, by, person, proposedAt, expiresAt };
  return { ...whole, hash: hashOf(whole) };
}

/** Two proposals for the same thing cannot both be meant. */
export function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'limit':
      return change.who === undefined ? `limit ${change.name}` : `limit ${change.name} of ${change.who}`;
    case 'symbols':
      return `symbols ${change.list}`;
    case 'resume':
      return `resume ${change.strategyId}`;
    case 'unpause':
      return `unpause ${brakeKey(pauseOf(change.scope))}`;
    case 'automate':
      return `automate ${change.strategyId}`;
    case 'release':
    case 'accept':
      return change.kind;
    case 'promote':
      return `promote ${change.strategyId}`;
    case 'champion':
      return `champion ${change.line}`;
  }
}
