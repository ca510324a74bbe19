import type { Denial, OrderIntent } from '../../orders/order.ts';
import { isAgent } from '../activity.ts';
import type { Control } from '../control-input.ts';
import { LOGIN_FRESH_MS } from '../live-gate.ts';
import type { RiskContext } from '../types.ts';
import { countDenial, msDenial, textDenial } from './denial.ts';

const CODE = 'LiveGate';

/** Real money: a strategy trades in the version that was promoted and has served its days on paper; a person with the role and a fresh log-in. */
export const liveGate: Control = ({ isEntry, intent }, context) => {
  if (!isEntry || context.mode !== 'live' || context.limits.unchecked === true) return [];
  return intent.origin.kind === 'strategy' ? ofStrategy(intent.origin, context) : ofTrader(intent.origin, context);
};

function ofStrategy(
  origin: Extract<OrderIntent['origin'], { kind: 'strategy' }>,
  { liveGate: gate, limits }: RiskContext,
): readonly Denial[] {
  const promotion = gate.promotions.get(origin.strategyId);
  if (promotion === undefined || promotion.version !== origin.version)
    return [textDenial(CODE, 'This version of the strategy was not promoted to live trading.', 'a promoted version', origin.version)];
  const limit = limits.liveGatePaperDaysMin;
  return promotion.paperDays >= limit ? [] : [countDenial(CODE, 'Days that this version has served on paper:', limit, promotion.paperDays)];
}

function ofTrader(origin: Exclude<OrderIntent['origin'], { kind: 'strategy' }>, { liveGate: gate, now }: RiskContext): readonly Denial[] {
  const { principal } = origin;
  // An agent trades by the people who let its order go.
  const people = isAgent(origin) && origin.kind === 'ticket' ? (origin.approvedBy ?? []) : [principal];
  if (people.length === 0 || people.some((person) => !gate.traders.has(person)))
    return [textDenial(CODE, `${principal} has no role that may trade live.`, 'a role for live trading', 'none')];
  const confirmedAt = origin.kind === 'ticket' ? origin.confirmedAt : undefined;
  if (confirmedAt === undefined) return [textDenial(CODE, `${principal} has not logged in.`, 'a fresh log-in', 'none')];
  const age = now - confirmedAt;
  return age <= LOGIN_FRESH_MS ? [] : [msDenial(CODE, `${principal} logged in before`, LOGIN_FRESH_MS, age)];
}
