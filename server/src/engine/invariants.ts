import type { Instrument } from '../instruments/instrument.ts';
import { isOptionSymbol } from '../instruments/option-symbol.ts';
import type { Order } from '../orders/order.ts';
import { heldByAll } from '../positions/sub-ledgers.ts';
import { format } from '../money/fixed.ts';
import { equityPoint } from './equity.ts';
import type { EngineState } from './state.ts';

function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(`Invariant: ${message}`);
}

/** What an option is counted by follows from its symbol: nothing else is listed as one. */
export function assertTerms({ symbol, assetClass, option }: Instrument): void {
  assert((option !== undefined) === isOptionSymbol(symbol), `${symbol} has the terms of an option exactly where its symbol is one's`);
  if (option === undefined) return;
  assert(assetClass === 'us_option', `${symbol} is listed as an option`);
}

/** After each booking: what was filled is within what was ordered. */
export function assertOrder(order: Order): void {
  assert(order.intent.quantity > 0n, `order ${order.id} has a positive quantity`);
  assert(order.filledQuantity >= 0n, `order ${order.id} has filled nothing negative`);
  assert(
    order.filledQuantity <= order.intent.quantity,
    `order ${order.id} filled ${format(order.filledQuantity)} of ${format(order.intent.quantity)}: never more than ordered`,
  );
  const used = order.filledQuantity + (order.undoneQuantity ?? 0n) + (order.carriedQuantity ?? 0n);
  assert(order.state !== 'filled' || used >= order.intent.quantity, `order ${order.id} is filled only when all of it is`);
}

/** After each booking: the symbol's owners sum to the position, and cash is the sum of what moved it. */
export function assertAccount(state: EngineState, symbol: string): void {
  const position = state.positions.get(symbol)?.quantity ?? 0n;
  assert(heldByAll(state.ledgers, symbol) === position, `the owners' quantities of ${symbol} sum to its position`);
  assert(position !== 0n || !state.positions.has(symbol), `no position of zero is listed for ${symbol}`);
  assert(
    (state.openingCash ?? 0n) + state.cashFlow + state.cashAdjustments === state.cash,
    'opening cash, fills and adjustments sum to cash',
  );
  assertResults(state);
}

/** The owners' money sums to the account's. */
function assertResults({ results, cashFlow, cashAdjustments }: EngineState): void {
  let [flow, beside] = [0n, 0n];
  for (const result of results.values()) {
    flow += result.flow;
    beside += result.income + result.charges + result.transfers;
  }
  assert(flow === cashFlow, "the owners' parts of fills sum to what fills moved");
  assert(beside === cashAdjustments, "the owners' parts of what else moved cash sum to it");
}

/** Everything that {@link assertAccount} says, for every symbol, and every order. For tests and for the start. */
export function assertState(state: EngineState): void {
  for (const order of state.orders.values()) assertOrder(order);
  const symbols = new Set(state.positions.keys());
  for (const bySymbol of state.ledgers.values()) for (const symbol of bySymbol.keys()) symbols.add(symbol);
  for (const symbol of symbols) assertAccount(state, symbol);
  const { equity } = state;
  if (equity !== undefined)
    assert(equity.equity === equityPoint(state, false).equity, 'the equity shown is cash and positions at their marks');
}
