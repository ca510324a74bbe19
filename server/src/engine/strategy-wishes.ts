import { quantity } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { ZERO_QUANTITY } from '../money/money.ts';
import type { OrderType } from '../orders/order.ts';
import type { Wish } from '../strategies/strategy.ts';
import { rebalanceTo } from './rebalance.ts';
import { desiredUnits } from './sizing.ts';
import type { StrategySlot } from './state.ts';
import { cancelStated, closingPart, ORDER_TYPES, placeStated, statedIntent } from './stated-orders.ts';
import { raise } from './turn.ts';
import type { Turn } from './turn.ts';
import { isProtected, unsupportedIn } from './wishes.ts';

const WHOLE_LOT: Quantity = quantity('1');

/** Which wish of which bar: what ids derive from. */
export interface Occasion {
  readonly barAt: Instant;
  /** Place of the wish in the decision. */
  readonly index: number;
}

/**
 * Carry one wish out. What trading cannot carry is denied by name; what of it takes a position nearer to zero is still done, because an exit is never
 * held up.
 */
export function act(turn: Turn, strategyId: string, wish: Wish, occasion: Occasion): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  const unsupported = unsupportedIn(wish);
  if (unsupported !== undefined) deny(turn, slot, wish, unsupported, occasion);
  if (wish.kind === 'cancel') {
    cancelStated(turn, strategyId, wish.symbol, wish.orderNumber);
    return;
  }
  if (unsupported !== undefined && (!isProtected(wish) || wish.group !== undefined)) return;
  const type = ORDER_TYPES[wish.kind];
  if (wish.kind === 'target') seek(turn, slot, wish, unsupported !== undefined, occasion);
  else if (type !== undefined) state(turn, slot, { ...wish, type }, unsupported !== undefined, occasion);
}

/** Critical where a position stays without the orders that were to protect it. */
function deny(turn: Turn, { config, holdings }: StrategySlot, { symbol, reason }: Wish, what: string, { barAt, index }: Occasion): void {
  const severity = holdings.has(symbol) ? 'critical' : 'warning';
  const detail = `${config.name} wished for ${what} of ${symbol} (${reason}). Trading cannot carry it: nothing is opened for it, and nothing is protected by it.`;
  raise(turn, 'UnsupportedOrder', `${config.id}-${symbol}-${barAt}-${index}`, severity, `Denied: ${what} of ${symbol}`, detail);
}

function unitsOf(turn: Turn, slot: StrategySlot, wish: Wish, { barAt, index }: Occasion): Quantity | undefined {
  const { symbol, kind } = wish;
  const lot = turn.state.instruments.get(symbol)?.lot ?? WHOLE_LOT;
  const units = desiredUnits(slot.config, wish, slot.signal, lot);
  const isTarget = kind === 'target';
  if (typeof units !== 'string' && (isTarget || units !== 0n)) return units;
  const why = typeof units === 'string' ? units : 'less than one unit';
  const [code, subject, what] = isTarget
    ? ['TargetUnsizable', `${slot.config.id}-${symbol}-${barAt}`, 'target']
    : ['OrderUnsizable', `${slot.config.id}-${symbol}-${barAt}-${index}`, `${kind} order`];
  raise(turn, code, subject, 'warning', `A ${what} of ${symbol} could not be sized`, `There is ${why}.`);
  return undefined;
}

function seek(turn: Turn, slot: StrategySlot, wish: Wish, shrinkOnly: boolean, occasion: Occasion): void {
  const desired = unitsOf(turn, slot, wish, occasion);
  if (desired === undefined) return;
  const target = { strategyId: slot.config.id, symbol: wish.symbol, desired, reason: wish.reason, barAt: occasion.barAt };
  rebalanceTo(turn, slot, shrinkOnly ? { ...target, shrinkOnly } : target);
}

/** Unlike a target, an order says nothing of where it leads: decided on another holding, it could come on top of what has just filled. */
function tellOvertaken(turn: Turn, { config }: StrategySlot, { symbol, kind }: Wish, { barAt, index }: Occasion): void {
  const detail = `What ${config.name} holds of ${symbol} changed while it decided: only what closes is sent.`;
  raise(
    turn,
    'OrderAbandoned',
    `${config.id}-${symbol}-${barAt}-${index}`,
    'warning',
    `A ${kind} order of ${symbol} was overtaken`,
    detail,
  );
}

function state(turn: Turn, slot: StrategySlot, wish: Wish & { readonly type: OrderType }, closesOnly: boolean, occasion: Occasion): void {
  const wanted = unitsOf(turn, slot, wish, occasion);
  if (wanted === undefined) return;
  const held = slot.holdings.get(wish.symbol) ?? ZERO_QUANTITY;
  const overtaken = held !== (slot.signal?.holdings.get(wish.symbol) ?? ZERO_QUANTITY);
  if (overtaken) tellOvertaken(turn, slot, wish, occasion);
  const cut = closesOnly || overtaken;
  const units = cut ? closingPart(wanted, held) : wanted;
  if (units === 0n) return;
  const order = cut ? { ...wish, reduceOnly: true } : wish;
  placeStated(turn, slot, statedIntent(turn.state, slot.config, order, units, occasion.barAt));
}
