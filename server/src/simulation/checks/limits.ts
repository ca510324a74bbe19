import { riskContext } from '../../engine/risk-context.ts';
import type { EngineState } from '../../engine/state.ts';
import { TERMINAL_STATES } from '../../orders/order.ts';
import type { Order, OrderIntent } from '../../orders/order.ts';
import { TRADING_STATES } from '../../risk/types.ts';
import { truthOf } from '../truth.ts';
import { OVER } from '../venue-types.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import type { Sight } from './sight.ts';
import { isExit } from './stop.ts';
import { isGone, remainingOf, together } from './together.ts';

const ONE = 1_000_000_000n;
const size = (value: bigint): bigint => (value < 0n ? -value : value);
const most = (...values: readonly bigint[]): bigint => values.reduce((left, right) => (left > right ? left : right));

/** The most that one symbol could come to: its position with all its open buys, or with all its open sells but `except`, at the higher of price and order. */
function worstOf(state: EngineState, symbol: string, except: string | undefined): bigint {
  const mark = state.marks.get(symbol);
  const middle = mark?.basis === 'quote' && mark.bid !== undefined && mark.ask !== undefined ? (mark.bid + mark.ask) / 2n : mark?.price;
  const reference = middle ?? 0n;
  const held = (state.positions.get(symbol)?.quantity ?? 0n) * reference;
  let buys = 0n;
  let sells = 0n;
  for (const { orders } of together(state, [except])) {
    const [first] = orders;
    if (first?.intent.symbol !== symbol) continue;
    const value = most(
      ...orders.map((order) => remainingOf(state, order) * most(reference, order.intent.limitPrice ?? 0n, order.intent.stopPrice ?? 0n)),
    );
    if (first.intent.side === 'buy') buys += value;
    else sells += value;
  }
  return most(size(held), held + buys, sells - held);
}

/** Held, or to be held by what may still fill. */
function symbolsOf(state: EngineState): ReadonlySet<string> {
  const symbols = new Set(state.positions.keys());
  for (const { orders, remaining } of together(state)) {
    const [first] = orders;
    if (first !== undefined && remaining > 0n) symbols.add(first.intent.symbol);
  }
  return symbols;
}

/** Rounding of a middle price at 1e-9. */
const ROUNDING = ONE * ONE;

/**
 * I18: no cap is passed by an order that we let through, with everything that is open counted at its worst. One whose place it takes is not open beside it: prices may have
 * taken that one past a cap since, from which a smaller one leads back.
 */
function withinCaps({ intent, decision }: Order, after: EngineState): void {
  const { limits } = after;
  const equity = decision.equity;
  const symbols = symbolsOf(after);
  let gross = 0n;
  for (const symbol of symbols) gross += worstOf(after, symbol, intent.replaces);
  const own = worstOf(after, intent.symbol, intent.replaces);
  const price = most(after.marks.get(intent.symbol)?.price ?? 0n, intent.limitPrice ?? 0n);
  if (gross > limits.grossExposureRatioMax * equity + ROUNDING)
    throw new Violated('I18', `${intent.id} takes gross exposure to ${gross / ONE} of ${(limits.grossExposureRatioMax * equity) / ONE}`);
  if (own > limits.concentrationRatioMax * equity + ROUNDING)
    throw new Violated('I18', `${intent.id} takes ${intent.symbol} to ${own / ONE} of ${(limits.concentrationRatioMax * equity) / ONE}`);
  if (symbols.size > limits.openPositionsMax)
    throw new Violated('I18', `${intent.id} makes ${symbols.size} positions of ${limits.openPositionsMax}`);
  if (intent.quantity * price > limits.orderNotionalUsdMax * ONE + ROUNDING)
    throw new Violated('I18', `${intent.id} is worth ${(intent.quantity * price) / ONE}, more than ${limits.orderNotionalUsdMax}`);
}

/** I20: an entry is let through only on a live, reconciled account with a fresh price. */
function knowsEnough(intent: OrderIntent, { reconciled, brokerConnected, account, equity, marks, limits, now }: EngineState): void {
  const what = !brokerConnected
    ? 'the broker is not connected'
    : !reconciled
      ? 'the account is not reconciled'
      : account?.tradable !== true
        ? 'the account may not trade'
        : equity === undefined
          ? 'equity is not known'
          : undefined;
  if (what !== undefined) throw new Violated('I20', `${intent.id} opens a position while ${what}`);
  const mark = marks.get(intent.symbol);
  if (mark === undefined || mark.price <= 0n || now - mark.at > limits.staleDataMsMax)
    throw new Violated('I20', `${intent.id} opens a position on a price of ${mark === undefined ? 'nothing' : `${now - mark.at} ms`}`);
}

/**
 * I6, second half: every open order, known or unknown, is in what the gate counts; of orders that fill together one at least. One whose place was taken may be
 * left out only where it has ended at the venue, too.
 */
