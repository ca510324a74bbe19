import { money } from '../../money/fixed.ts';
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

/** What one symbol's position came of, in the order of the books: an execution that is put right keeps its place. */
type Line =
  | { readonly kind: 'held'; readonly held: Held }
  | { readonly kind: 'fill'; readonly id: string; readonly shares: bigint; readonly price: bigint; readonly fee: bigint }
  | { readonly kind: 'split'; readonly to: bigint; readonly from: bigint };

/** The position that lines lead to, and the profit of those that were closed on the way. */
function held(lines: readonly Line[]): { readonly position: Held | undefined; readonly closed: bigint } {
  let position: Held | undefined;
  let closed = 0n;
  for (const line of lines) {
    if (line.kind === 'held') position = { ...line.held };
    else if (line.kind === 'fill') position = book(position, line.shares, line.price);
    else if (position !== undefined) {
      const cost = half(position.shares * position.average, UNIT);
      const shares = (position.shares * line.to) / line.from;
      position = {
        shares,
        average: shares === 0n ? 0n : half(cost * UNIT, shares),
        realized: position.realized - (shares === 0n ? cost : 0n),
      };
    }
    if (position?.shares !== 0n) continue;
    closed += position.realized;
    position = undefined;
  }
  return { position, closed };
}

/** Every symbol's lines, with what they lead to. */
class Shelf {
  readonly positions = new Map<string, Held>();
  private readonly lines = new Map<string, Line[]>();
  /** Profit of what was closed before a symbol's first line. */
  private readonly closedBefore = new Map<string, bigint>();

  /** From here on the position is this, whatever it came of. */
  set(symbol: string, position: Held | undefined, closed = 0n): void {
    this.closedBefore.set(symbol, closed);
    this.lines.set(symbol, position === undefined ? [] : [{ kind: 'held', held: position }]);
    this.reckon(symbol);
  }

  add(symbol: string, line: Line, instead?: string): void {
    const own = this.lines.get(symbol) ?? [];
    const place = instead === undefined ? -1 : own.findIndex((each) => each.kind === 'fill' && each.id === `undone ${instead}`);
    if (place < 0) own.push(line);
    else own.splice(place, 0, line);
    this.lines.set(symbol, own);
    const before = this.positions.get(symbol);
    const next = line.kind === 'fill' && place < 0 ? book(before, line.shares, line.price) : held(own).position;
    this.put(symbol, next);
  }

  /** Its place is kept for what may stand there instead. Gives what it had moved. */
  undo(id: string): { readonly symbol: string; readonly shares: bigint; readonly price: bigint; readonly fee: bigint } {
    for (const [symbol, own] of this.lines) {
      const place = own.findIndex((each) => each.kind === 'fill' && each.id === id);
      const line = own[place];
      if (line?.kind !== 'fill') continue;
      own[place] = { ...line, id: `undone ${id}`, shares: 0n };
      this.reckon(symbol);
      return { symbol, ...line };
    }
    throw new Violated('I14', `execution ${id} is taken back, and was never booked`);
  }

  /** Profit of the symbol's closed positions, as its lines stand now. */
  closed(symbol: string): bigint {
    return (this.closedBefore.get(symbol) ?? 0n) + held(this.standing(symbol)).closed;
  }

  private standing(symbol: string): readonly Line[] {
    return (this.lines.get(symbol) ?? []).filter((line) => line.kind !== 'fill' || line.shares !== 0n);
  }

  private reckon(symbol: string): void {
    this.put(symbol, held(this.standing(symbol)).position);
  }

  private put(symbol: string, position: Held | undefined): void {
    if (position === undefined || position.shares === 0n) this.positions.delete(symbol);
    else this.positions.set(symbol, position);
  }
}

