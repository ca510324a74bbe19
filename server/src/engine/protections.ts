import { couldTradeTogether } from '../risk/wash-trade.ts';
import { format, priceFromNumber } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import { abs, max, roundToTick, subtract, ZERO_QUANTITY } from '../money/money.ts';
import type { Bar } from '../market-data/bar.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Order, OrderIntent, Origin } from '../orders/order.ts';
import { isFractional } from '../orders/order-rules.ts';
import { ACCOUNT_OWNER, holdingOf } from '../positions/sub-ledgers.ts';
import { tickAt } from '../risk/valuation.ts';
import { requestCancel } from './cancel.ts';
import { submitIntent } from './intents.ts';
import { replaceOrder, whyNotReplaceable } from './replacing.ts';
import { openSuccessor } from './successor.ts';
import type { EngineState, Protection } from './state.ts';
import { change, isOpen, openOrders, raise, trackingOf, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

export const protectionKey = (owner: string, symbol: string): string => `${owner} ${symbol}`;

export const ownerOf = (origin: Origin): string => (origin.kind === 'strategy' ? origin.strategyId : ACCOUNT_OWNER);

/** Exits of a position of this direction in steps of the tick: a stop never touched earlier, a take profit never worse. */
export function steppedExits(
  state: EngineState,
  symbol: string,
  long: boolean,
  exits: { readonly stopLoss?: number | undefined; readonly takeProfit?: number | undefined },
): { readonly stopLoss?: Price; readonly takeProfit?: Price } {
  const instrument = state.instruments.get(symbol);
  const stepped = (value: number, towards: 'floor' | 'ceil'): Price => {
    const raw = priceFromNumber(value);
    return instrument === undefined || instrument.tick <= 0n ? raw : roundToTick(raw, tickAt(raw, instrument), towards);
  };
  const { stopLoss, takeProfit } = exits;
  return {
    ...(stopLoss === undefined ? {} : { stopLoss: stepped(stopLoss, long ? 'floor' : 'ceil') }),
    ...(takeProfit === undefined ? {} : { takeProfit: stepped(takeProfit, long ? 'ceil' : 'floor') }),
  };
}

/** Protect what an owner holds of a symbol; what protected it before ends. Nothing given: it is protected no more. */
export function protect(turn: Turn, wanted: Omit<Protection, 'count' | 'exitId' | 'watched' | 'touchedAt' | 'over'>): void {
  const key = protectionKey(wanted.owner, wanted.symbol);
  const before = turn.state.protections.get(key);
  const none = wanted.stopPrice === undefined && wanted.takeProfit === undefined && wanted.trail === undefined;
  if (none && before === undefined) return;
  const kept = before?.exitId === undefined ? {} : { exitId: before.exitId };
  const fresh: Protection = { ...wanted, count: before?.stem === wanted.stem ? before.count : 0, ...kept, ...(none ? { over: true } : {}) };
  change(turn, { protections: withEntry(turn.state.protections, key, fresh) });
}

/** An order that is to be protected has opened something: its exits stand for all that its owner holds, as in a backtest. */
export function protectFill(turn: Turn, order: Order): void {
  const { intent } = order;
  if (intent.orderClass !== undefined || (intent.stopLoss === undefined && intent.takeProfit === undefined)) return;
  const owner = ownerOf(intent.origin);
  const held = holdingOf(turn.state.ledgers, owner, intent.symbol);
  if (held === 0n || held > 0n !== (intent.side === 'buy')) return;
  protectHolding(turn, order, owner, held);
}

/** The broker gave the exits up because the entry has not filled whole: what has filled is protected here. */
export function protectRemainder(turn: Turn, order: Order): void {
  const { intent } = order;
  const owner = ownerOf(intent.origin);
  const held = holdingOf(turn.state.ledgers, owner, intent.symbol);
  if (order.filledQuantity === 0n || intent.leg !== undefined || intent.reduceOnly || held === 0n) return;
  if (intent.orderClass === undefined || held > 0n !== (intent.side === 'buy')) return;
  const detail = `${order.id} ended ${order.state} with ${format(order.filledQuantity)} of ${format(intent.quantity)} filled: the broker drops its exits, so that they are kept here.`;
  raise(turn, 'ExitsTakenOver', order.id, 'warning', `The exits of ${intent.symbol} are kept here`, detail);
  protectHolding(turn, order, owner, held);
}

function protectHolding(turn: Turn, { id, intent }: Order, owner: string, held: Quantity): void {
  protect(turn, {
    owner,
    symbol: intent.symbol,
    long: held > 0n,
    ...(intent.stopLoss === undefined ? {} : { stopPrice: intent.stopLoss.stopPrice }),
    ...(intent.takeProfit === undefined ? {} : { takeProfit: intent.takeProfit.limitPrice }),
    origin: plainOrigin(intent.origin),
    reason: intent.reason,
    stem: id,
  });
}

/** Exits are nobody's stated orders. */
const plainOrigin = (origin: Origin): Origin =>
  origin.kind === 'strategy' ? { kind: 'strategy', strategyId: origin.strategyId, version: origin.version } : origin;

/** States in which nothing new is sent on its own: the gate is closed, or positions are being closed as it is. */
const isAtRest = ({ tradingState, flattening }: EngineState): boolean =>
  tradingState === 'HALTED' || tradingState === 'FROZEN' || flattening !== undefined;

/** Whether a price that touches it closes the position from here: the broker does not hold it. */
export const isWatchedHere = (state: EngineState, protection: Protection): boolean =>
  protection.watched !== undefined &&
  protection.over !== true &&
  protection.touchedAt === undefined &&
  !isAtRest(state) &&
  !hasOpenLeg(state, protection);

/** Bring the exits at the broker to what each position needs now. After every event that changed orders, positions or wishes. */
export function keepProtections(turn: Turn): void {
  if (turn.state.protections.size === 0 || isAtRest(turn.state)) return;
  for (const key of turn.state.protections.keys()) {
    const protection = turn.state.protections.get(key);
    if (protection !== undefined) keep(turn, key, protection);
  }
}

const set = (turn: Turn, key: string, protection: Protection): void =>
  change(turn, { protections: withEntry(turn.state.protections, key, protection) });

const isOwn = (order: Order, { owner, symbol }: Protection): boolean =>
  order.intent.symbol === symbol && ownerOf(order.intent.origin) === owner;

/** Exits of the protection that are open, heads only. */
const openExits = (state: EngineState, protection: Protection): readonly Order[] =>
  openOrders(state).filter((order) => order.intent.protects === true && order.intent.leg === undefined && isOwn(order, protection));

/** A stop whose price was touched is still at work when its take profit has ended already. */
const hasOpenLeg = (state: EngineState, protection: Protection): boolean =>
  openOrders(state).some((order) => order.intent.protects === true && isOwn(order, protection));

function keep(turn: Turn, key: string, protection: Protection): void {
  const held = holdingOf(turn.state.ledgers, protection.owner, protection.symbol);
  const exits = openExits(turn.state, protection);
  if (protection.over === true || held === 0n || held > 0n !== protection.long) {
    for (const exit of exits) requestCancel(turn, exit);
    if (!hasOpenLeg(turn.state, protection)) change(turn, { protections: withoutEntry(turn.state.protections, key) });
    else if (protection.over === undefined) set(turn, key, { ...protection, over: true });
    return;
  }
  if (protection.touchedAt !== undefined) {
    closeTouched(turn, key, protection, abs(held));
    return;
  }
  const quantity = max(ZERO_QUANTITY, subtract(abs(held), closingAlready(turn.state, protection)));
  hold(turn, key, protection, quantity, exits[0]);
}

/** Units that other orders of the owner are about to close. */
function closingAlready(state: EngineState, protection: Protection): Quantity {
  const closes = protection.long ? 'sell' : 'buy';
  return openOrders(state)
    .filter(
      (order) =>
        order.intent.side === closes && order.intent.protects !== true && order.intent.leg === undefined && isOwn(order, protection),
    )
    .reduce((total, order) => total + order.intent.quantity - order.filledQuantity, 0n) as Quantity;
}

const wordOf = (quantity: Quantity, { stopPrice, takeProfit }: Protection): string =>
  [quantity, stopPrice, takeProfit].map((figure) => (figure === undefined ? '' : format(figure as Price))).join(' ');

/** What an exit at the broker stands for. */
function wordOfExit({ intent, filledQuantity }: Order): string {
  const stop = intent.stopLoss?.stopPrice ?? intent.stopPrice;
  return [subtract(intent.quantity, filledQuantity), stop, intent.limitPrice]
    .map((figure) => (figure === undefined ? '' : format(figure as Price)))
    .join(' ');
}

/** One exit at the broker, of this quantity and these prices. */
function hold(turn: Turn, key: string, protection: Protection, quantity: Quantity, exit: Order | undefined): void {
  const word = wordOf(quantity, protection);
  if (exit !== undefined) {
    if (wordOfExit(exit) !== word) changeExit(turn, key, protection, quantity, exit);
    return;
  }
  if (quantity === 0n || protection.watched === word || hasOpenLeg(turn.state, protection)) return;
  const last = protection.exitId === undefined ? undefined : turn.state.orders.get(protection.exitId);
  if (last !== undefined && isRefused(turn.state, last) && wordOfExit(last) === word) {
    watch(turn, key, protection, word, `the broker ended the exit ${last.id}: ${last.rejection ?? last.state}`);
    return;
  }
  const intent = exitIntent(turn.state, protection, quantity);
  const price = turn.state.marks.get(protection.symbol)?.price;
  if (price !== undefined && isStopped(protection, price)) {
    // Brokers refuse a stop that the price has passed already.
    const touched = { ...protection, touchedAt: turn.state.now };
    set(turn, key, touched);
    closeTouched(turn, key, touched, quantity);
    return;
  }
  const obstacle = whyNotAtBroker(turn.state, intent);
  if (obstacle !== undefined) {
    watch(turn, key, protection, word, obstacle);
    return;
  }
  set(turn, key, { ...protection, count: protection.count + 1, exitId: intent.id });
  submitIntent(turn, intent);
}

/** Brokers end even orders that are good until cancelled after some weeks: an exit that lived is sent anew, one that never did is not. */
const LIVED_MS = 3_600_000;

function isRefused(state: EngineState, exit: Order): boolean {
  if (exit.state === 'denied' || exit.state === 'rejected') return true;
  if (exit.state === 'filled' || trackingOf(state, exit.id).cancelWanted) return false;
  return state.now < instantFromMs((exit.sentAt ?? exit.updatedAt) + LIVED_MS);
}

/** Another price or quantity: in the place of the old exit where the broker can do that in one step, else after it. */
function changeExit(turn: Turn, key: string, protection: Protection, quantity: Quantity, exit: Order): void {
  const wanted = { ...exitIntent(turn.state, protection, quantity), replaces: exit.id };
  const inOneStep = quantity > 0n && exit.intent.orderClass === undefined && wanted.orderClass === undefined;
  if (inOneStep && (exit.state === 'pending_replace' || openSuccessor(turn.state, exit.id) !== undefined)) return;
  if (inOneStep && whyNotReplaceable(turn.state, exit, wanted) === undefined) {
    set(turn, key, { ...protection, count: protection.count + 1, exitId: wanted.id });
    if (replaceOrder(turn, wanted)) return;
  }
  requestCancel(turn, exit);
}

function exitIntent(state: EngineState, protection: Protection, quantity: Quantity): OrderIntent {
  const { stopPrice, takeProfit, symbol, long, origin, reason } = protection;
  const prices: Pick<OrderIntent, 'type' | 'limitPrice' | 'stopPrice' | 'orderClass' | 'stopLoss'> =
    stopPrice !== undefined && takeProfit !== undefined
      ? { type: 'limit', limitPrice: takeProfit, orderClass: 'oco', stopLoss: { stopPrice } }
      : stopPrice !== undefined
        ? { type: 'stop', stopPrice }
        : { type: 'limit', ...(takeProfit === undefined ? {} : { limitPrice: takeProfit }) };
  return {
    id: exitId(protection),
    symbol,
    side: long ? 'sell' : 'buy',
    quantity,
    ...prices,
    timeInForce: 'gtc',
    reduceOnly: true,
    protects: true,
    origin: plainOrigin(origin),
    reason: `exit of: ${reason}`.slice(0, 500),
    createdAt: state.now,
  };
}

const exitId = ({ stem, count }: Protection): string => `${stem}-exit-${count + 1}`;

/** Why the broker cannot hold an exit; `undefined` where it can. */
function whyNotAtBroker(state: EngineState, intent: OrderIntent): string | undefined {
  if (isFractional(intent.quantity)) return 'it is for a fraction of a share';
  if (intent.orderClass !== undefined) return undefined;
  const other = openOrders(state).find((order) => order.intent.symbol === intent.symbol && couldTradeTogether(order.intent, intent));
  return other === undefined ? undefined : `it could trade with ${other.id}, which brokers refuse`;
}

function watch(turn: Turn, key: string, protection: Protection, word: string, why: string): void {
  set(turn, key, { ...protection, watched: word });
  const { symbol } = protection;
  const detail = `The broker does not hold it: ${why}. It is sent as a market order when a price touches it, which takes this program to be running.`;
  raise(
    turn,
    'ProtectionKeptHere',
    `${key.replace(' ', '-')}-${protection.stem}`,
    'warning',
    `The protection of ${symbol} is watched here`,
    detail,
  );
}

/** A price has come: exits that the broker does not hold are touched by it. Only while the market is open, as the broker's own would be. */
export function touchProtections(turn: Turn, symbols: readonly string[]): void {
  if (turn.state.protections.size === 0 || !turn.state.marketOpen || isAtRest(turn.state)) return;
  for (const [key, protection] of turn.state.protections) {
    if (!symbols.includes(protection.symbol) || protection.over === true || protection.touchedAt !== undefined) continue;
    if (hasOpenLeg(turn.state, protection)) continue;
    const price = turn.state.marks.get(protection.symbol)?.price;
    if (price === undefined || !isTouched(protection, price)) continue;
    set(turn, key, { ...protection, touchedAt: turn.state.now });
  }
}

const isStopped = ({ long, stopPrice }: Protection, price: Price): boolean =>
  stopPrice !== undefined && (long ? price <= stopPrice : price >= stopPrice);

const isTouched = (protection: Protection, price: Price): boolean => {
  const { long, takeProfit } = protection;
  return isStopped(protection, price) || (takeProfit !== undefined && (long ? price >= takeProfit : price <= takeProfit));
};

/** A denied or refused exit is tried again after this. */
const TRY_AGAIN_MS = 10_000;

/** A watched exit was touched: what stands in its way is cancelled, then the position is closed at the market. */
function closeTouched(turn: Turn, key: string, protection: Protection, quantity: Quantity): void {
  const last = protection.exitId === undefined ? undefined : turn.state.orders.get(protection.exitId);
  if (last !== undefined && isOpen(last) && last.intent.type === 'market') return;
  if (last?.intent.type === 'market' && last.state !== 'filled' && turn.state.now < instantFromMs(last.updatedAt + TRY_AGAIN_MS)) return;
  const own = openOrders(turn.state).filter((order) => isOwn(order, protection));
  if (own.length > 0) {
    for (const order of own) requestCancel(turn, order);
    return;
  }
  const { stopPrice: _stop, takeProfit: _profit, ...bare } = protection;
  const { limitPrice: _limit, ...intent } = exitIntent(turn.state, bare, quantity);
  set(turn, key, { ...protection, count: protection.count + 1, exitId: intent.id });
  submitIntent(turn, { ...intent, type: 'market', timeInForce: 'day' });
}

/** Where a trailing stop stands for a best price. */
const trailedStop = (best: number, fraction: number, long: boolean): Price => priceFromNumber(best * (1 - (long ? 1 : -1) * fraction));

/** A protection that follows begins at a price. */
export const trailFrom = (state: EngineState, symbol: string, long: boolean, fraction: number, best: number) => ({
  trail: { fraction, best },
  stopPrice:
    steppedExits(state, symbol, long, { stopLoss: best * (1 - (long ? 1 : -1) * fraction) }).stopLoss ?? trailedStop(best, fraction, long),
});

/** Bars have closed: stops that follow move with the best price of the bar, for the bars after it. */
export function followBars(turn: Turn, bars: readonly Bar[], owners: ReadonlySet<string>): void {
  for (const [key, protection] of turn.state.protections) {
    const { trail, long, symbol } = protection;
    const bar = trail !== undefined && owners.has(protection.owner) ? bars.find((each) => each.symbol === symbol) : undefined;
    if (bar === undefined || trail === undefined || protection.over === true) continue;
    const best = long ? bar.high : bar.low;
    if (long ? best <= trail.best : best >= trail.best) continue;
    set(turn, key, { ...protection, ...trailFrom(turn.state, symbol, long, trail.fraction, best) });
  }
}
