import type { Change } from '../approvals/proposal.ts';
import { limitsDigest, missingSentence, promotionChecklist } from './promotion-checklist.ts';
import { configHash, isPromoted } from './promotion.ts';
import type { Promotion } from './promotion.ts';
import type { EngineState } from './state.ts';
import { change, emit, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Why a strategy cannot be promoted now, each missing item by name; `undefined` where it can. */
export function promoteProblem(wanted: Extract<Change, { kind: 'promote' }>, state: EngineState): string | undefined {
  const slot = state.strategies.get(wanted.strategyId);
  if (slot === undefined) return 'There is no such strategy.';
  if (state.mode !== 'live') return 'Only a server on a live account promotes to live: this one trades without real money.';
  if (wanted.version !== slot.config.version || wanted.configHash !== configHash(slot.config))
    return 'The strategy was changed since: look at it and propose it again.';
  if (isPromoted(slot, state)) return 'It is promoted already.';
  const { record, limitsHash } = wanted;
  return missingSentence(
    promotionChecklist(slot, state, { record, limitsReviewed: limitsHash === limitsDigest(state, wanted.strategyId) }),
  );
}

export function promoted(
  turn: Turn,
  { strategyId, version, configHash: hash, record }: Extract<Change, { kind: 'promote' }>,
  { by, approvedBy, at }: Pick<Promotion, 'by' | 'approvedBy' | 'at'>,
): void {
  const served = record === undefined ? {} : { paperDays: record.days };
  const promotion: Promotion = { strategyId, version, configHash: hash, by, approvedBy, at, ...served };
  change(turn, { promotions: withEntry(turn.state.promotions, strategyId, promotion) });
  emit(turn, { kind: 'StrategyPromoted', promotion });
}