/** I11, I12, I13, I14, I17: positions, cash, averages, profits and owners, worked out from the recorded fills by another hand. */
export function booksCheck({ closedProfits }: Sight): Check {
  const executions = new Set<string>();
  const shelf = new Shelf();
  let cash: bigint | undefined;
  const move = (shares: bigint, price: bigint, fee: bigint): void => {
    if (cash !== undefined) cash -= half(shares * price, UNIT) + fee;
  };
  const fill = ({ executionId, symbol, side, quantity, price, fee, corrects }: Fill): void => {
    if (executions.has(executionId)) throw new Violated('I14', `execution ${executionId} is booked twice`);
    executions.add(executionId);
    const shares = side === 'buy' ? quantity : -quantity;
    shelf.add(symbol, { kind: 'fill', id: executionId, shares, price, fee }, corrects);
    move(shares, price, fee);
  };
  /** Symbols whose earlier closings are told anew in this step. */
  const restated = new Set<string>();
  const take = (fact: Stepped['facts'][number]): void => {
    if (fact.kind === 'FillBooked') fill(fact.fill);
    if (fact.kind === 'PositionClosed') closedProfits.set(fact.symbol, (closedProfits.get(fact.symbol) ?? 0n) + fact.realizedPnl);
    if (fact.kind === 'PositionSplit') shelf.add(fact.symbol, { kind: 'split', from: fact.from, to: fact.to });
    if (fact.kind === 'CashMoved' && cash !== undefined) cash += fact.amount;
    if (fact.kind !== 'FillUndone') return;
    const { symbol, shares, price, fee } = shelf.undo(fact.executionId);
    restated.add(symbol);
    move(-shares, price, -fee);
  };
  const look = ({ facts, after, before, event }: Stepped): void => {
    if (before.openingCash === undefined && after.openingCash !== undefined) {
      cash = after.openingCash;
      for (const { symbol, quantity, averagePrice } of event.kind === 'Reconciled' ? event.positions : [])
        shelf.set(symbol, { shares: quantity, average: averagePrice, realized: 0n });
    }
    for (const fact of facts) take(fact);
    for (const symbol of restated) closedProfits.set(symbol, shelf.closed(symbol));
    restated.clear();
    if (cash !== undefined) cash += accepted(after.cashAdjustments - before.cashAdjustments, event.kind === 'KillSwitchReleased', facts);
    if (facts.some((fact) => fact.kind === 'TradingStateChanged') && event.kind === 'KillSwitchReleased')
      adopt(before, after, shelf, closedProfits);
    compare(after, facts, shelf.positions, cash);
  };
  return { stepped: look };
}

/** What is taken over from the broker is what was told: a movement of its own, or a difference that a person has accepted. */
function accepted(taken: bigint, released: boolean, facts: Stepped['facts']): bigint {
  let moved = 0n;
  let differing = 0n;
  for (const fact of facts) {
    if (fact.kind === 'CashMoved') moved += fact.amount;
    if (released && fact.kind === 'DifferenceFound' && fact.what === 'cash') differing += money(fact.brokers) - money(fact.ours);
  }
  if (!released && taken !== moved) throw new Violated('I12', `cash moved by ${taken} at 1e-9 without a fill and without a word`);
  // On release the adjustments also put back what booking the broker's positions took.
  return differing;
}

/** A person has accepted what the broker holds: the difference is booked as of then. */
function adopt(before: EngineState, after: EngineState, shelf: Shelf, closedProfits: Sight['closedProfits']): void {
  for (const { symbol, brokers, confirmed } of before.differences.values()) {
    if (!confirmed) continue;
    const position = after.positions.get(symbol);
    if ((position?.quantity ?? 0n) !== brokers)
      throw new Violated('I23', `the broker's ${brokers} of ${symbol} was accepted, and ${position?.quantity ?? 0n} is held`);
    shelf.set(
      symbol,
      position === undefined ? undefined : { shares: position.quantity, average: position.averagePrice, realized: position.realizedPnl },
      closedProfits.get(symbol),
    );
  }
}

function compare(state: EngineState, facts: Stepped['facts'], positions: ReadonlyMap<string, Held>, cash: bigint | undefined): void {
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
