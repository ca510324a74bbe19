import { divide, price as priceText, quantity as quantityText } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { add, max, negate, notional, priceOf, roundToLot, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import type { Conversion } from './corporate-actions.ts';
import type { Desk } from './desk.ts';
import { enterRow } from './entries.ts';
import { openIn } from './open-orders.ts';
import type { AccountState } from './state.ts';
import type { Entry, VenuePosition } from './types.ts';

const SMALLEST = priceText('0.0001');
const ONE_SHARE = quantityText('1');
const ONE = { newRate: 1n, oldRate: 1n } as const;

/** Shares of the new symbol, and what is due for the fraction that is left over. */
interface Shares {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly forFraction: Money;
}

type Rates = { readonly newSymbol: string; readonly newRate: bigint; readonly oldRate: bigint };

function sharesOf(desk: Desk, held: Quantity, { newSymbol, newRate, oldRate }: Rates): Shares {
  const exact = divide(held * newRate, oldRate, 'half-even') as Quantity;
  const quantity = roundToLot(exact, desk.options.instruments.get(newSymbol)?.lot ?? ONE_SHARE);
  const level = desk.state.lastPrices.get(newSymbol) ?? SMALLEST;
  return { symbol: newSymbol, quantity, forFraction: notional(subtract(exact, quantity), level) };
}

/** Averaged into what is held of it; a position that the new units close is gone. */
function join(account: AccountState, symbol: string, quantity: Quantity, cost: Money): void {
  const held = account.positions.get(symbol);
  const total = add(held?.quantity ?? ZERO_QUANTITY, quantity);
  if (total === 0n) return void account.positions.delete(symbol);
  const before = held === undefined ? ZERO_MONEY : notional(held.quantity, held.averagePrice);
  const averagePrice = priceOf(add(before, cost), total);
  account.positions.set(symbol, { symbol, quantity: total, averagePrice, dayAveragePrice: averagePrice });
}

type Row = Pick<Entry, 'type' | 'symbol' | 'quantity' | 'amount'> & { readonly subType?: string | undefined };

function write(desk: Desk, account: AccountState, action: Conversion, at: Instant, rows: readonly Row[]): void {
  for (const row of rows) {
    if (row.quantity === 0n && row.amount === 0n) continue;
    account.cash = add(account.cash, row.amount);
    enterRow(desk, account, { ...row, groupId: action.id, description: `${action.kind} of ${action.symbol}`, at });
  }
}

/** The old units go, with what they cost; what comes for them is in rows of its own. */
function exchangeHeld(
  desk: Desk,
  account: AccountState,
  held: VenuePosition,
  action: Exclude<Conversion, { kind: 'spin-off' }>,
  at: Instant,
): void {
  const { symbol, quantity } = held;
  const rates = action.kind === 'name-change' ? { ...ONE, newSymbol: action.newSymbol } : action.shares;
  const cash = action.kind === 'merger' && action.cash !== undefined ? notional(quantity, action.cash) : ZERO_MONEY;
  const shares = rates === undefined ? undefined : sharesOf(desk, quantity, rates);
  const type = action.kind === 'merger' ? 'MA' : 'NC';
  const merger = shares === undefined ? 'CMA' : cash === 0n ? 'SMA' : 'SCMA';
  const subType = action.kind === 'merger' ? merger : 'SNC';
  account.positions.delete(symbol);
  if (shares !== undefined && shares.quantity !== 0n) join(account, shares.symbol, shares.quantity, notional(quantity, held.averagePrice));
  write(desk, account, action, at, [
    { type, subType, symbol, quantity: negate(quantity), amount: cash },
    ...(shares === undefined
      ? []
      : [{ type, subType, symbol: shares.symbol, quantity: shares.quantity, amount: shares.forFraction } as const]),
  ]);
}

function give(
  desk: Desk,
  account: AccountState,
  held: VenuePosition,
  action: Extract<Conversion, { kind: 'spin-off' }>,
  at: Instant,
): void {
  const { symbol, quantity, forFraction } = sharesOf(desk, held.quantity, action);
  if (quantity !== 0n) join(account, symbol, quantity, ZERO_MONEY);
  write(desk, account, action, at, [{ type: 'SPIN', symbol, quantity, amount: forFraction }]);
}

/** A symbol that has not traded yet begins at what its holders had: what was worth a dollar is worth one afterwards. */
function beginPrice(desk: Desk, { symbol }: Conversion, { newSymbol, newRate, oldRate }: Rates): void {
  const { lastPrices } = desk.state;
  const old = lastPrices.get(symbol);
  if (old !== undefined && !lastPrices.has(newSymbol))
    lastPrices.set(newSymbol, max(divide(old * oldRate, newRate, 'half-even') as Price, SMALLEST));
}

function ratesOf(action: Conversion): Rates | undefined {
  if (action.kind === 'merger') return action.shares;
  return action.kind === 'name-change' ? { ...ONE, newSymbol: action.newSymbol } : action;
}

/** Carries out a merger, a spin-off or a change of name in every account. A symbol that has gone is traded no more, and its orders are cancelled. */
export function convert(desk: Desk, action: Conversion, at: Instant): void {
  const { state } = desk;
  const { symbol } = action;
  const rates = ratesOf(action);
  if (rates !== undefined) beginPrice(desk, action, rates);
  for (const account of state.accounts.values()) {
    const held = account.positions.get(symbol);
    if (action.kind === 'spin-off') {
      if (held !== undefined) give(desk, account, held, action, at);
      continue;
    }
    for (const order of openIn(account, symbol)) desk.end(account, order, 'canceled', at);
    if (held !== undefined) exchangeHeld(desk, account, held, action, at);
  }
  if (action.kind !== 'spin-off') state.assets.set(symbol, { ...state.assets.get(symbol), active: false });
}
