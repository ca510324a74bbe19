import { quantity as quantityOf, ratioFromNumber } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import { add, min, negate, notional, roundToLot, scale, subtract, ZERO_QUANTITY } from '../../money/money.ts';
import type { Instant } from '../../money/instant.ts';
import { regulatoryFees } from './fees.ts';
import { derivedId, seededUniform } from './identity.ts';
import { signedBy } from './margin.ts';
import { applyFill, remaining } from './positions.ts';
import type { AccountState, ExchangeState } from './state.ts';
import type { CoreOptions, Execution, VenueOrder } from './types.ts';
import { worth } from './option-terms.ts';

const PARTIAL_CHANCE = 0.1;
const ONE_SHARE = quantityOf('1');

/** How much of an order trades now. Zero where the options bound fills by volume and nothing is left of it. */
export function fillable(state: ExchangeState, options: CoreOptions, order: VenueOrder): Quantity {
  const left = remaining(order);
  const lot = options.instruments.get(order.symbol)?.lot ?? ONE_SHARE;
  const offered =
    options.participation === undefined ? left : roundToLot(min(state.liquidity.get(order.symbol) ?? ZERO_QUANTITY, left), lot);
  if (order.timeInForce === 'fok') return offered === left ? left : ZERO_QUANTITY;
  const seed = options.partialFills;
  if (seed === undefined || offered === 0n || seededUniform(seed, state.drawCount++) >= PARTIAL_CHANCE) return offered;
  const part = roundToLot(scale(offered, ratioFromNumber(seededUniform(seed, state.drawCount++))), lot);
  return part > 0n ? part : offered;
}

/** Books one execution: cash, commission, fees of the day, position and activity. Returns the order as it is after it. */
export function execute(
  state: ExchangeState,
  options: CoreOptions,
  account: AccountState,
  order: VenueOrder,
  fill: { readonly quantity: Quantity; readonly price: Price; readonly at: Instant },
): { readonly order: VenueOrder; readonly execution: Execution } {
  const { quantity, price, at } = fill;
  const { symbol, side } = order;
  const value = worth(symbol, quantity, price);
  const commission = scale(value, options.commissionRate);
  account.cash = subtract(add(account.cash, side === 'buy' ? negate(value) : value), commission);
  account.fees = add(account.fees, commission);
  const charged = options.regulatoryFees && options.instruments.get(symbol)?.assetClass === 'us_equity';
  if (charged) account.accruedFees = add(account.accruedFees, regulatoryFees(side, quantity, price));
  const offered = state.liquidity.get(symbol);
  if (offered !== undefined) state.liquidity.set(symbol, subtract(offered, min(quantity, offered)));

  const position = applyFill(symbol, account.positions.get(symbol), signedBy(side, quantity), price);
  if (position === undefined) account.positions.delete(symbol);
  else account.positions.set(symbol, position);

  const filledQuantity = add(order.filledQuantity, quantity);
  if (filledQuantity > order.quantity) throw new Error(`Invariant: order ${order.id} filled beyond its quantity`);
  const whole = filledQuantity === order.quantity;
  const sequence = ++state.executionCount;
  const execution: Execution = {
    id: derivedId(options.venueId, 'execution', sequence),
    sequence,
    orderId: order.id,
    symbol,
    side,
    quantity,
    price,
    commission,
    kind: whole ? 'fill' : 'partial_fill',
    cumulative: filledQuantity,
    leaves: subtract(order.quantity, filledQuantity),
    positionAfter: position?.quantity ?? ZERO_QUANTITY,
    at,
  };
  account.executions.push(execution);
  const after: VenueOrder = {
    ...order,
    status: whole ? 'filled' : 'partially_filled',
    filledQuantity,
    filledNotional: add(order.filledNotional, notional(quantity, price)),
    filledAt: whole ? at : order.filledAt,
    updatedAt: at,
  };
  return { order: after, execution };
}
