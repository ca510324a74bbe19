import { optionTermsOf } from '../instruments/option-symbol.ts';
import { multiplierOf, pricePaid, worthOf } from '../instruments/worth.ts';
import { format, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, add, negate, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { BrokerActivity, UnitsMoved } from '../orders/broker.ts';
import { sameSign } from '../positions/average-cost.ts';
import { heldIn } from '../positions/lots.ts';
import type { Lot } from '../positions/lots.ts';
import { sharedOut } from '../positions/owner-results.ts';
import type { Position, Trade } from '../positions/position.ts';
import { priceAfter, splitAmong, splitLots } from '../positions/split.ts';
import type { Split } from '../positions/split.ts';
import { ACCOUNT_OWNER, holdingOf } from '../positions/sub-ledgers.ts';
import { EMPTY_BOOK } from '../positions/symbol-book.ts';
import type { OwnerPart } from '../positions/symbol-book.ts';
import { bookOnAccount } from './booking.ts';
import { requestCancel } from './cancel.ts';
import { moveCash } from './cash-moves.ts';
import { markEquity } from './equity.ts';
import { assertAccount } from './invariants.ts';
import { protectionKey } from './protections.ts';
import { closeBook, takeBook } from './restating.ts';
import { forgetWishes, rescaleExits } from './split-prices.ts';
import { change, emit, openOrders, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

type Conversion = Extract<BrokerActivity, { kind: 'conversion' }>;
type Redemption = Extract<BrokerActivity, { kind: 'redemption' }>;
type SpinOff = Extract<BrokerActivity, { kind: 'spin-off' }>;
/** Tells people what cannot be booked, and why. */
type Refuse = (turn: Turn, activity: Conversion | Redemption | SpinOff, why: string) => void;

const heldOf = ({ state }: Turn, symbol: string): Quantity => state.positions.get(symbol)?.quantity ?? ZERO_QUANTITY;

/** Every owner's units of a symbol, signed. */
const ownersOf = ({ state: { ledgers } }: Turn, symbol: string): readonly (readonly [owner: string, quantity: Quantity])[] =>
  [...ledgers.keys()].flatMap((owner) => {
    const quantity = holdingOf(ledgers, owner, symbol);
    return quantity === 0n ? [] : [[owner, quantity] as const];
  });

const weightsOf = (owners: readonly (readonly [owner: string, quantity: Quantity])[]): ReadonlyMap<string, bigint> =>
  new Map(owners.map(([owner, quantity]) => [owner, abs(quantity)]));

/** Units that join a position must point the way it points: what is long and short at once has no cost of its own. */
const joins = (held: Quantity, come: Quantity): boolean => held === 0n || sameSign(held, come);

/** What an owner gets of the new symbol, and what its units had cost, as a strategy is told it. */
interface Received {
  readonly lots: readonly Lot[];
  readonly paid: Money;
}

/** Two parts of one owner as one. */
function joined(symbol: string, owner: string, own: OwnerPart | undefined, { lots, paid }: Received): OwnerPart {
  const all = [...(own?.lots ?? []), ...lots];
  const before = own?.entryPrice === undefined ? ZERO_MONEY : worthOf(symbol, heldIn(own.lots), own.entryPrice);
  return { owner, lots: all, entryPrice: pricePaid(symbol, add(before, paid), heldIn(all)) };
}

/** Units come into the books with what they have cost, without cash. */
function receive(turn: Turn, { symbol, quantity }: UnitsMoved, cost: Money, received: ReadonlyMap<string, Received>, at: Instant): void {
  const { position: held, owners } = closeBook(turn, symbol);
  const parts = new Map(owners.map((part) => [part.owner, part]));
  for (const [owner, own] of received) if (own.lots.length > 0) parts.set(owner, joined(symbol, owner, parts.get(owner), own));
  const total = add(held?.quantity ?? ZERO_QUANTITY, quantity);
  const before = held === undefined ? ZERO_MONEY : worthOf(symbol, held.quantity, held.averagePrice);
  const position: Position = {
    symbol,
    quantity: total,
    averagePrice: pricePaid(symbol, add(before, cost), total),
    realizedPnl: held?.realizedPnl ?? ZERO_MONEY,
    fees: held?.fees ?? ZERO_MONEY,
    openedAt: held?.openedAt ?? at,
    updatedAt: at,
  };
  takeBook(turn, symbol, { position, owners: [...parts.values()], entries: [] });
}

/** Units leave the books without cash. What was realised with them so far is told with their end. */
function release(turn: Turn, symbol: string): readonly OwnerPart[] {
  const { position, owners } = closeBook(turn, symbol);
  takeBook(turn, symbol, EMPTY_BOOK, position?.realizedPnl);
  change(turn, { books: withoutEntry(turn.state.books, symbol) });
  return owners;
}

/** What each owner's lots become; those of which nothing is left are closed for nothing. */
function convertedParts(
  owners: readonly OwnerPart[],
  from: string,
  after: Quantity,
  { id: cause, at }: Pick<Conversion, 'id' | 'at'>,
): { readonly received: ReadonlyMap<string, Received>; readonly trades: readonly Trade[] } {
  const shares = splitAmong(
    owners.map(({ owner, lots }) => [owner, heldIn(lots)] as const),
    after,
  );
  const received = new Map<string, Received>();
  const trades: Trade[] = [];
  for (const { owner, lots, entryPrice } of owners) {
    const strategyId = owner === ACCOUNT_OWNER ? undefined : owner;
    const cut = splitLots(lots, shares.get(owner) ?? ZERO_QUANTITY, { symbol: from, cause, strategyId, at });
    received.set(owner, { lots: cut.lots, paid: entryPrice === undefined ? ZERO_MONEY : worthOf(from, heldIn(lots), entryPrice) });
    trades.push(...cut.trades);
  }
  return { received, trades };
}

/** Orders in what is no more. The broker ends them too, sooner or later. */
function giveUpOrders(turn: Turn, symbol: string): void {
  for (const order of openOrders(turn.state)) if (order.intent.symbol === symbol) requestCancel(turn, order);
  forgetWishes(turn, symbol);
}

/** Exits of the old units guard the new ones, at prices in the same ratio; where the owner has exits of the new symbol, those stand. */
function carryExits(turn: Turn, from: string, to: string, split: Split, isWhole: boolean): void {
  if (isWhole) rescaleExits(turn, from, split);
  for (const [key, protection] of turn.state.protections) {
    if (protection.symbol !== from) continue;
    change(turn, { protections: withoutEntry(turn.state.protections, key) });
    const own = protectionKey(protection.owner, to);
    const { exitId: _exitId, ...kept } = protection;
    if (isWhole && protection.over !== true && !turn.state.protections.has(own))
      change(turn, { protections: withEntry(turn.state.protections, own, { ...kept, symbol: to }) });
  }
}

/** Until the new symbol has a price, it is worth what the old one was. */
function carryMark(turn: Turn, from: string, to: string, split: Split): void {
  const known = turn.state.marks.get(from);
  if (known === undefined || turn.state.marks.has(to)) return;
  const { price, at, basis } = known;
  change(turn, { marks: withEntry(turn.state.marks, to, { price: priceAfter(price, split), at, basis }) });
}

/** Strategies that now hold what they do not follow. */
function strangersIn(turn: Turn, symbol: string): string {
  const ids = [...turn.state.strategies.values()]
    .filter(({ config, holdings }) => holdings.has(symbol) && !config.symbols.includes(symbol))
    .map(({ config }) => config.id);
  return ids.length === 0 ? '' : ` ${ids.join(', ')} does not follow ${symbol}, and holds it until a person closes it.`;
}

interface Told {
  readonly detail: string;
  readonly from?: UnitsMoved;
  readonly to: UnitsMoved;
}

function tellConverted(turn: Turn, { id, words }: Pick<Conversion, 'id' | 'words'>, { detail, to }: Told): void {
  const known = turn.state.instruments.has(to.symbol) || multiplierOf(to.symbol) !== 1n;
  const unknown = known ? '' : ` ${to.symbol} is not among the instruments: fetch its bars and start again, so that it has prices.`;
  const adjusted = /\d$/.test(optionTermsOf(to.symbol)?.root ?? '')
    ? ` ${to.symbol} delivers other than a hundred shares: it is counted as if it delivered a hundred, and its exercise is not booked. Close it before its end.`
    : '';
  const title = `${format(to.quantity)} of ${to.symbol} came into the account`;
  const severity = adjusted === '' ? 'warning' : 'critical';
  raise(turn, 'UnitsConverted', id, severity, title, `${words}. ${detail}${adjusted}${strangersIn(turn, to.symbol)}${unknown}`);
}

/** Cash beside units that is worth less than one of them is for a fraction: all else is a part of the price. */
function isForFractions(turn: Turn, { symbol, quantity }: UnitsMoved, amount: Money): boolean {
  const price = turn.state.marks.get(symbol)?.price;
  const owners = BigInt(Math.max(1, ownersOf(turn, symbol).length));
  return (
    amount === 0n || (price !== undefined && quantity !== 0n && abs(amount) < worthOf(symbol, UNITS_PER_ONE as Quantity, price) * owners)
  );
}

/**
 * Units became units of another symbol: every owner's lots keep what they have cost and when they were bought, and owners have units in the ratio of what they had.
 * Cash beside it is income. Only all of what is held is converted: whose the rest would be is not known.
 */
export function convertHeld(turn: Turn, activity: Conversion, refuse: Refuse): void {
  const { id, legs, amount, at, words } = activity;
  const [first, second] = legs;
  const isFrom = ({ symbol, quantity }: UnitsMoved, other: UnitsMoved): boolean => {
    const held = heldOf(turn, symbol);
    return held !== 0n && held === negate(quantity) && sameSign(held, other.quantity);
  };
  const [from, to] = isFrom(first, second) ? legs : [second, first];
  if (!isFrom(from, to) || (isFrom(first, second) && isFrom(second, first)))
    return refuse(turn, activity, `We hold ${format(heldOf(turn, first.symbol))} and ${format(heldOf(turn, second.symbol))} of them.`);
  if (multiplierOf(from.symbol) !== multiplierOf(to.symbol) || from.symbol === to.symbol)
    return refuse(turn, activity, 'These are not of one kind.');
  if (!joins(heldOf(turn, to.symbol), to.quantity))
    return refuse(turn, activity, `We hold ${format(heldOf(turn, to.symbol))} of ${to.symbol}, the other way.`);
  const held = turn.state.positions.get(from.symbol);
  const cost = held === undefined ? ZERO_MONEY : worthOf(from.symbol, held.quantity, held.averagePrice);
  const weights = weightsOf(ownersOf(turn, from.symbol));
  const split: Split = { newUnits: to.quantity, oldUnits: negate(from.quantity), at };
  carryMark(turn, from.symbol, to.symbol, split);
  giveUpOrders(turn, from.symbol);
  const { received, trades } = convertedParts(release(turn, from.symbol), from.symbol, to.quantity, activity);
  receive(turn, to, cost, received, at);
  const isWhole = isForFractions(turn, to, amount);
  carryExits(turn, from.symbol, to.symbol, split, isWhole);
  emit(turn, { kind: 'UnitsConverted', activityId: id, from, to, at });
  for (const trade of trades) emit(turn, { kind: 'TradeClosed', trade });
  if (amount !== 0n) moveCash(turn, id, { kind: 'conversion', amount, symbol: to.symbol, words, at }, sharedOut(amount, weights));
  for (const symbol of [from.symbol, to.symbol]) assertAccount(turn.state, symbol);
  markEquity(turn, false);
  const exits = isWhole
    ? 'Exits were carried over, at prices in the same ratio.'
    : `Exits of ${from.symbol} are gone: ${to.symbol} has none.`;
  const detail = `${format(split.oldUnits)} of ${from.symbol} became ${format(to.quantity)}, at the same cost. ${exits} Orders in ${from.symbol} are cancelled.`;
  tellConverted(turn, activity, { detail, from, to });
}

/** All units were taken for cash: they are closed at what was paid for each, to the last cent. */
export function redeemHeld(turn: Turn, activity: Redemption, refuse: Refuse): void {
  const { id, kind, symbol, quantity, amount, at, words } = activity;
  const held = heldOf(turn, symbol);
  if (held === 0n || held !== negate(quantity)) return refuse(turn, activity, `We hold ${format(held)} of them.`);
  const price: Price = pricePaid(symbol, amount, held);
  if (price <= 0n) return refuse(turn, activity, 'That is no price of a share.');
  const weights = weightsOf(ownersOf(turn, symbol));
  giveUpOrders(turn, symbol);
  bookOnAccount(turn, { symbol, quantity, price, fee: ZERO_MONEY, at }, id, undefined);
  const rest = subtract(amount, worthOf(symbol, held, price));
  if (rest !== 0n) moveCash(turn, `${id}:rest`, { kind, amount: rest, symbol, words, at }, sharedOut(rest, weights));
  assertAccount(turn.state, symbol);
  const paid = subtract(amount, rest);
  emit(turn, { kind: 'CashMoved', activityId: id, what: kind, amount: paid, parts: sharedOut(paid, weights), symbol, words, at });
  markEquity(turn, false);
  const detail = `${words}. ${format(held)} of ${symbol} were taken for $${format(amount)}, $${format(price)} each. Orders in it are cancelled.`;
  raise(turn, 'UnitsRedeemed', id, 'warning', `${symbol} was taken for cash`, detail);
}

/**
 * Those who hold a company get units of another that has left it. How its cost is to be divided is published much later, and differs by country: the new units
 * cost nothing, the old ones what they had, so that the sum is right at every moment.
 */
export function receiveSpinOff(turn: Turn, activity: SpinOff, refuse: Refuse): void {
  const { id, symbol, quantity, parent, amount, at, words } = activity;
  if (parent === undefined) return refuse(turn, activity, 'Nobody says for which units they were given.');
  const held = heldOf(turn, parent);
  if (held === 0n || parent === symbol || !sameSign(held, quantity))
    return refuse(turn, activity, `We hold ${format(held)} of ${parent}, for which they were given.`);
  if (!joins(heldOf(turn, symbol), quantity))
    return refuse(turn, activity, `We hold ${format(heldOf(turn, symbol))} of them, the other way.`);
  const owners = ownersOf(turn, parent);
  const received = new Map<string, Received>();
  for (const [owner, units] of splitAmong(owners, quantity)) {
    const lots: readonly Lot[] = units === 0n ? [] : [{ quantity: units, price: 0n as Price, fee: ZERO_MONEY, at }];
    received.set(owner, { lots, paid: ZERO_MONEY });
  }
  const to = { symbol, quantity };
  receive(turn, to, ZERO_MONEY, received, at);
  emit(turn, { kind: 'UnitsConverted', activityId: id, to, at });
  if (amount !== 0n) moveCash(turn, id, { kind: 'spin-off', amount, symbol, words, at }, sharedOut(amount, weightsOf(owners)));
  assertAccount(turn.state, symbol);
  markEquity(turn, false);
  const detail = `${format(quantity)} were given for ${format(held)} of ${parent}. They count as bought for nothing: the cost of ${parent} is as it was.`;
  tellConverted(turn, activity, { detail, to });
}
