import type { EngineState } from '../../engine/state.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import type { Order, OrderIntent, OrderState } from '../../orders/order.ts';

/** Open orders of which together no more fills than of the largest: the exits of a family, and an order with the one that is to take its place. */
export interface Together {
  readonly orders: readonly Order[];
  readonly remaining: bigint;
}

/** The first of those that took one another's place. */
function rootOf(state: EngineState, order: Order): Order {
  const earlier = order.intent.replaces === undefined ? undefined : state.orders.get(order.intent.replaces);
  return earlier === undefined ? order : rootOf(state, earlier);
}

/** Everybody who was sent with the order, or took the place of one of them. */
export function familyIn(state: EngineState, order: Order): readonly Order[] {
  const headId = (each: Order): string => each.intent.leg?.parentId ?? rootOf(state, each).id;
  return [...state.orders.values()].filter((each) => headId(each) === headId(order));
}

/** What those before it have filled of an order. */
export function filledBefore(state: EngineState, { replaces }: OrderIntent): bigint {
  const earlier = replaces === undefined ? undefined : state.orders.get(replaces);
  return earlier === undefined ? 0n : earlier.filledQuantity + filledBefore(state, earlier.intent);
}

/** Below nothing where those before it have filled more than it asks for: the broker will not let it take their place. */
export const left = (state: EngineState, { intent, filledQuantity }: Order): bigint =>
  intent.quantity - filledQuantity - filledBefore(state, intent);

export function remainingOf(state: EngineState, order: Order): bigint {
  const rest = left(state, order);
  return rest > 0n ? rest : 0n;
}

const isOco = ({ intent }: Order): boolean => intent.orderClass === 'oco';

/** An exit whose entry has not filled closes nothing yet. */
function waits(state: EngineState, { intent: { leg } }: Order): boolean {
  const parent = leg === undefined ? undefined : state.orders.get(leg.parentId);
  if (parent === undefined || isOco(parent)) return false;
  for (const order of state.orders.values()) if (order.state === 'filled' && rootOf(state, order).id === parent.id) return false;
  return true;
}

const keyOf = (state: EngineState, order: Order): string => {
  const { leg } = order.intent;
  if (leg !== undefined) return `exits of ${leg.parentId}`;
  const root = rootOf(state, order).id;
  return isOco(order) ? `exits of ${root}` : root;
};

/** States of an order that is at the market, or was. */
const WAS_AT_MARKET: ReadonlySet<OrderState> = new Set(['working', 'partially_filled', 'pending_replace', 'filled', 'replaced']);

/** Its place was taken: nothing of it fills any more, though its end may not have been told. */
export function isGone(state: EngineState, { id }: Order): boolean {
  for (const { intent, state: lives } of state.orders.values()) if (intent.replaces === id && WAS_AT_MARKET.has(lives)) return true;
  return false;
}

/** All open orders but `except`, by what can fill of them. */
export function together(state: EngineState, except: readonly (string | undefined)[] = []): readonly Together[] {
  const groups = new Map<string, Order[]>();
  for (const order of state.orders.values()) {
    if (except.includes(order.id) || TERMINAL_STATES.has(order.state) || waits(state, order) || isGone(state, order)) continue;
    const key = keyOf(state, order);
    groups.set(key, [...(groups.get(key) ?? []), order]);
  }
  return [...groups.values()].map((orders) => ({
    orders,
    remaining: orders.map((order) => remainingOf(state, order)).reduce((left, right) => (left > right ? left : right)),
  }));
}
