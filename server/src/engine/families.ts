import type { Quantity } from '../money/fixed.ts';
import { min, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { BrokerOrder } from '../orders/broker.ts';
import type { LegRole, Order, OrderIntent, Side } from '../orders/order.ts';
import { classOf, CLASS_RULES } from '../orders/order-rules.ts';
import { carriedInto } from './carried.ts';
import type { EngineState } from './state.ts';
import { hasTakenPlace } from './successor.ts';
import { emit, isOpen, setOrder } from './turn.ts';
import type { Turn } from './turn.ts';

const SUFFIXES: Readonly<Record<LegRole, string>> = { take_profit: 'tp', stop_loss: 'sl' };

/** A leg's id derives from its parent's: the broker gives it another one, which is learned from the family. */
export const legIdOf = (parentId: string, role: LegRole): string => `${parentId}-${SUFFIXES[role]}`;

/** Whether the broker knows an order by our id: all but the exits that came with another order. */
export const isKnownByOurId = ({ leg, replaces }: OrderIntent): boolean => leg === undefined || replaces !== undefined;

const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/** The exits that the broker makes of an order with a class. */
export function legIntents(parent: OrderIntent): readonly OrderIntent[] {
  const orderClass = classOf(parent);
  if (orderClass === 'simple') return [];
  const { limitPrice: _limit, stopPrice: _stop, takeProfit, stopLoss, protectiveStop: _protective, orderClass: _class, ...rest } = parent;
  const side = CLASS_RULES[orderClass].exitOnly ? parent.side : opposite(parent.side);
  const leg = (role: LegRole, prices: Pick<OrderIntent, 'type' | 'limitPrice' | 'stopPrice'>): OrderIntent => ({
    ...rest,
    ...prices,
    id: legIdOf(parent.id, role),
    side,
    reduceOnly: true,
    leg: { parentId: parent.id, role },
  });
  const stopType = stopLoss?.limitPrice === undefined ? 'stop' : 'stop_limit';
  return [
    ...(takeProfit === undefined ? [] : [leg('take_profit', { type: 'limit', limitPrice: takeProfit.limitPrice })]),
    ...(stopLoss === undefined
      ? []
      : [
          leg('stop_loss', {
            type: stopType,
            stopPrice: stopLoss.stopPrice,
            ...(stopLoss.limitPrice === undefined ? {} : { limitPrice: stopLoss.limitPrice }),
          }),
        ]),
  ];
}

/** Write the legs of an approved order: sent with it, under its approval. */
export function foundFamily(turn: Turn, { intent, decision }: Order): void {
  for (const leg of legIntents(intent)) {
    const { now } = turn.state;
    setOrder(turn, {
      id: leg.id,
      intent: leg,
      decision,
      state: 'approved',
      filledQuantity: ZERO_QUANTITY,
      fees: ZERO_MONEY,
      updatedAt: now,
      sentAt: now,
    });
  }
}

/** The order that stands in another's place now: itself, unless it was replaced. What has filled is not replaced any more, whatever was wanted. */
export function successorOf(state: EngineState, order: Order): Order {
  if (order.state === 'filled') return order;
  for (const other of state.orders.values()) {
    const took = other.intent.replaces === order.id && other.state !== 'denied' && other.state !== 'rejected' && other.state !== 'expired';
    if (took) return successorOf(state, other);
  }
  return order;
}

/** The order on which the family hangs at the broker; `undefined` for an order without one. */
export function headOf(state: EngineState, order: Order): Order | undefined {
  const root = rootOf(state, order);
  return root === undefined ? undefined : successorOf(state, root);
}

/** The order with which the family was sent. */
export function rootOf(state: EngineState, { id, intent }: Order): Order | undefined {
  if (intent.leg !== undefined) return state.orders.get(intent.leg.parentId);
  if (classOf(intent) === 'simple') return undefined;
  const before = intent.replaces === undefined ? undefined : state.orders.get(intent.replaces);
  return before === undefined ? state.orders.get(id) : (rootOf(state, before) ?? state.orders.get(id));
}

/** Everybody of the family, oldest first: the head, what it replaced, and the legs. */
export function familyOf(state: EngineState, order: Order): readonly Order[] {
  const root = rootOf(state, order);
  if (root === undefined) return [order];
  return [...state.orders.values()].filter((each) => each.id === root.id || rootOf(state, each)?.id === root.id);
}

const roleOf = ({ type }: BrokerOrder): LegRole => (type === 'limit' ? 'take_profit' : 'stop_loss');

/** Our leg of a broker's: by the broker's id, else the one of its role that the broker has not named yet. */
export function legOf(state: EngineState, head: Order, report: BrokerOrder): Order | undefined {
  const legs = familyOf(state, head).filter(({ intent }) => intent.leg !== undefined);
  return (
    legs.find(({ id, brokerOrderId }) => brokerOrderId === report.brokerOrderId || id === report.clientOrderId) ??
    legs.find(({ intent, brokerOrderId }) => brokerOrderId === undefined && intent.leg?.role === roleOf(report))
  );
}

/**
 * The head of a family that waits to hear of this very leg: the stream, and the list of open orders, may tell of it before the answer to the order does. Where it
 * is the leg's end that is told, the family may have ended here already without ever having learned the leg's name.
 */
export function headAwaiting(state: EngineState, report: BrokerOrder, hasEnded = false): Order | undefined {
  for (const order of state.orders.values()) {
    const { leg, symbol, side, quantity } = order.intent;
    if (leg === undefined || order.brokerOrderId !== undefined) continue;
    if (!isOpen(order) && !(hasEnded && quantity === report.quantity)) continue;
    if (symbol === report.symbol && side === report.side && leg.role === roleOf(report)) return headOf(state, order);
  }
  return undefined;
}

/** Ask for the family as the broker has it: its stream does not tell of everything that one member does to the others. */
export function readFamily(turn: Turn, order: Order): void {
  const head = headOf(turn.state, order);
  if (head?.brokerOrderId === undefined) return;
  emit(turn, { kind: 'ReadFamily', orderId: head.id, brokerOrderId: head.brokerOrderId });
}

/** Of an OCO the order itself is an exit too. */
export const isExit = ({ intent }: Order): boolean => intent.leg !== undefined || classOf(intent) === 'oco';

/** An exit that is at the broker, or was: neither one that came to nothing nor one that waits for another's place. */
export function isInPlace(state: EngineState, order: Order): boolean {
  const { intent, state: lives } = order;
  if (lives === 'denied' || lives === 'rejected') return false;
  const old = intent.replaces === undefined ? undefined : state.orders.get(intent.replaces);
  return old === undefined || !isOpen(old) || hasTakenPlace(order);
}

/** An OCO is the take profit of its pair. */
const roleOfExit = ({ intent }: Order): LegRole => intent.leg?.role ?? 'take_profit';

/** What the other exit has filled, and what took its place. What was filled before an exit in its own place is part of its quantity. */
const filledOf = (exits: readonly Order[], but: Order): bigint =>
  exits.reduce((total, exit) => (roleOfExit(exit) === roleOfExit(but) ? total : total + exit.filledQuantity), 0n);

const exitsIn = (state: EngineState, order: Order): readonly Order[] =>
  familyOf(state, order).filter((each) => isExit(each) && isInPlace(state, each));

/** What the exits of a family may close together: each of them was made smaller by what the others have filled. */
const sizeOf = (exits: readonly Order[]): bigint =>
  exits.map((exit) => exit.intent.quantity + filledOf(exits, exit)).reduce((most, each) => (each < most ? each : most));

/** What of an exit's quantity is filled: by itself, and by those whose place it took. */
const usedOf = (state: EngineState, order: Order): bigint => order.filledQuantity + carriedInto(state, order);

/** A part of one exit was filled: the others may close no more than is left. */
export function reduceSiblings(turn: Turn, order: Order): void {
  const exits = exitsIn(turn.state, order);
  if (exits.length < 2) return;
  const size = sizeOf(exits);
  for (const other of exits) {
    if (other.id === order.id || !isOpen(other)) continue;
    const quantity = min(other.intent.quantity, (size - filledOf(exits, other)) as Quantity);
    if (quantity <= usedOf(turn.state, other) || quantity === other.intent.quantity) continue;
    setOrder(turn, { ...other, intent: { ...other.intent, quantity }, updatedAt: turn.state.now });
  }
}

/** Whether what is left of an exit is our reckoning: after a fill of another one the broker makes it smaller, or does not where that one had ended. */
export const isReckoned = (state: EngineState, order: Order): boolean => isExit(order) && filledOf(exitsIn(state, order), order) > 0n;

/** Both exits can fill in a fast market: what the broker executed beyond what was left is within what the family was for. */
export function widened(state: EngineState, order: Order, executed: Quantity): Order {
  if (!isExit(order)) return order;
  const quantity = (usedOf(state, order) + executed) as Quantity;
  const others = exitsIn(state, order).filter(({ id }) => id !== order.id);
  if (quantity <= order.intent.quantity || quantity > sizeOf([...others, order])) return order;
  return { ...order, intent: { ...order.intent, quantity } };
}

/** Whether somebody of the family should have ended and has not: it is then read again. */
export function isUnsettled(state: EngineState, order: Order): boolean {
  const members = familyOf(state, order);
  const head = headOf(state, order);
  const exited = members.some(({ intent, state: now }) => now === 'filled' && (intent.leg !== undefined || classOf(intent) === 'oco'));
  const gone = head !== undefined && !isOpen(head) && head.state !== 'filled' && head.state !== 'replaced';
  return (exited || gone) && members.some(isOpen);
}

/** An order that never came to life takes the legs along of which the broker has not spoken. Where a touched stop has ended an OCO, the stop is at work: it is asked for. */
export function endLegs(turn: Turn, head: Order): void {
  // Where a replacement came to nothing, or the replaced one is told to have ended, the legs hang on the other: on one that has filled, too.
  const other = headOf(turn.state, head);
  if (other !== undefined && other.id !== head.id && (isOpen(other) || other.state === 'filled')) return;
  if (CLASS_RULES[classOf(head.intent)].exitOnly && head.brokerOrderId !== undefined) {
    readFamily(turn, head);
    return;
  }
  for (const leg of familyOf(turn.state, head)) {
    if (isKnownByOurId(leg.intent) || leg.brokerOrderId !== undefined || !isOpen(leg)) continue;
    const { now } = turn.state;
    setOrder(turn, { ...leg, state: 'canceled', updatedAt: now, closedAt: now });
  }
}
