import { CalendarRangeError, sessionAt, sessionOn } from '../instruments/calendar.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import { max, subtract, ZERO_MONEY } from '../money/money.ts';
import type { OpenOrderView, Restrictions, RiskContext, SessionHours, StrategyRiskView, UnexplainedDifference } from '../risk/types.ts';
import type { EngineState } from './state.ts';
import { isOpen } from './turn.ts';

const remainingOf = (state: EngineState): readonly OpenOrderView[] => {
  const views: OpenOrderView[] = [];
  for (const order of state.orders.values()) {
    if (!isOpen(order)) continue;
    const view = { id: order.id, intent: order.intent, remaining: subtract(order.intent.quantity, order.filledQuantity) };
    views.push(order.state === 'unknown' ? { ...view, unknownSince: order.updatedAt } : view);
  }
  return views;
};

/** What the broker would lend now: its last word, less what entries have cost since. */
const buyingPower = (state: EngineState): Money | undefined =>
  state.account === undefined ? undefined : max(ZERO_MONEY, subtract(state.account.buyingPower, state.spentSinceReport));

/** The session that the venue says is open; while it is closed, the one that the calendar says should be. */
function sessionHours({ marketOpen, sessionDate, now }: EngineState): SessionHours | undefined {
  try {
    return marketOpen && sessionDate !== undefined ? sessionOn(sessionDate) : sessionAt(now);
  } catch (error) {
    if (error instanceof CalendarRangeError) return undefined;
    throw error;
  }
}

const strategyViews = ({ strategies }: EngineState): ReadonlyMap<string, StrategyRiskView> =>
  new Map(
    [...strategies.values()].map(({ config, holdings }) => [
      config.id,
      { id: config.id, version: config.version, allocation: config.allocation, holdings },
    ]),
  );

const restrictionsOf = ({ restrictions: { denied, allowed, excepted } }: EngineState): Restrictions => ({
  denied: new Set(denied),
  allowed: new Set(allowed),
  excepted: new Set(excepted),
});

function differencesOf({ differences, cashDifferenceAt }: EngineState): readonly UnexplainedDifference[] {
  const positions = [...differences.values()].map(({ symbol, at }) => ({ what: symbol, since: at }));
  return cashDifferenceAt === undefined ? positions : [...positions, { what: 'cash', since: cashDifferenceAt }];
}

/**
 * The gate's view of the engine. Equity is marked at every price; it counts as known only while it is backed by a reconcile over a live connection, on an account that may
 * trade; otherwise it is `undefined`, and every entry is denied.
 */
export function riskContext(state: EngineState): RiskContext {
  const trusted = state.reconciled && state.brokerConnected && state.account?.tradable === true;
  return {
    now: state.now,
    tradingState: state.tradingState,
    equity: trusted ? state.equity?.equity : undefined,
    equityAt: trusted ? state.now : undefined,
    buyingPower: trusted ? buyingPower(state) : undefined,
    positions: state.positions,
    openOrders: remainingOf(state),
    marks: state.marks,
    profiles: state.profiles,
    instruments: state.instruments,
    limits: state.limits,
    marketOpen: state.marketOpen,
    mode: state.mode,
    session: sessionHours(state),
    halted: new Set(state.haltedSymbols),
    clockSkewMs: state.clockSkewMs,
    shortingEnabled: state.account?.shortingEnabled === true,
    activity: state.activity,
    strategies: strategyViews(state),
    brakes: [...state.brakes.values()],
    restrictions: restrictionsOf(state),
    differences: differencesOf(state),
    liveGate: state.liveGate,
    layers: state.layers,
    feeRate: state.options.feeRateEstimate as bigint as Ratio,
  };
}
