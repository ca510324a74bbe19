import type { EngineState } from '../../engine/state.ts';
import type { Order, OrderIntent } from '../../orders/order.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import { TRADING_STATES } from '../../risk/types.ts';
import type { TradingState } from '../../risk/types.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import { truthOf } from '../truth.ts';
import type { Sight } from './sight.ts';
import { familyIn, filledBefore, together } from './together.ts';

const rank = (state: TradingState): number => TRADING_STATES.indexOf(state);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** Units of the position that no open order closes already; of orders that fill together, and without those given, the largest counts. */
export function closable(state: EngineState, symbol: string, ...except: readonly (string | undefined)[]): bigint {
  const held = state.positions.get(symbol)?.quantity ?? 0n;
  const side = held > 0n ? 'sell' : 'buy';
  let left = size(held);
  for (const { orders, remaining } of together(state, except)) {
    const [first] = orders;
    if (first?.intent.symbol === symbol && first.intent.side === side) left -= remaining;
  }
  return left < 0n ? 0n : left;
}

/**
 * Those before it: the one whose place it is to take was at the market in the place of the earlier ones, whatever has been heard of their ends. Of an exit
 * all of its family: of them no more fills than the largest asks for.
 */
function placesOf(state: EngineState, { replaces }: OrderIntent): readonly string[] {
  const earlier = replaces === undefined ? undefined : state.orders.get(replaces);
  if (earlier === undefined) return [];
  const { leg, orderClass } = earlier.intent;
  const exits = leg !== undefined || orderClass === 'oco' ? familyIn(state, earlier).map(({ id }) => id) : [];
  return [earlier.id, ...exits, ...placesOf(state, earlier.intent)];
}

/** What an order may close, whatever is open beside it: without itself, its own exits, and those before it. */
export function leftFor(state: EngineState, intent: OrderIntent): bigint {
  const legs = [...state.orders.values()].filter((order) => order.intent.leg?.parentId === intent.id).map(({ id }) => id);
  return closable(state, intent.symbol, intent.id, ...legs, ...placesOf(state, intent));
}

/** Whether an order only takes a position nearer to zero. */
export function isExit(state: EngineState, intent: OrderIntent): boolean {
  const held = state.positions.get(intent.symbol)?.quantity ?? 0n;
  return held !== 0n && (intent.side === 'sell') === held > 0n && intent.quantity - filledBefore(state, intent) <= leftFor(state, intent);
}

/** Denials that an exit may meet: it is nonsense in itself, or its price is. */
const MAY_MEET: ReadonlySet<string> = new Set(['OrderSanity', 'PriceCollar', 'OrderRate', 'DuplicateOrder']);

/** In this time an open order must have been asked back: after the gate has closed, the broker has named the order, and the process can speak for the account. */
const CANCEL_MS_MAX = 2_000;

/** Who cancels one of a family cancels all of it. */
const isAsked = (asked: ReadonlySet<string>, family: readonly Order[]): boolean =>
  family.some(({ brokerOrderId }) => brokerOrderId !== undefined && asked.has(brokerOrderId));

/** One that is being replaced the broker would not cancel, and exits are cancelled with the order that they hang on: it is asked when that has come to something. */
const isHeldUp = (order: Order, family: readonly Order[]): boolean =>
  [order, ...family.filter(({ intent }) => intent.leg === undefined)].some(({ state }) => state === 'pending_replace');

const isNewlyCancellable = ({ id, state, brokerOrderId }: Order, known: ReadonlyMap<string, number>, before: EngineState): boolean =>
  brokerOrderId !== undefined && (!known.has(id) || (state !== 'pending_replace' && before.orders.get(id)?.state === 'pending_replace'));

/** Whether somebody has paused what this order is of. */
const isPaused = ({ brakes }: EngineState, { symbol, origin }: OrderIntent): boolean =>
  ['account', `symbol ${symbol}`, origin.kind === 'strategy' ? `strategy ${origin.strategyId}` : ''].some((name) =>
    brakes.has(`Pause ${name}`),
  );

/** An order that the step has decided about. */
function judge({ intent, decision, state }: Order, now: TradingState, before: EngineState, after: EngineState): void {
  // An exit that hangs on an order is approved with it, and goes nowhere by itself.
  if (state === 'intent' || (intent.leg !== undefined && intent.replaces === undefined)) return;
  const exits = isExit(before, intent) || isExit(after, intent);
  const approved = decision.verdict === 'approved';
  if (approved && rank(now) >= rank('REDUCING') && !exits)
    throw new Violated('I7', `${intent.id} opens a position while trading is ${now}`);
  if (approved && !exits && isPaused(before, intent) && isPaused(after, intent))
    throw new Violated('I7', `${intent.id} opens a position where somebody has paused`);
  if (approved && now === 'FROZEN') throw new Violated('I7', `${intent.id} was let through while trading is FROZEN`);
  const barred = decision.denials.filter(({ code }) => !MAY_MEET.has(code));
  if (!approved && now !== 'FROZEN' && isExit(before, intent) && isExit(after, intent) && barred.length > 0)
    throw new Violated('I10', `the exit ${intent.id} was denied: ${barred.map(({ message }) => message).join(' ')}`);
}

