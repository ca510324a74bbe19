import type { Bar } from '../market-data/bar.ts';
import type { Order } from '../orders/order.ts';
import { requestCancel } from './cancel.ts';
import { replaceOrder, whyNotReplaceable } from './replacing.ts';
import { placeStated, steppedPrice } from './stated-orders.ts';
import type { EngineState, Trailing } from './state.ts';
import { change, isOpen, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Where the stop of a trailing order lies for a best price: as a backtest reckons it. */
export const trailedPrice = ({ best, distance, fraction }: Pick<Trailing, 'best' | 'distance' | 'fraction'>, buys: boolean): number => {
  const away = fraction === undefined ? (distance ?? 0) : best * fraction;
  return buys ? best + away : best - away;
};

/**
 * Bars have closed: the trailing orders of these strategies move with the best price of the bar, for the bars after it. In one step where the broker can do that, else the
 * old one is cancelled and the new one follows when it has ended.
 */
export function followOrders(turn: Turn, bars: readonly Bar[], owners: ReadonlySet<string>): void {
  for (const [root, trailing] of turn.state.trailing) {
    const order = standing(turn.state, trailing.orderId);
    const waits = isDeferred(turn.state, trailing.orderId) || isRecommended(turn.state, trailing.orderId);
    if (order === undefined && waits) continue;
    if (order === undefined || (!isOpen(order) && !waits)) {
      change(turn, { trailing: withoutEntry(turn.state.trailing, root) });
      continue;
    }
    const { origin, symbol, side } = order.intent;
    const bar = origin.kind === 'strategy' && owners.has(origin.strategyId) ? bars.find((each) => each.symbol === symbol) : undefined;
    if (bar === undefined) continue;
    const buys = side === 'buy';
    const best = buys ? Math.min(trailing.best, bar.low) : Math.max(trailing.best, bar.high);
    if (best !== trailing.best) move(turn, root, order, { ...trailing, best });
  }
}

/** The order that follows now: where the one that was to take its place has come to nothing, the one before it. */
function standing(state: EngineState, orderId: string): Order | undefined {
  const order = state.orders.get(orderId);
  const before = order === undefined || isOpen(order) ? undefined : state.orders.get(order.intent.replaces ?? '');
  return before !== undefined && isOpen(before) ? before : order;
}

const isDeferred = ({ deferredOrders }: EngineState, orderId: string): boolean =>
  [...deferredOrders.values()].some((waiting) => waiting.some(({ intent }) => intent.id === orderId));

const isRecommended = ({ recommendations }: EngineState, orderId: string): boolean => recommendations.get(orderId)?.state === 'waiting';

function move(turn: Turn, root: string, order: Order, trailing: Trailing): void {
  const { intent } = order;
  const towards = intent.side === 'buy' ? 'ceil' : 'floor';
  const stopPrice = steppedPrice(trailedPrice(trailing, intent.side === 'buy'), towards, turn.state.instruments.get(intent.symbol));
  const count = trailing.count + 1;
  const { replaces: _replaces, ...plain } = intent;
  const moved = { ...plain, id: `${root}-trail-${count}`, stopPrice, createdAt: turn.state.now };
  const wanted = { ...moved, replaces: order.id };
  if (stopPrice === intent.stopPrice) {
    change(turn, { trailing: withEntry(turn.state.trailing, root, trailing) });
    return;
  }
  const isReplaceable = whyNotReplaceable(turn.state, order, wanted) === undefined;
  // What the gate denies leaves the order where it is: an exit that lags is better than none.
  const orderId = isReplaceable && !replaceOrder(turn, wanted) ? order.id : moved.id;
  change(turn, { trailing: withEntry(turn.state.trailing, root, { ...trailing, count, orderId }) });
  if (isReplaceable) return;
  const slot = turn.state.strategies.get(order.intent.origin.kind === 'strategy' ? order.intent.origin.strategyId : '');
  if (slot === undefined) return;
  requestCancel(turn, order);
  placeStated(turn, slot, moved);
}

/** Remember that a stated stop follows the market. */
export function beginTrailing(turn: Turn, trailing: Omit<Trailing, 'count'>): void {
  change(turn, { trailing: withEntry(turn.state.trailing, trailing.orderId, { ...trailing, count: 0 }) });
}
