import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from '../journal/codec.ts';
import { money, price, quantity } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Trade } from '../positions/position.ts';
import { NOON, openDesk } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

interface Piece {
  readonly size: number;
  readonly cents: number;
}

const pieces = fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), cents: fc.integer({ min: 9_000, max: 11_000 }) }), {
  minLength: 1,
  maxLength: 5,
});
const dollars = (cents: number): string => (cents / 100).toFixed(2);

function ordered(all: readonly Piece[]): Desk {
  const desk = openDesk(undefined, { feeRateEstimate: money('0.001') });
  // Something is held before, so that the fills close it and open beyond: round trips depend on each of them.
  desk.hold('30', '98');
  const total = all.reduce((sum, { size }) => sum + size, 0);
  desk.ticket('t1', { side: 'sell', quantity: quantity(String(total)), limitPrice: price('80') });
  desk.state = {
    ...desk.state,
    heldIntents: new Map(),
    orders: new Map(desk.state.orders).set('t1', {
      ...desk.order('t1'),
      intent: { ...desk.order('t1').intent, quantity: quantity(String(total)) },
    }),
  };
  desk.says('t1', { event: 'new', at: 1 });
  return desk;
}

/** One execution, as the broker's list tells it. */
function found(desk: Desk, all: readonly Piece[], index: number): void {
  const { size, cents } = all[index] ?? { size: 1, cents: 1 };
  const cumulative = all.slice(0, index + 1).reduce((sum, piece) => sum + piece.size, 0);
  const execution = {
    executionId: `e${index}`,
    brokerOrderId: 'broker-t1',
    symbol: 'ALDR',
    side: 'sell' as const,
    quantity: quantity(String(size)),
    price: price(dollars(cents)),
    at: instantFromMs(NOON + 10 + index),
    cumulativeQuantity: quantity(String(cumulative)),
  };
  desk.give({ kind: 'ExecutionFound', at: desk.state.now, execution });
}

/** A look-up shows a cumulative quantity and no execution. */
function lookUp(desk: Desk, all: readonly Piece[], count: number): void {
  const told = all.slice(0, count);
  const filled = told.reduce((sum, { size }) => sum + size, 0);
  const paid = told.reduce((sum, { size, cents }) => sum + size * cents, 0);
  if (filled === 0) return;
  const whole = count === all.length;
  const order = {
    ...desk.order('t1').intent,
    brokerOrderId: 'broker-t1',
    clientOrderId: 't1',
    filledQuantity: quantity(String(filled)),
    averagePrice: price((paid / filled / 100).toFixed(9)),
    status: whole ? 'filled' : 'partially_filled',
    updatedAt: instantFromMs(NOON + 100),
  };
  desk.give({ kind: 'OrderAcknowledged', at: desk.state.now, orderId: 't1', basis: 'lookup', order });
}

/** The rows of fills that count, and what they lead to. */
function books(desk: Desk): string {
  const fills = new Map<string, unknown>();
  const trades = new Map<string, Trade>();
  for (const effect of desk.effects) {
    if (effect.kind === 'FillBooked') {
      const { corrects: _corrects, ...fill } = effect.fill;
      fills.set(fill.executionId, fill);
    }
    if (effect.kind === 'FillUndone') fills.delete(effect.executionId);
    if (effect.kind === 'TradeClosed') trades.set(effect.trade.id, effect.trade);
    if (effect.kind !== 'TradesRestated') continue;
    for (const id of effect.withdrawn) trades.delete(id);
    for (const trade of effect.trades) trades.set(trade.id, trade);
  }
  const { cash, positions, results } = desk.state;
  const { filledQuantity, averagePrice, fees, state } = desk.order('t1');
  const sorted = <T>(rows: ReadonlyMap<string, T>): readonly T[] =>
    [...rows].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
  const held = [...positions.values()].map(({ updatedAt: _updatedAt, openedAt: _openedAt, ...position }) => position);
  return encode([
    cash,
    held,
    [...results],
    { filledQuantity, averagePrice, fees, state },
    sorted(fills),
    sorted(trades).map(({ id: _id, exitAt: _exitAt, entryAt: _entryAt, ...trade }) => trade),
  ]);
}

test('fills that were inferred are booked anew as the real ones when these are told: same price, same id, and none twice', () => {
  const heard = pieces.chain((all) =>
    fc.record({
      all: fc.constant(all),
      looked: fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 3 }),
      told: fc.nat({ max: all.length }),
    }),
  );
  fc.assert(
    fc.property(heard, ({ all, looked, told }) => {
      const plain = ordered(all);
      for (const index of all.keys()) found(plain, all, index);
      const desk = ordered(all);
      const seen = [...looked].toSorted((left, right) => left - right);
      for (const count of seen) lookUp(desk, all, count);
      // Some are told, and looked up again, before all are.
      for (const index of [...all.keys()].slice(0, told)) found(desk, all, index);
      for (const count of seen) lookUp(desk, all, count);
      for (const index of all.keys()) found(desk, all, index);
      for (const index of all.keys()) found(desk, all, index);
      expect(books(desk)).toBe(books(plain));
      expect([...desk.state.alerts.values()].map(({ code }) => code)).not.toContain('ExcessExecution');
    }),
    { numRuns: 400 },
  );
});
