import type { Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { add, negate, notional, subtract } from '../../money/money.ts';
import type { Desk } from './desk.ts';
import { execute } from './execution.ts';
import { derivedId } from './identity.ts';
import { signedBy } from './margin.ts';
import { worth } from './option-terms.ts';
import { applyFill, remaining } from './positions.ts';
import { notFound, unprocessable } from './refusals.ts';
import type { AccountState } from './state.ts';
import { VENUE_TERMINAL } from './types.ts';
import type { Execution, Refusal, VenueEvent, VenueOrder } from './types.ts';

/** What an execution is to be instead. */
export interface Correction {
  readonly price?: Price | undefined;
  readonly quantity?: Quantity | undefined;
}

export type SecondThought =
  | { readonly ok: true; readonly execution: Execution; readonly events: readonly VenueEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

interface Found {
  readonly execution: Execution;
  readonly order: VenueOrder;
}

/** An execution that still stands: not a bust, and neither busted nor corrected since. */
function standing(account: AccountState, executionId: string): Found | Refusal {
  const execution = account.executions.find(({ id }) => id === executionId);
  const order = execution === undefined ? undefined : account.orders.get(execution.orderId);
  if (execution === undefined || order === undefined) return notFound(`execution not found for ${executionId}`);
  const superseded = account.executions.some(({ amends }) => amends?.previousId === executionId);
  if (superseded || execution.amends?.kind === 'trade_bust') return unprocessable(`execution ${executionId} no longer stands`);
  return { execution, order };
}

/** Moves cash, position and order by a quantity at a price, without matching and without fees. */
function shift(account: AccountState, order: VenueOrder, size: Quantity, price: Price): VenueOrder {
  const signed = signedBy(order.side, size);
  account.cash = subtract(account.cash, worth(order.symbol, signed, price));
  const position = applyFill(order.symbol, account.positions.get(order.symbol), signed, price);
  if (position === undefined) account.positions.delete(order.symbol);
  else account.positions.set(order.symbol, position);
  return {
    ...order,
    filledQuantity: add(order.filledQuantity, size),
    filledNotional: add(order.filledNotional, notional(size, price)),
  };
}

interface Amendment {
  readonly kind: 'trade_bust' | 'trade_correct';
  readonly order: VenueOrder;
  readonly quantity: Quantity;
  readonly price: Price;
}

/** Writes the row that takes back or amends an execution. The account's stream does not tell of it: the activities do. */
function record(desk: Desk, account: AccountState, previous: Execution, amendment: Amendment, at: Instant): SecondThought {
  const { kind, order, quantity, price } = amendment;
  const kept = desk.amend(account, { ...order, updatedAt: at });
  const sequence = ++desk.state.executionCount;
  const execution: Execution = {
    ...previous,
    id: derivedId(desk.options.venueId, 'execution', sequence),
    sequence,
    quantity,
    price,
    commission: subtract(previous.commission, previous.commission),
    amends: { kind, previousId: previous.id },
    cumulative: kept.filledQuantity,
    leaves: remaining(kept),
    positionAfter: account.positions.get(order.symbol)?.quantity ?? subtract(quantity, quantity),
    at,
  };
  account.executions.push(execution);
  return { ok: true, execution, events: desk.drain() };
}

/** A filled order of which nothing stands any more is cancelled; one that is partly filled has missed the rest. */
const afterTakingBack = (order: VenueOrder): VenueOrder =>
  order.status === 'filled' && order.filledQuantity < order.quantity ? { ...order, status: 'canceled' } : order;

export function bust(desk: Desk, account: AccountState, executionId: string, at: Instant): SecondThought {
  const found = standing(account, executionId);
  if (!('order' in found)) return { ok: false, refusal: found };
  const { execution, order } = found;
  const back = shift(account, order, negate(execution.quantity), execution.price);
  return record(
    desk,
    account,
    execution,
    { kind: 'trade_bust', order: afterTakingBack(back), quantity: execution.quantity, price: execution.price },
    at,
  );
}

export function correct(desk: Desk, account: AccountState, executionId: string, correction: Correction, at: Instant): SecondThought {
  const found = standing(account, executionId);
  if (!('order' in found)) return { ok: false, refusal: found };
  const { execution, order } = found;
  const price = correction.price ?? execution.price;
  const quantity = correction.quantity ?? execution.quantity;
  const others = subtract(order.filledQuantity, execution.quantity);
  if (quantity <= 0n || price <= 0n) return { ok: false, refusal: unprocessable('a correction needs a positive price and quantity') };
  if (add(others, quantity) > order.quantity)
    return { ok: false, refusal: unprocessable('a correction cannot fill more than the order asked for') };
  const back = shift(account, order, negate(execution.quantity), execution.price);
  const again = shift(account, back, quantity, price);
  return record(desk, account, execution, { kind: 'trade_correct', order: afterTakingBack(again), quantity, price }, at);
}

export function fillLate(desk: Desk, account: AccountState, orderId: string, quantity: Quantity, price: Price, at: Instant): SecondThought {
  const order = account.orders.get(orderId);
  if (order === undefined) return { ok: false, refusal: notFound(`order not found for ${orderId}`) };
  if (quantity <= 0n || price <= 0n) return { ok: false, refusal: unprocessable('a fill needs a positive price and quantity') };
  if (quantity > remaining(order)) return { ok: false, refusal: unprocessable('a late fill cannot be larger than what the order left') };
  const { order: after, execution } = execute(desk.state, desk.options, account, order, { quantity, price, at });
  const over = VENUE_TERMINAL.has(order.status) && after.status !== 'filled';
  const kept = desk.amend(account, over ? { ...after, status: order.status } : after);
  desk.emit(execution.kind, kept, at, execution);
  return { ok: true, execution, events: desk.drain() };
}