/** Whatever a program asks for: what people froze stays frozen, and what they are having closed goes on. */
function judgeProgram({ before, after, event }: Stepped): void {
  if (event.kind !== 'KillSwitchEngaged' || event.program !== true) return;
  if (before.tradingState === 'FROZEN' && after.tradingState !== 'FROZEN')
    throw new Violated('I9', `${event.by} took trading from FROZEN to ${after.tradingState}`);
  if (before.flattening !== undefined && before.flattening.program !== true && after.flattening !== before.flattening)
    throw new Violated('I9', `${event.by} ended what ${before.flattening.by} is having closed`);
}

/** I7, I8, I9, I10: what the kill switch and the trading states promise. */
export function stopCheck({ nowMs, venue }: Sight): Check {
  /** The newest state that was written down. */
  let recorded: TradingState | undefined;
  let killedAt: number | undefined;
  const asked = new Set<string>();
  /** Decided about after the kill: an exit that somebody wants all the same. The engine's own time may stand still meanwhile. */
  const later = new Set<string>();
  /** Since when an order can be cancelled, by our id: a process has the broker's, and it is not being replaced. */
  const known = new Map<string, number>();
  /** Since when this process is connected and agrees with the broker: before, it may not act. */
  let ableAt: number | undefined;
  const decide = (step: Stepped): void => {
    const { facts, before, after, event } = step;
    judgeProgram(step);
    // An order is judged by the state before the step, or by what the step itself has made of it before.
    let now = before.tradingState;
    for (const fact of facts) {
      if (fact.kind === 'TradingStateChanged') {
        now = fact.to;
        recorded = fact.to;
        const left = rank(fact.to) < rank(fact.from);
        if (left && event.kind !== 'KillSwitchReleased')
          throw new Violated('I9', `trading went from ${fact.from} to ${fact.to} without a person`);
      }
      if (fact.kind === 'OrderChanged' && isNewlyCancellable(fact.order, known, before)) known.set(fact.order.id, nowMs());
      if (fact.kind === 'OrderChanged' && !before.orders.has(fact.order.id) && fact.order.decision.decidedAt === after.now)
        judge(fact.order, now, before, after);
      if (fact.kind === 'OrderChanged' && killedAt !== undefined && !before.orders.has(fact.order.id)) later.add(fact.order.id);
    }
    noteKill(step);
  };
  const noteKill = ({ after, event, facts }: Stepped): void => {
    // One that was refused stops nothing anew.
    if (event.kind === 'KillSwitchEngaged' && facts.some(({ kind }) => kind === 'TradingStateChanged')) {
      killedAt = nowMs();
      later.clear();
    }
    if (rank(after.tradingState) < rank('HALTED')) killedAt = undefined;
  };
  const overdue = (state: EngineState): void => {
    ableAt = state.brokerConnected && state.reconciled ? (ableAt ?? nowMs()) : undefined;
    if (killedAt === undefined || ableAt === undefined || nowMs() - Math.max(killedAt, ableAt) < CANCEL_MS_MAX) return;
    for (const order of state.orders.values()) {
      if (TERMINAL_STATES.has(order.state) || order.intent.origin.kind === 'flatten' || order.brokerOrderId === undefined) continue;
      if (later.has(order.id) || (order.sentAt ?? 0) > killedAt || (known.get(order.id) ?? 0) > nowMs() - CANCEL_MS_MAX) continue;
      const family = familyIn(state, order);
      if (isHeldUp(order, family) || isAsked(asked, family)) continue;
      throw new Violated(
        'I8',
        `${order.id} is ${order.state} after the kill switch, and no cancel was sent (${truthOf(venue, order)?.status ?? 'unknown'} at the venue)`,
      );
    }
  };
  return {
    stepped: (step) => {
      decide(step);
      if (step.lived) overdue(step.after);
    },
    cancelled: (id) => void asked.add(id),
    recovered: (state, problem) => {
      ableAt = undefined;
      if (problem !== undefined) throw new Violated('I21', `the record does not lead to itself: ${problem}`);
      if (recorded !== undefined && state.tradingState !== recorded)
        throw new Violated('I9', `trading was ${recorded} before the crash, and is ${state.tradingState} after it`);
    },
  };
}
