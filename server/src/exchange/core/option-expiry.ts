import { CONTRACT_SHARES } from '../../instruments/option-contract.ts';
import { format } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { abs, add, negate, notional, priceOf, ZERO_MONEY } from '../../money/money.ts';
import type { Desk } from './desk.ts';
import { enterRow as writeRow } from './entries.ts';
import { derivedId } from './identity.ts';
import { isOptionOrder } from './option-orders.ts';
import { termsOf } from './option-terms.ts';
import { applyFill } from './positions.ts';
import type { AccountState } from './state.ts';
import type { Entry, VenuePosition } from './types.ts';

/** In the money by this much it is exercised without being asked. */
const EXERCISE_FROM = 10_000_000n as Price;

type Row = Omit<Entry, 'id' | 'sequence' | 'groupId' | 'at'>;

const enterRow = (desk: Desk, account: AccountState, groupId: string, row: Row, at: Instant): void =>
  writeRow(desk, account, { ...row, groupId, at });

/** What one contract is written on, and how much of it: a split that leaves no whole contracts gives the root a digit and another number of shares. */
function deliverableOf({ state }: Desk, root: string): { readonly underlying: string; readonly shares: bigint } {
  const plain = root.replace(/\d$/, '');
  if (plain === root) return { underlying: root, shares: CONTRACT_SHARES };
  const splits = state.corporateActions.filter(
    (action) => action.kind === 'split' && action.symbol === plain && action.doneAt !== undefined,
  );
  const last = splits.findLast((action) => action.kind === 'split' && action.newRate % action.oldRate !== 0n);
  if (last?.kind !== 'split') return { underlying: plain, shares: CONTRACT_SHARES };
  return { underlying: plain, shares: (CONTRACT_SHARES * last.newRate) / last.oldRate };
}

/** Shares change hands at the strike: what is exercised, or assigned. */
function deliver(desk: Desk, account: AccountState, groupId: string, held: VenuePosition, at: Instant): void {
  const terms = termsOf(held.symbol);
  if (terms === undefined) throw new Error(`Invariant: ${held.symbol} is an option`);
  const { underlying, shares: each } = deliverableOf(desk, terms.root);
  const contracts = terms.right === 'call' ? held.quantity : negate(held.quantity);
  const shares = (contracts * each) as Quantity;
  const cost = notional((contracts * CONTRACT_SHARES) as Quantity, terms.strike);
  account.cash = add(account.cash, negate(cost));
  const position = applyFill(underlying, account.positions.get(underlying), shares, priceOf(cost, shares));
  if (position === undefined) account.positions.delete(underlying);
  else account.positions.set(underlying, position);
  const description = `${shares > 0n ? 'Bought' : 'Sold'} ${format(abs(shares))} ${underlying} at ${format(terms.strike)} by ${held.symbol}`;
  enterRow(
    desk,
    account,
    groupId,
    { type: 'OPTRD', symbol: underlying, amount: negate(cost), quantity: shares, perShare: terms.strike, description },
    at,
  );
}

function settle(desk: Desk, account: AccountState, held: VenuePosition, spot: Price, at: Instant): void {
  const terms = termsOf(held.symbol);
  if (terms === undefined) return;
  // What is delivered is worth so much for each of the hundred shares that the strike is paid for.
  const worth = (spot * deliverableOf(desk, terms.root).shares) / CONTRACT_SHARES;
  const inside = (terms.right === 'call' ? worth - terms.strike : terms.strike - worth) as Price;
  const exercised = inside >= EXERCISE_FROM;
  const type = exercised ? (held.quantity > 0n ? 'OPEXC' : 'OPASN') : 'OPEXP';
  const groupId = derivedId(desk.options.venueId, `expiry ${account.id} ${held.symbol}`, at);
  account.positions.delete(held.symbol);
  const description = { OPEXC: 'Option exercise', OPASN: 'Option assignment', OPEXP: 'Option expiry' }[type];
  enterRow(desk, account, groupId, { type, symbol: held.symbol, amount: ZERO_MONEY, quantity: negate(held.quantity), description }, at);
  if (exercised) deliver(desk, account, groupId, held, at);
}

/** Ends what expires with a session: orders in it, and positions, by the last price of their underlying. */
export function expireOptions(desk: Desk, date: string, at: Instant): void {
  for (const [account, order] of desk.allOpen()) {
    const symbols = isOptionOrder(order) ? (order.legs?.map(({ symbol }) => symbol) ?? [order.symbol]) : [];
    if (symbols.some((symbol) => (termsOf(symbol)?.expiresOn ?? date) <= date && account.open.has(order.id)))
      desk.end(account, order, 'expired', at);
  }
  for (const account of desk.state.accounts.values()) {
    // What is bought comes before what is sold: a spread's exercise delivers what its assignment takes.
    const due = [...account.positions.values()].filter(({ symbol }) => (termsOf(symbol)?.expiresOn ?? '9999') <= date);
    for (const held of due.toSorted((left, right) => (left.quantity > right.quantity ? -1 : 1))) {
      const spot = desk.state.lastPrices.get(deliverableOf(desk, termsOf(held.symbol)?.root ?? '').underlying);
      if (spot !== undefined) settle(desk, account, held, spot, at);
    }
  }
}
