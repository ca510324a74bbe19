import type { Money, Quantity } from '../../money/fixed.ts';
import type { EngineState } from '../../engine/state.ts';
import type { Fill } from '../../orders/order.ts';
import { heldByAll } from '../../positions/sub-ledgers.ts';
import { Violated } from '../watch.ts';
import type { Check, Stepped } from '../watch.ts';
import type { Sight } from './sight.ts';

const UNIT = 1_000_000_000n;
const half = (dividend: bigint, divisor: bigint): bigint => {
  const [a, b] = divisor < 0n ? [-dividend, -divisor] : [dividend, divisor];
  const floor = a >= 0n ? a / b : -((-a + b - 1n) / b);
  const rest = a - floor * b;
  if (rest * 2n === b) return floor % 2n === 0n ? floor : floor + 1n;
  return rest * 2n > b ? floor + 1n : floor;
};
const size = (value: bigint): bigint => (value < 0n ? -value : value);

interface Held {
  shares: bigint;
  average: bigint;
  realized: bigint;
}

/** A position kept by another hand: the same accounting, from the recorded fills alone. */
function book(held: Held | undefined, shares: bigint, price: bigint): Held {
  if (held === undefined || held.shares === 0n) return { shares, average: price, realized: held?.realized ?? 0n };
  const after = held.shares + shares;
  if (held.shares > 0n === shares > 0n) {
    const cost = half(held.shares * held.average, UNIT) + half(shares * price, UNIT);
    return { shares: after, average: half(cost * UNIT, after), realized: held.realized };
  }
  const closed = size(shares) < size(held.shares) ? -shares : held.shares;
  const realized = held.realized + half(closed * price, UNIT) - half(closed * held.average, UNIT);
  const flipped = after !== 0n && after > 0n !== held.shares > 0n;
  return { shares: after, average: flipped ? price : held.average, realized };
}

/** I11, I12, I13, I14, I17: positions, cash, averages, profits and owners, worked out from the recorded fills by another hand. */
export function booksCheck({ closedProfits }: Sight): Check {
  const executions = new Set<string>();
  const positions = new Map<string, Held>();
  let cash: bigint | undefined;
  const fill = ({ executionId, symbol, side, quantity, price, fee }: Fill): void => {
    if (executions.has(executionId)) throw new Violated('I14', `execution ${executionId} is booked twice`);
    executions.add(executionId);
    const signed = side === 'buy' ? quantity : -quantity;
    const held = book(positions.get(symbol), signed, price);
    if (held.shares === 0n) positions.delete(symbol);
    else positions.set(symbol, held);
    if (cash !== undefined) cash -= half(signed * price, UNIT) + fee;
  };
  const look = ({ facts, after, before, event }: Stepped): void => {
    if (before.openingCash === undefined && after.openingCash !== undefined) {
      cash = after.openingCash;
      for (const { symbol, quantity, averagePrice } of event.kind === 'Reconciled' ? event.positions : [])
        positions.set(symbol, { shares: quantity, average: averagePrice, realized: 0n });
    }
    for (const fact of facts) {
      if (fact.kind === 'FillBooked') fill(fact.fill);
      if (fact.kind === 'PositionClosed') closedProfits.set(fact.symbol, (closedProfits.get(fact.symbol) ?? 0n) + fact.realizedPnl);
    }
    // What is taken over from the broker is a difference that was told, and nothing else.
    const taken = after.cashAdjustments - before.cashAdjustments;
    if (taken !== 0n && cash !== undefined) cash += accepted(taken, event.kind === 'KillSwitchReleased', facts);
    if (facts.some((fact) => fact.kind === 'TradingStateChanged') && event.kind === 'KillSwitchReleased') adopt(before, after, positions);
    compare(after, facts, positions, cash);
  };
  return { stepped: look };
}

function accepted(taken: bigint, released: boolean, facts: Stepped['facts']): bigint {
  const told = facts.some((fact) => fact.kind === 'DifferenceFound' && fact.what === 'cash');
  if (!told && !released) throw new Violated('I12', `cash moved by ${taken} at 1e-9 without a fill and without a word`);
  // On release the adjustment only puts back what booking the broker's positions took.
  return released ? 0n : taken;
}

/** A person has accepted what the broker holds: the difference is booked as of then. */
function adopt(before: EngineState, after: EngineState, positions: Map<string, Held>): void {
  for (const { symbol, brokers } of before.differences.values()) {
    const position = after.positions.get(symbol);
    if ((position?.quantity ?? 0n) !== brokers)
      throw new Violated('I23', `the broker's ${brokers} of ${symbol} was accepted, and ${position?.quantity ?? 0n} is held`);
    if (position === undefined) positions.delete(symbol);
    else positions.set(symbol, { shares: position.quantity, average: position.averagePrice, realized: position.realizedPnl });
  }
}

function compare(state: EngineState, facts: Stepped['facts'], positions: Map<string, Held>, cash: bigint | undefined): void {
  if (cash !== undefined && state.cash !== (cash as Money)) throw new Violated('I12', `cash is ${state.cash}, and the fills make ${cash}`);
  for (const fact of facts) {
    const symbol = fact.kind === 'PositionChanged' ? fact.position.symbol : fact.kind === 'PositionClosed' ? fact.symbol : undefined;
    if (symbol === undefined) continue;
    const held = positions.get(symbol);
    const own = state.positions.get(symbol);
    if ((own?.quantity ?? 0n) !== ((held?.shares ?? 0n) as Quantity))
      throw new Violated('I11', `${own?.quantity ?? 0n} of ${symbol} is held, and the fills make ${held?.shares ?? 0n}`);
    if (own !== undefined && held !== undefined && (own.averagePrice !== held.average || own.realizedPnl !== held.realized))
      throw new Violated(
        'I13',
        `${symbol}: average ${own.averagePrice} and profit ${own.realizedPnl}, from the fills ${held.average} and ${held.realized}`,
      );
    if (heldByAll(state.ledgers, symbol) !== (own?.quantity ?? 0n))
      throw new Violated('I17', `the owners of ${symbol} do not sum to what is held`);
  }
  for (const { config, holdings } of state.strategies.values()) {
    for (const [symbol, quantity] of holdings) {
      let own = 0n;
      for (const lot of state.ledgers.get(config.id)?.get(symbol) ?? []) own += lot.quantity;
      if (own !== quantity) throw new Violated('I17', `${config.id} is told that it holds ${quantity} of ${symbol}, and owns ${own}`);
    }
  }
}
