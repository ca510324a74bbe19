import { createHash } from 'node:crypto';
import type { PaperRecord } from '../approvals/paper-record.ts';
import { limitsFor } from '../risk/layers.ts';
import { formatLimit, formatValue, LIMIT_DEFINITIONS } from '../risk/limits.ts';
import type { Limits } from '../risk/limits.ts';
import type { StrategyState } from '../strategies/strategy.ts';
import { configHash, isPromoted, paperDays } from './promotion.ts';
import type { EngineState, StrategySlot } from './state.ts';

/** Where a version of a strategy stands on its way to real money. */
export const PROMOTION_STAGES = ['draft', 'backtested', 'paper', 'live'] as const;
export type PromotionStage = (typeof PROMOTION_STAGES)[number];

export const CHECK_CODES = [
  'LiveAccount',
  'Backtested',
  'PaperRecord',
  'SameConfiguration',
  'PaperDays',
  'Parity',
  'LimitsReviewed',
  'SecondPerson',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

/** One line of the checklist. */
export interface Check {
  readonly code: CheckCode;
  readonly title: string;
  readonly done: boolean;
  /** Before it can be proposed, or by whoever approves it. */
  readonly due: 'proposal' | 'approval';
  /** One sentence: what was found, and where it is missing what to do. */
  readonly detail: string;
}

/** What the engine itself does not know. */
export interface PromotionFacts {
  /** Taken from the server of the paper account; its signature was looked at. */
  readonly record: PaperRecord | undefined;
  /** The one who proposes has looked through the limits of now. */
  readonly limitsReviewed: boolean;
  /** Finished backtests of the version on this server, where somebody has counted them. */
  readonly backtests?: number;
}

/** What a paper record is worth: what was shown longer ago says little of the market of now. */
const RECORD_MS_MAX = 7 * 86_400_000;
/** Two servers have two clocks. */
const CLOCKS_APART_MS = 3_600_000;

type Slot = Pick<StrategySlot, 'config'>;

const limitsOf = ({ limits, layers }: EngineState, strategyId: string): Limits =>
  limitsFor(limits, layers, { kind: 'strategy', strategyId, version: '' });

/** Over every limit that holds for the strategy: loosened or tightened, and it is another. */
export function limitsDigest(state: EngineState, strategyId: string): string {
  const limits = limitsOf(state, strategyId);
  const pairs = LIMIT_DEFINITIONS.map(({ name }) => [name, formatLimit(name, limits[name])]);
  return createHash('sha256').update(JSON.stringify(pairs), 'utf8').digest('hex');
}

/** The limits that differ from their defaults, for those who review them. */
export function reviewedLimits(state: EngineState, strategyId: string): readonly string[] {
  const limits = limitsOf(state, strategyId);
  const changed = LIMIT_DEFINITIONS.filter((definition) => formatLimit(definition.name, limits[definition.name]) !== definition.default);
  const lines = changed.map(({ name, title, unit, default: usual }) => `${title}: ${formatValue(unit, limits[name])} (default ${usual})`);
  return lines.length === 0 ? ['Every limit stands at its default.'] : [...lines, 'Every other limit stands at its default.'];
}

const check = (code: CheckCode, title: string, done: boolean, detail: string, due: Check['due'] = 'proposal'): Check => ({
  code,
  title,
  done,
  due,
  detail,
});

function backtested({ config }: Slot, { record, backtests = 0 }: PromotionFacts): Check {
  const fromRecord = record?.version === config.version ? record.backtests : 0;
  const most = Math.max(backtests, fromRecord);
  const detail =
    most > 0
      ? `${most} finished ${most === 1 ? 'backtest' : 'backtests'} of this version.`
      : 'No finished backtest of this version: run one.';
  return check('Backtested', 'Backtested', most > 0, detail);
}

function recordChecks({ config }: Slot, state: EngineState, { record }: PromotionFacts): readonly Check[] {
  const own = state.mode === 'paper';
  const fresh = record !== undefined && record.madeAt <= state.now + CLOCKS_APART_MS && state.now - record.madeAt <= RECORD_MS_MAX;
  const same = record === undefined ? own : record.version === config.version && record.configHash === configHash(config);
  const missing = 'Make a paper record on the server of the paper account, and bring it here.';
  return [
    check(
      'PaperRecord',
      'Paper record of the last 7 days',
      fresh,
      record === undefined
        ? missing
        : fresh
          ? `Of account ${record.account}, entry ${record.seq}.`
          : 'It is older than 7 days: make it again.',
    ),
    check(
      'SameConfiguration',
      'The same version and configuration',
      same,
      same
        ? `Version ${config.version.slice(0, 12)}, the same parameters, symbols and sizes.`
        : record === undefined
          ? missing
          : 'The record is of another version or configuration: configure this one exactly as it ran on paper.',
    ),
  ];
}

function paperDaysServed(slot: Slot, state: EngineState, { record }: PromotionFacts): Check {
  const least = state.limits.liveGatePaperDaysMin;
  const same = record?.configHash === configHash(slot.config);
  const days = same ? record.days : paperDays(slot, state);
  return check('PaperDays', `${least} trading days on paper`, days >= least, `${days} of ${least} whole trading days served unchanged.`);
}

function parity({ config }: Slot, { record }: PromotionFacts): Check {
  const title = 'Parity';
  if (record === undefined || record.configHash !== configHash(config))
    return check('Parity', title, false, 'Not measured: the paper record replays every recorded decision.');
  const { decisions, differences } = record;
  const detail = `${decisions} recorded decisions replayed, ${differences} ${differences === 1 ? 'differs' : 'differ'}.`;
  return check('Parity', title, decisions > 0 && differences === 0, detail);
}

/** Everything that stands between a strategy and real money, in the order in which it is done. */
export function promotionChecklist(slot: Slot, state: EngineState, facts: PromotionFacts): readonly Check[] {
  const promoted = isPromoted(slot, state);
  return [
    check(
      'LiveAccount',
      'A live account',
      state.mode === 'live',
      state.mode === 'live' ? 'This server trades on one.' : `This server trades on a ${state.mode} account: promote on the live one.`,
    ),
    backtested(slot, facts),
    ...recordChecks(slot, state, facts),
    paperDaysServed(slot, state, facts),
    parity(slot, facts),
    check(
      'LimitsReviewed',
      'Limits reviewed',
      promoted || facts.limitsReviewed,
      promoted || facts.limitsReviewed
        ? 'Looked through as they are now.'
        : 'Look through the limits as they are now, and say so in the proposal.',
    ),
    check(
      'SecondPerson',
      'A risk officer, another person, freshly logged in',
      promoted,
      promoted ? `Approved by ${state.promotions.get(slot.config.id)?.approvedBy ?? ''}.` : 'Approves exactly what is proposed.',
      'approval',
    ),
  ];
}

/** What is missing before a promotion can be proposed, each by name; `undefined` where nothing is. */
export function missingSentence(checks: readonly Check[]): string | undefined {
  const missing = checks.filter(({ done, due }) => !done && due === 'proposal');
  return missing.length === 0 ? undefined : missing.map(({ code, detail }) => `${code}: ${detail}`).join(' ');
}

/** The stage of the version that is configured now. */
export function promotionStage(slot: Slot & { readonly state: StrategyState }, state: EngineState, backtests: number): PromotionStage {
  if (isPromoted(slot, state)) return 'live';
  if (slot.state === 'paper' || paperDays(slot, state) > 0) return 'paper';
  return backtests > 0 ? 'backtested' : 'draft';
}
