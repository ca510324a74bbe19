import type { Money, Ratio } from '../money/fixed.ts';
import { max, subtract, ZERO_MONEY } from '../money/money.ts';
import type { OpenOrderView, RiskContext } from '../risk/types.ts';
import type { EngineState } from './state.ts';
import { isOpen } from './turn.ts';

const remainingOf = (state: EngineState): readonly OpenOrderView[] => {
  const views: OpenOrderView[] = [];
  for (const order of state.orders.values()) {
    if (!isOpen(order)) continue;
    views.push({ id: order.id, intent: order.intent, remaining: subtract(order.intent.quantity, order.filledQuantity) });
  }
  return views;
};

/** What the broker would lend now: its last word, less what entries have cost since. */
const buyingPower = (state: EngineState): Money | undefined =>
  state.account === undefined ? undefined : max(ZERO_MONEY, subtract(state.account.buyingPower, state.spentSinceReport));

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
    feeRate: state.options.feeRateEstimate as bigint as Ratio,
  };
}
