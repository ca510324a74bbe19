import { formatOptionSymbol } from '../../instruments/option-symbol.ts';
import type { OptionTermsText } from '../../instruments/option-symbol.ts';
import { divide } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { negate, ZERO_MONEY } from '../../money/money.ts';
import type { CorporateAction } from './corporate-actions.ts';
import type { Desk } from './desk.ts';
import { enterRow } from './entries.ts';
import { isOptionOrder } from './option-orders.ts';
import { termsOf } from './option-terms.ts';
import type { AccountState } from './state.ts';
import type { VenueOrder, VenuePosition } from './types.ts';

type Split = Extract<CorporateAction, { kind: 'split' }>;

/** Strikes are in thousandths of a dollar. */
const STRIKE_STEP = 1_000_000n;

/** What a contract becomes: so many contracts for one, under another symbol. */
interface Adjusted {
  readonly symbol: string;
  readonly times: bigint;
}

/**
 * As the Options Clearing Corporation adjusts: after a split of whole shares there are more contracts, at a strike that is as much lower; after any other the contract stays, delivers
 * other than a hundred shares, and has a root with a digit.
 */
function adjustedBy(terms: OptionTermsText, { newRate, oldRate }: Split): Adjusted {
  if (newRate % oldRate !== 0n) return { symbol: formatOptionSymbol({ ...terms, root: `${terms.root}1` }), times: 1n };
  const times = newRate / oldRate;
  const strike = (divide(terms.strike, times * STRIKE_STEP, 'half-even') * STRIKE_STEP) as Price;
  return { symbol: formatOptionSymbol({ ...terms, strike }), times };
}

function adjust(desk: Desk, account: AccountState, held: VenuePosition, terms: OptionTermsText, split: Split, at: Instant): void {
  const { symbol, times } = adjustedBy(terms, split);
  const quantity = (held.quantity * times) as Quantity;
  const priced = (level: Price): Price => divide(level, times, 'half-even') as Price;
  const known = desk.state.lastPrices.get(held.symbol);
  if (known !== undefined) desk.state.lastPrices.set(symbol, priced(known));
  account.positions.delete(held.symbol);
  account.positions.set(symbol, {
    symbol,
    quantity,
    averagePrice: priced(held.averagePrice),
    dayAveragePrice: priced(held.dayAveragePrice),
  });
  const row = {
    type: 'OPCA',
    amount: ZERO_MONEY,
    groupId: `${split.id} ${held.symbol}`,
    description: `${held.symbol} became ${symbol}`,
    at,
  } as const;
  enterRow(desk, account, { ...row, symbol: held.symbol, quantity: negate(held.quantity) });
  enterRow(desk, account, { ...row, symbol, quantity });
}

/** Options on what is split: contracts become others, and orders in them are cancelled. */
export function adjustOptions(desk: Desk, account: AccountState, split: Split, at: Instant): void {
  const isOn = (symbol: string): boolean => termsOf(symbol)?.root === split.symbol;
  const isAffected = (order: VenueOrder): boolean =>
    isOptionOrder(order) && (order.legs?.map(({ symbol }) => symbol) ?? [order.symbol]).some(isOn);
  // Copies: what becomes of orders and positions goes into the same books.
  for (const order of [...account.open.values()].filter(isAffected))
    if (account.open.has(order.id)) desk.end(account, order, 'canceled', at);
  for (const held of [...account.positions.values()].filter(({ symbol }) => isOn(symbol))) {
    const terms = termsOf(held.symbol);
    if (terms !== undefined) adjust(desk, account, held, terms, split, at);
  }
}
