import { CONTRACT_SHARES } from '../../instruments/option-contract.ts';
import { UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { abs, add, max, negate, priceOf, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import type { Desk } from './desk.ts';
import { newOrder, route } from './entering.ts';
import { derivedId } from './identity.ts';
import { figuresOf, signedBy } from './margin.ts';
import { coverOf, underlyingsOf } from './option-cover.ts';
import { isOption, termsOf, worth } from './option-terms.ts';
import { applyFill, heldForOrders, heldQuantity, remaining } from './positions.ts';
import { duplicateClientId, forbidden, insufficientBuyingPower, insufficientQuantity, unprocessable } from './refusals.ts';
import type { AccountState } from './state.ts';
import type { Execution, NewOrder, OptionLeg, PositionIntent, Refusal, Submission, VenueOrder } from './types.ts';

/** Bid and ask of an option; `undefined` where there is no such contract, or no more. */
export type OptionQuotes = (symbol: string) => { readonly bid: Price; readonly ask: Price } | undefined;

/** The level that the broker has approved; accounts may lower theirs. */
export const APPROVED_LEVEL = 3;
const LEGS_MAX = 4;
const CLIENT_ID_MAX = 128;
const PENNY = 10_000_000n;

type Check = Refusal | undefined;

const uncovered = (): Refusal => forbidden('account not eligible to trade uncovered option contracts');

function gcd(left: bigint, right: bigint): bigint {
  return right === 0n ? left : gcd(right, left % right);
}

/** One contract of each leg for each unit of the order. A single option is an order of one leg. */
export const legsOfRequest = (order: NewOrder): readonly OptionLeg[] =>
  order.legs ?? [{ symbol: order.symbol, side: order.side, ratio: 1n, positionIntent: order.positionIntent }];

function checkShape(order: NewOrder): Check {
  if (order.notional !== undefined) return unprocessable('options orders must be by qty');
  if (order.quantity <= 0n || order.quantity % UNITS_PER_ONE !== 0n) return unprocessable('options qty must be a whole number > 0');
  if (order.timeInForce !== 'day') return unprocessable('options orders must be DAY orders');
  if (order.extendedHours === true) return unprocessable('extended hours are not available for options');
  if (order.type !== 'market' && order.type !== 'limit')
    return unprocessable(`${order.type} orders in options are not supported by this exchange`);
  if (order.takeProfit !== undefined || order.stopLoss !== undefined)
    return unprocessable('options orders have no take_profit or stop_loss');
  if (order.type === 'limit' && order.limitPrice === undefined) return unprocessable('limit orders require limit_price');
  if (order.type === 'market' && order.limitPrice !== undefined) return unprocessable('market orders require no limit_price');
  if (order.legs === undefined && order.limitPrice !== undefined && order.limitPrice <= 0n) return unprocessable('limit_price must be > 0');
  return order.limitPrice !== undefined && order.limitPrice % PENNY !== 0n
    ? unprocessable('invalid limit_price: finer than a cent')
    : undefined;
}

function checkLegs(order: NewOrder): Check {
  const { legs } = order;
  if (legs === undefined) return undefined;
  if (legs.length < 2 || legs.length > LEGS_MAX) return unprocessable('mleg orders must have 2 to 4 legs');
  if (new Set(legs.map(({ symbol }) => symbol)).size !== legs.length) return unprocessable('mleg orders must not have the same leg twice');
  if (legs.some(({ ratio }) => ratio <= 0n)) return unprocessable('ratio_qty must be a whole number > 0');
  if (legs.reduce((common, { ratio }) => gcd(common, ratio), 0n) !== 1n) return unprocessable('mleg leg ratios must be in lowest terms');
  if (legs.some(({ symbol }) => !isOption(symbol))) return unprocessable('mleg orders must not have equity legs');
  if (new Set(legs.map(({ symbol }) => termsOf(symbol)?.root)).size !== 1) return unprocessable('mleg legs must have the same underlying');
  return undefined;
}

/** What a leg does to the position that it meets. */
function intentOf(leg: OptionLeg, account: AccountState): PositionIntent {
  const held = heldQuantity(account, leg.symbol);
  if (leg.side === 'buy') return held < 0n ? 'buy_to_close' : 'buy_to_open';
  return held > 0n ? 'sell_to_close' : 'sell_to_open';
}

const isOpening = (intent: PositionIntent): boolean => intent === 'buy_to_open' || intent === 'sell_to_open';

/** Each leg's holding: what closes must be there, whole, and not spoken for. */
function checkHoldings(order: NewOrder, account: AccountState): Check {
  for (const leg of legsOfRequest(order)) {
    const intent = intentOf(leg, account);
    if (leg.positionIntent !== undefined && leg.positionIntent !== intent)
      return unprocessable(`position intent mismatch, inferred: ${intent}, specified: ${leg.positionIntent}`);
    if (isOpening(intent)) continue;
    const wanted = (order.quantity * leg.ratio) as Quantity;
    const existing = abs(heldQuantity(account, leg.symbol));
    const held = heldForOrders(account, leg.symbol);
    const available = subtract(existing, held);
    if (wanted > available) return insufficientQuantity(leg.symbol, wanted, available, existing, held, []);
  }
  return undefined;
}

/** Positions, and what the order would add: the worst of what open orders may leave is counted against it. */
function unitsAfter(account: AccountState, legs: readonly OptionLeg[], quantity: Quantity): Map<string, bigint> {
  const units = new Map<string, bigint>([...account.positions].map(([symbol, position]) => [symbol, position.quantity]));
  for (const open of account.open.values()) {
    if (open.side === 'sell' && open.legs === undefined) units.set(open.symbol, (units.get(open.symbol) ?? 0n) - remaining(open));
  }
  for (const { symbol, side, ratio } of legs) units.set(symbol, (units.get(symbol) ?? 0n) + signedBy(side, (quantity * ratio) as Quantity));
  return units;
}

/** Which level an order needs: 1 what shares or cash cover, 2 what is bought, 3 spreads. */
function levelOf(order: NewOrder, account: AccountState): number {
  if (order.legs !== undefined) return 3;
  const intent = intentOf({ ...order, ratio: 1n }, account);
  return intent === 'buy_to_open' ? 2 : intent === 'sell_to_open' ? 1 : 0;
}

/** Shorts that an order opens are bounded within it: its own legs, without what the account holds. */
function boundedInside(order: NewOrder): boolean {
  if (order.legs === undefined) return true;
  for (const right of ['call', 'put'] as const) {
    let net = 0n;
    for (const { symbol, side, ratio, positionIntent } of order.legs) {
      if (termsOf(symbol)?.right !== right) continue;
      if (side === 'buy') net += ratio;
      else if (positionIntent !== 'sell_to_close') net -= ratio;
    }
    if (net < 0n) return false;
  }
  return true;
}

/** What an order pays now for a unit: positive for a debit. A limit is what it may cost at most. */
export function naturalPrice(legs: readonly OptionLeg[], quotes: OptionQuotes): Price | undefined {
  let total = 0n;
  for (const { symbol, side, ratio } of legs) {
    const quote = quotes(symbol);
    if (quote === undefined || (side === 'sell' && quote.bid <= 0n)) return undefined;
    total += ratio * (side === 'buy' ? quote.ask : -quote.bid);
  }
  return total as Price;
}

/** The most that a unit may cost by its limit. A single sell's limit is what it wants to receive; of several legs a credit is below zero. */
function worstNet({ limitPrice, legs, side }: Pick<VenueOrder, 'limitPrice' | 'legs' | 'side'>): Price | undefined {
  return limitPrice !== undefined && legs === undefined && side === 'sell' ? negate(limitPrice) : limitPrice;
}

/** Dollars that an opening order needs: its premium, and what its shorts may lose beyond what was set aside before. */
function needOf(order: NewOrder, account: AccountState, quotes: OptionQuotes): Money {
  const legs = legsOfRequest(order);
  const signed = worstNet(order) ?? naturalPrice(legs, quotes) ?? (0n as Price);
  const [underlying = ''] = underlyingsOf(new Map(legs.map(({ symbol }) => [symbol, 1n])));
  const before = coverOf(unitsAfter(account, [], order.quantity), underlying).worstLoss;
  const after = coverOf(unitsAfter(account, legs, order.quantity), underlying).worstLoss;
  const premium = ((signed * order.quantity * CONTRACT_SHARES) / UNITS_PER_ONE) as Money;
  return max(add(premium, subtract(after, before)), ZERO_MONEY);
}

export interface OptionAdmission {
  readonly intent: PositionIntent;
  /** For each unit. */
  readonly reservePrice: Price;
}

function checkAccount(order: NewOrder, account: AccountState): Check {
  const { settings } = account;
  if (settings.accountBlocked || settings.tradingBlocked || settings.suspendTrade)
    return forbidden('new orders are rejected by the account’s settings');
  const level = Math.min(APPROVED_LEVEL, settings.maxOptionsLevel);
  const wanted = levelOf(order, account);
  if (level < wanted) return forbidden(`account not eligible to trade options at level ${wanted}: its level is ${level}`);
  if (wanted > 0 && settings.closingOnly) return forbidden('account restricted to closing orders');
  if (order.clientOrderId === undefined) return undefined;
  if (order.clientOrderId.length > CLIENT_ID_MAX) return unprocessable(`client_order_id must have 1 to ${CLIENT_ID_MAX} characters`);
  return account.orderIdByClientId.has(order.clientOrderId) ? duplicateClientId() : undefined;
}

/**
 * Whether the venue takes an order in options: its shape, its contracts, the account's level, what it closes, that every short stays bounded,
 * and buying power.
 */
export function admitOption(desk: Desk, account: AccountState, order: NewOrder, quotes: OptionQuotes): OptionAdmission | Refusal {
  const legs = legsOfRequest(order);
  const own = checkShape(order) ?? checkLegs(order) ?? checkAccount(order, account);
  if (own !== undefined) return own;
  const unknown = legs.find(({ symbol }) => quotes(symbol) === undefined);
  if (unknown !== undefined) return unprocessable(`asset "${unknown.symbol}" not found or not active`);
  const holding = checkHoldings(order, account);
  if (holding !== undefined) return holding;
  const [underlying = ''] = underlyingsOf(new Map(legs.map(({ symbol }) => [symbol, 1n])));
  const after = coverOf(unitsAfter(account, legs, order.quantity), underlying);
  const before = coverOf(unitsAfter(account, [], order.quantity), underlying);
  if (!boundedInside(order) || after.uncoveredCalls > larger(before.uncoveredCalls, 0n)) return uncovered();
  const intents = legs.map((leg) => intentOf(leg, account));
  const intent: PositionIntent =
    order.legs === undefined ? (intents[0] ?? 'buy_to_open') : intents.some(isOpening) ? 'buy_to_open' : 'buy_to_close';
  const need = needOf(order, account, quotes);
  const { buyingPower, optionsBuyingPower, equity } = figuresOf(account, desk.state.lastPrices, desk.options);
  if (isOpening(intent) || after.worstLoss > before.worstLoss) {
    const free = lesserMoney(buyingPower, optionsBuyingPower, equity);
    if (desk.options.buyingPowerChecks && need > free) {
      // A single short put without the cash behind it is called what it is.
      return intent === 'sell_to_open' ? uncovered() : insufficientBuyingPower(free, need);
    }
  }
  return { intent, reservePrice: priceOf(need, order.quantity) };
}

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const lesserMoney = (...values: readonly Money[]): Money => values.reduce((least, value) => (value < least ? value : least));

export const isOptionRequest = (order: NewOrder): boolean => order.legs !== undefined || isOption(order.symbol);
export const isOptionOrder = (order: VenueOrder): boolean => order.legs !== undefined || isOption(order.symbol);

export function submitOption(desk: Desk, account: AccountState, request: NewOrder, at: Instant, quotes: OptionQuotes): Submission {
  const admitted = admitOption(desk, account, request, quotes);
  if ('status' in admitted) return { ok: false, refusal: admitted };
  const { intent, reservePrice } = admitted;
  const fresh = newOrder(desk, account, request, { ok: true, positionIntent: intent, reservePrice }, at);
  const legs = request.legs?.map((leg) => ({ ...leg, positionIntent: intentOf(leg, account) }));
  const order: VenueOrder = legs === undefined ? fresh : { ...fresh, legs };
  account.orderIdByClientId.set(order.clientOrderId, order.id);
  if (desk.state.phase !== 'core') {
    const queued = desk.put(account, { ...order, status: 'accepted' });
    desk.emit('accepted', queued, at);
    return { ok: true, order: queued, events: desk.drain() };
  }
  const acknowledged: VenueOrder = { ...order, status: 'pending_new' };
  route(desk, account, acknowledged, at);
  matchOption(desk, account, order.id, at, quotes);
  return { ok: true, order: acknowledged, events: desk.drain() };
}

/** Tries every open order in options at the quotes of now. */
export function matchOptions(desk: Desk, at: Instant, quotes: OptionQuotes): void {
  if (desk.state.phase !== 'core') return;
  for (const [account, order] of desk.allOpen()) if (isOptionOrder(order)) matchOption(desk, account, order.id, at, quotes);
}

const WORKING: ReadonlySet<VenueOrder['status']> = new Set(['new', 'partially_filled']);

function matchOption(desk: Desk, account: AccountState, orderId: string, at: Instant, quotes: OptionQuotes): void {
  const order = account.open.get(orderId);
  if (order === undefined || !WORKING.has(order.status)) return;
  const legs = order.legs ?? [{ symbol: order.symbol, side: order.side, ratio: 1n }];
  const root = termsOf(legs[0]?.symbol ?? '')?.root ?? '';
  if (desk.state.halts.has(root)) return;
  const net = naturalPrice(legs, quotes);
  if (net === undefined) return;
  const worst = worstNet(order);
  if (worst !== undefined && net > worst) return;
  fill(desk, account, order, legs, net, at, quotes);
}

function fill(
  desk: Desk,
  account: AccountState,
  order: VenueOrder,
  legs: readonly OptionLeg[],
  net: Price,
  at: Instant,
  quotes: OptionQuotes,
): void {
  const executions = legs.map((leg) => executeLeg(desk, account, order, leg, at, quotes));
  const paid = order.legs === undefined ? abs(net) : net;
  const value = ((paid * order.quantity) / UNITS_PER_ONE) as Money;
  const filled = desk.put(account, {
    ...order,
    status: 'filled',
    filledQuantity: order.quantity,
    filledNotional: value,
    filledAt: at,
    updatedAt: at,
  });
  desk.emitFill(filled, at, executions, net);
}

function executeLeg(desk: Desk, account: AccountState, order: VenueOrder, leg: OptionLeg, at: Instant, quotes: OptionQuotes): Execution {
  const quote = quotes(leg.symbol);
  if (quote === undefined) throw new Error(`Invariant: ${leg.symbol} is quoted while it is traded`);
  const price = leg.side === 'buy' ? quote.ask : quote.bid;
  const quantity = (order.quantity * leg.ratio) as Quantity;
  const value = worth(leg.symbol, quantity, price);
  account.cash = add(account.cash, leg.side === 'buy' ? negate(value) : value);
  const position = applyFill(leg.symbol, account.positions.get(leg.symbol), signedBy(leg.side, quantity), price);
  if (position === undefined) account.positions.delete(leg.symbol);
  else account.positions.set(leg.symbol, position);
  const sequence = ++desk.state.executionCount;
  const execution: Execution = {
    id: derivedId(desk.options.venueId, 'execution', sequence),
    sequence,
    orderId: order.id,
    symbol: leg.symbol,
    side: leg.side,
    quantity,
    price,
    commission: ZERO_MONEY,
    kind: 'fill',
    cumulative: quantity,
    leaves: ZERO_QUANTITY,
    positionAfter: position?.quantity ?? ZERO_QUANTITY,
    at,
  };
  account.executions.push(execution);
  return execution;
}