function reserved(state: EngineState, { venue }: Sight): void {
  for (const order of state.orders.values()) {
    if (TERMINAL_STATES.has(order.state) || !isGone(state, order)) continue;
    const truth = truthOf(venue, order);
    if (truth !== undefined && !OVER.has(truth.status))
      throw new Violated('I6', `${order.id} counts as gone, because its place was taken, and is ${truth.status} at the venue`);
  }
  const counted = new Map(riskContext(state).openOrders.map(({ id, remaining }) => [id, remaining]));
  for (const { orders } of together(state)) {
    const found = orders.filter(({ id }) => counted.has(id));
    const all = orders.map(({ id, state: lives }) => `${id} (${lives})`).join(', ');
    if (found.length === 0) throw new Violated('I6', `of ${all} the gate counts none`);
    for (const order of found) {
      const [theirs, ours] = [counted.get(order.id) ?? 0n, remainingOf(state, order)];
      if (theirs < ours) throw new Violated('I6', `of ${all} the gate counts ${theirs} of ${order.id}, and ${ours} are left`);
    }
  }
}

/** Equity from its parts, and what the breakers must have made of it (I21). */
function breakers({ before, after, event }: Stepped): void {
  const point = after.equity;
  if (point === undefined || point === before.equity) return;
  let value = after.cash as bigint;
  for (const { symbol, quantity, averagePrice } of after.positions.values())
    value += roundedHalf(quantity * (after.marks.get(symbol)?.price ?? averagePrice));
  if (value !== point.equity) throw new Violated('I13', `equity is ${point.equity}, and cash and positions are worth ${value}`);
  const mark = after.highWaterMark ?? 0n;
  const earlier = before.highWaterMark ?? mark;
  if (mark < earlier && event.kind !== 'KillSwitchReleased' && after.cashAdjustments === before.cashAdjustments)
    throw new Violated('I21', `the high-water mark fell from ${earlier} to ${mark}`);
  const { limits, sessionStartEquity: start } = after;
  const loss = (base: bigint, limit: bigint): boolean => base > 0n && (base - point.equity) * ONE >= limit * base;
  const demanded = loss(mark, limits.drawdownKillRatioMax)
    ? 'HALTED'
    : loss(mark, limits.drawdownReduceRatioMax) || loss(start ?? 0n, limits.dailyLossOffRatioMax)
      ? 'REDUCING'
      : loss(mark, limits.drawdownHalfRatioMax) || loss(start ?? 0n, limits.dailyLossHalfRatioMax)
        ? 'HALF'
        : 'ACTIVE';
  if (TRADING_STATES.indexOf(after.tradingState) < TRADING_STATES.indexOf(demanded))
    throw new Violated('I21', `equity ${point.equity} of ${mark} demands ${demanded}, and trading is ${after.tradingState}`);
}

function roundedHalf(value: bigint): bigint {
  const below = value >= 0n ? value / ONE : -((-value + ONE - 1n) / ONE);
  const rest = (value - below * ONE) * 2n;
  return rest > ONE || (rest === ONE && below % 2n !== 0n) ? below + 1n : below;
}

/** I18 over time: entries that came to the gate, let through or not. What may be an exit is left out, so that the count is at most the gate's. */
function rates() {
  const entries: { readonly at: number; readonly id: string }[] = [];
  return (id: string, approved: boolean, { now, limits }: EngineState): void => {
    entries.push({ at: now, id });
    if (!approved) return;
    for (const [ms, most] of [
      [1_000, limits.orderRateSecondMax],
      [60_000, limits.orderRateMinuteMax],
    ] as const) {
      const count = entries.filter(({ at }) => now - at < ms).length;
      if (count > most) throw new Violated('I18', `${id} is entry ${count} within ${ms} ms, of ${most}`);
    }
  };
}

export function limitsCheck(sight: Sight): Check {
  const noteEntry = rates();
  return {
    stepped: (step) => {
      const { facts, before, after } = step;
      let approved = false;
      for (const fact of facts) {
        if (fact.kind !== 'OrderChanged' || before.orders.has(fact.order.id)) continue;
        const { id, state: verdict, intent } = fact.order;
        // An exit that hangs on an order is none of its own.
        if (intent.leg !== undefined && intent.replaces === undefined) continue;
        const mayExit = isExit(before, fact.order.intent) || isExit(after, fact.order.intent);
        if (!mayExit && (verdict === 'approved' || verdict === 'denied')) noteEntry(id, verdict === 'approved', after);
        if (verdict !== 'approved') continue;
        approved = true;
        if (mayExit) continue;
        knowsEnough(fact.order.intent, after);
        withinCaps(fact.order, after);
      }
      if (approved || before.orders !== after.orders) reserved(after, sight);
      breakers(step);
    },
  };
}
