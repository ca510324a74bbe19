import { format, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';

/** Strategies side by side that share capital, and by which rule. Shares are of the account's equity. */
export interface EnsembleConfig {
  readonly id: string;
  /** Unique, chosen by its owner. */
  readonly name: string;
  /** Ids of strategies, sorted. */
  readonly members: readonly string[];
  /** All of them together get no more than this. */
  readonly total: Ratio;
  /** No member gets more than this, nor more than its own allocation. */
  readonly memberMax: Ratio;
  /** No member's share moves further at one rebalance. */
  readonly stepMax: Ratio;
  /** Whole sessions that a member's result is measured over. */
  readonly sessions: number;
  /** How many sessions the prior counts as: the more, the longer all stay equal. */
  readonly priorSessions: number;
  /** Sessions from one rebalance to the next. */
  readonly everySessions: number;
}

export const MEMBERS_MAX = 20;
export const SESSIONS_MAX = 250;
export const ENSEMBLES_MAX = 20;

/** What is wrong with an ensemble by itself, by field; `undefined` where nothing is. */
export interface EnsembleProblem {
  readonly field: keyof EnsembleConfig;
  readonly message: string;
  readonly hint: string;
}

const within = (field: keyof EnsembleConfig, value: number, least: number): EnsembleProblem | undefined =>
  Number.isSafeInteger(value) && value >= least && value <= SESSIONS_MAX
    ? undefined
    : { field, message: `${field} is ${value}`, hint: `It must be a whole number from ${least} to ${SESSIONS_MAX}.` };

const fraction = (field: 'total' | 'memberMax' | 'stepMax', value: Ratio): EnsembleProblem | undefined =>
  value > 0n && value <= UNITS_PER_ONE
    ? undefined
    : { field, message: `${field} is ${format(value)}`, hint: 'Write a fraction of equity above 0 and at most 1: 0.2 is 20 %.' };

function membersProblem({ members }: EnsembleConfig): EnsembleProblem | undefined {
  const field = 'members';
  if (members.length < 2 || members.length > MEMBERS_MAX)
    return { field, message: `${members.length} members are given`, hint: `An ensemble has 2 to ${MEMBERS_MAX} strategies.` };
  const isSorted = members.every((id, place) => place === 0 || (members[place - 1] ?? '') < id);
  return isSorted ? undefined : { field, message: 'The members are not sorted, or one is named twice', hint: 'Name each once.' };
}

export const ensembleProblem = (config: EnsembleConfig): EnsembleProblem | undefined =>
  membersProblem(config) ??
  fraction('total', config.total) ??
  fraction('memberMax', config.memberMax) ??
  fraction('stepMax', config.stepMax) ??
  within('sessions', config.sessions, 2) ??
  within('priorSessions', config.priorSessions, 1) ??
  within('everySessions', config.everySessions, 1);
