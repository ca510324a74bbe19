import { atLeast } from '../approvals/roles.ts';
import { CalendarRangeError, sessionAt, sessionOn } from '../instruments/calendar.ts';
import type { Money, Quantity, Ratio } from '../money/fixed.ts';
import { max, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Order } from '../orders/order.ts';
import { classOf, CLASS_RULES } from '../orders/order-rules.ts';
import type { LiveGateView } from '../risk/live-gate.ts';
import type { OpenOrderView, Restrictions, RiskContext, SessionHours, StrategyRiskView, UnexplainedDifference } from '../risk/types.ts';
import { capitalOf } from './capital.ts';
import { carriedInto } from './carried.ts';
import { headOf, isExit, rootOf } from './families.ts';
import { optionsOf } from './options.ts';
import { isPromoted, paperDays } from './promotion.ts';
import type { EngineState } from './state.ts';
import { hasTakenPlace } from './successor.ts';
import { isOpen } from './turn.ts';

/** What may still fill: neither what has, nor what those before it have filled of its quantity, as far as is known now. */
export const remainingIn = (state: EngineState, order: Order): Quantity =>
  max(ZERO_QUANTITY, subtract(subtract(order.intent.quantity, order.filledQuantity), carriedInto(state, order)));

/** Orders of which at most one fills are counted once: of a family's exits the largest, and so of an order and the one that takes its place. */
function* reserving(state: EngineState): Generator<Order> {
  const open = [...state.orders.values()].filter(isOpen);
  const successors = new Map(
    open.flatMap((order) => (order.intent.replaces === undefined ? [] : [[order.intent.replaces, order] as const])),
  );
  const uncounted = new Set<string>();
  for (const order of state.orders.values())
    if (hasTakenPlace(order) && order.intent.replaces !== undefined) uncounted.add(order.intent.replaces);
  for (const old of open) {
    const fresh = successors.get(old.id);
    if (fresh !== undefined && !uncounted.has(old.id)) uncounted.add(worth(state, fresh) < worth(state, old) ? fresh.id : old.id);
  }
  const exits = new Map<string, Order>();
  for (const order of open) {
    const { leg } = order.intent;
    const waits = leg !== undefined && isWaiting(state, order);
    if (waits) uncounted.add(order.id);
    if (uncounted.has(order.id) || !isExit(order)) continue;
    const family = leg?.parentId ?? rootOf(state, order)?.id ?? order.id;
    const other = exits.get(family);
    if (other !== undefined) uncounted.add(closesMore(state, order, other) ? other.id : order.id);
    if (!uncounted.has(order.id)) exits.set(family, order);
  }
  for (const order of open) if (!uncounted.has(order.id)) yield order;
}

/** Of two exits of one size the stop. */
function closesMore(state: EngineState, order: Order, other: Order): boolean {
  const [more, less] = [remainingIn(state, order), remainingIn(state, other)];
  return more > less || (more === less && order.intent.leg?.role === 'stop_loss');
}

const worth = (state: EngineState, order: Order): bigint =>
  remainingIn(state, order) * (order.intent.limitPrice ?? order.intent.stopPrice ?? 1n);

/** The exits of an entry that has not filled: what they would close is not there yet. */
export function isWaiting(state: EngineState, leg: Order): boolean {
  const head = headOf(state, leg);
  return head !== undefined && !CLASS_RULES[classOf(head.intent)].exitOnly && head.state !== 'filled';
}

const remainingOf = (state: EngineState): readonly OpenOrderView[] =>
  [...reserving(state)].map((order) => ({
    id: order.id,
    intent: order.intent,
    remaining: remainingIn(state, order),
    ...(order.state === 'unknown' ? { unknownSince: order.updatedAt } : {}),
  }));

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

/** What was promoted, with the days that it has served, and the people whose role may trade. A program's key is nobody among them. */
const liveGateView = (state: EngineState): LiveGateView => ({
  promotions: new Map(
    [...state.strategies.values()].flatMap((slot) =>
      isPromoted(slot, state) ? [[slot.config.id, { version: slot.config.version, paperDays: paperDays(slot, state) }] as const] : [],
    ),
  ),
  traders: new Set([...state.people.values()].filter(({ joined, role }) => joined && atLeast(role, 'trader')).map(({ id }) => id)),
});

const strategyViews = (state: EngineState): ReadonlyMap<string, StrategyRiskView> =>
  new Map(
    [...state.strategies.values()].map(({ config, holdings }) => [
      config.id,
      { id: config.id, version: config.version, allocation: capitalOf(state, config), holdings },
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
    liveGate: liveGateView(state),
    layers: state.layers,
    feeRate: state.options.feeRateEstimate as bigint as Ratio,
    cash: state.cash,
    ...optionsOf(state),
  };
}
