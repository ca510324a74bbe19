import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { price, quantity } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import { abs, notional, priceOf, subtract } from '../money/money.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BrokerExecution } from '../orders/broker.ts';
import { held, NOON, openDesk, reportOf, updateOf } from './test/desk.ts';
import type { Desk, Said } from './test/desk.ts';

const ORDERED = 100;

/** One execution at the broker, and what of the order was filled after it. */
interface Piece {
  readonly id: string;
  readonly size: number;
  readonly cents: number;
  readonly cumulative: number;
}

/** Few sizes and prices, so that executions look alike. */
const histories = fc
  .array(fc.tuple(fc.constantFrom(10, 20), fc.constantFrom(9_900, 10_000)), { minLength: 1, maxLength: 5 })
  .map((cuts): readonly Piece[] => {
    let cumulative = 0;
    return cuts.map(([size, cents], index) => {
      cumulative += size;
      return { id: `e${index}`, size, cents, cumulative };
    });
  });

const decimal = (cents: number): string => (cents / 100).toFixed(2);

const streamed = ({ id, size, cents, cumulative }: Piece): Said => ({
  event: cumulative === ORDERED ? 'fill' : 'partial_fill',
  status: cumulative === ORDERED ? 'filled' : 'partially_filled',
  filled: String(cumulative),
  execution: [String(size), decimal(cents), id],
  at: cumulative,
});

/** The list's row of an execution; brokers may name it otherwise there, and its time may be late. */
const listed = ({ id, size, cents, cumulative }: Piece, renamed: boolean, lateMs: number): BrokerExecution => ({
  executionId: renamed ? `list-${id}` : id,
  brokerOrderId: 'broker-t1',
  symbol: 'ALDR',
  side: 'buy',
  quantity: quantity(String(size)),
  price: price(decimal(cents)),
  at: instantFromMs(NOON + cumulative + lateMs),
  cumulativeQuantity: quantity(String(cumulative)),
});

const paidFor = (pieces: readonly Piece[]): Money =>
  pieces.reduce((sum, { size, cents }) => (sum + notional(quantity(String(size)), price(decimal(cents)))) as Money, 0n as Money);

/** What REST says after some executions: the truth of that moment. `rows` of its list are behind. */
function lookUp(desk: Desk, pieces: readonly Piece[], ended: boolean, rows: number, renamed: boolean): void {
  const filled = pieces.at(-1)?.cumulative ?? 0;
  const average = filled === 0 ? undefined : priceOf(paidFor(pieces), quantity(String(filled)));
  const status = filled === ORDERED ? 'filled' : ended ? 'canceled' : filled > 0 ? 'partially_filled' : 'new';
  const order = {
    ...reportOf(desk.order('t1'), { event: status, filled: String(filled), at: filled + (ended ? 1 : 0) }),
    ...(average === undefined ? {} : { averagePrice: average }),
  };
  const executions = pieces.slice(0, Math.max(pieces.length - rows, 0)).map((piece) => listed(piece, renamed, 3_000));
  desk.give({ kind: 'OrderAcknowledged', at: desk.state.now, orderId: 't1', order, basis: 'lookup', executions });
}

/** Something heard on the way: a message, a row of the list by itself, or a look-up as of some moment. */
const heard = (length: number) =>
  fc.oneof(
    fc.record({ kind: fc.constant('stream' as const), index: fc.nat(length - 1) }),
    fc.record({ kind: fc.constant('row' as const), index: fc.nat(length - 1) }),
    fc.record({ kind: fc.constant('look-up' as const), index: fc.nat(length), behind: fc.nat(length) }),
  );

const cases = histories.chain((pieces) =>
  fc.record({
    pieces: fc.constant(pieces),
    renamed: fc.boolean(),
    before: fc.array(heard(pieces.length), { maxLength: 10 }),
    behind: fc.nat(pieces.length),
    after: fc.array(heard(pieces.length), { maxLength: 6 }),
  }),
);

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function play({ pieces, renamed, before, behind, after }: Case): Desk {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity(String(ORDERED)) });
  const order = desk.order('t1');
  const take = (each: Case['before'][number]): void => {
    const piece = pieces[each.index];
    if (each.kind === 'look-up') lookUp(desk, pieces.slice(0, each.index), false, each.behind, renamed);
    else if (piece === undefined) return;
    else if (each.kind === 'stream') desk.give(updateOf(order, streamed(piece)));
    else desk.give({ kind: 'ExecutionFound', at: desk.state.now, execution: listed(piece, renamed, 3_000) });
  };
  before.forEach(take);
  lookUp(desk, pieces, true, behind, renamed);
  after.forEach(take);
  return desk;
}

/** An average is rounded at 1e-9, and so is the price of what is inferred from it. */
const ROUNDING = 1_000n as Money;

describe('the books of an order', () => {
  test('are the broker’s after one look-up, whatever the stream repeated, mixed up or lost before, and whatever comes after', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const desk = play(each);
        const filled = each.pieces.at(-1)?.cumulative ?? 0;
        expect(desk.order('t1').filledQuantity).toBe(quantity(String(filled)));
        expect(desk.order('t1').state).toBe(filled === ORDERED ? 'filled' : 'canceled');
        expect(held(desk)).toBe(quantity(String(filled)));
        const spent = subtract(desk.state.openingCash ?? (0n as Money), desk.state.cash);
        expect(abs(subtract(spent, paidFor(each.pieces)))).toBeLessThan(ROUNDING);
      }),
      { numRuns: 2_000 },
    );
  });

  test('hold each execution once when its two names come in either order, and twins are two', () => {
    const pieces: readonly Piece[] = [
      { id: 'a', size: 20, cents: 9_900, cumulative: 20 },
      { id: 'b', size: 20, cents: 9_900, cumulative: 40 },
    ];
    for (const rowsFirst of [true, false]) {
      const desk = openDesk();
      desk.ticket('t1');
      const order = desk.order('t1');
      const rows = pieces.map((piece) => ({ kind: 'ExecutionFound', at: NOON, execution: listed(piece, true, 0) }) as const);
      const messages = pieces.map((piece) => updateOf(order, streamed(piece)));
      desk.give(...(rowsFirst ? [...rows, ...messages] : [...messages, ...rows]), ...rows, ...messages);
      expect(held(desk)).toBe(quantity('40'));
    }
  });

  test('one of two twins was lost by the stream: the list’s row of it is no other name of the first', () => {
    const desk = openDesk();
    desk.ticket('t1');
    desk.give(updateOf(desk.order('t1'), streamed({ id: 'a', size: 20, cents: 9_900, cumulative: 20 })));
    for (const piece of [
      { id: 'a', size: 20, cents: 9_900, cumulative: 20 },
      { id: 'b', size: 20, cents: 9_900, cumulative: 40 },
    ])
      desk.give({ kind: 'ExecutionFound', at: NOON, execution: listed(piece, false, 0) });
    expect(held(desk)).toBe(quantity('40'));
  });

  test('both sources call the first of two twins by one name: a row that does not say where it belongs is the second one', () => {
    const desk = openDesk();
    desk.ticket('t1');
    const [first, second] = [
      { id: 'a', size: 20, cents: 9_900, cumulative: 20 },
      { id: 'b', size: 20, cents: 9_900, cumulative: 40 },
    ];
    const { cumulativeQuantity: _where, ...vague } = listed(second, false, 0);
    desk.give(updateOf(desk.order('t1'), streamed(first)));
    for (const execution of [listed(first, false, 0), vague]) desk.give({ kind: 'ExecutionFound', at: NOON, execution });
    expect(held(desk)).toBe(quantity('40'));
    desk.give(updateOf(desk.order('t1'), streamed(second)));
    expect(held(desk)).toBe(quantity('40'));
  });

  test('a look-up older than an execution that was heard infers what was lost before it, whole', () => {
    const desk = openDesk();
    desk.ticket('t1');
    const [lost, told] = [
      { id: 'a', size: 20, cents: 9_900, cumulative: 20 },
      { id: 'b', size: 10, cents: 9_900, cumulative: 30 },
    ];
    desk.give(updateOf(desk.order('t1'), streamed(told)));
    lookUp(desk, [lost], false, 1, false);
    expect(held(desk)).toBe(quantity('30'));
  });

  // nautilus 3493
  test('an inferred fill, then a newer execution, then the real ones: none is booked twice', () => {
    const desk = openDesk();
    desk.ticket('t1');
    const order = desk.order('t1');
    const pieces: readonly Piece[] = [
      { id: 'a', size: 30, cents: 9_900, cumulative: 30 },
      { id: 'b', size: 20, cents: 10_000, cumulative: 50 },
      { id: 'c', size: 10, cents: 10_100, cumulative: 60 },
    ];
    lookUp(desk, pieces.slice(0, 2), false, 2, false);
    expect(held(desk)).toBe(quantity('50'));
    for (const index of [2, 0, 1, 2]) {
      const piece = pieces[index];
      if (piece !== undefined) desk.give(updateOf(order, streamed(piece)));
    }
    expect(held(desk)).toBe(quantity('60'));
    expect(subtract(desk.state.openingCash ?? (0n as Money), desk.state.cash)).toBe(paidFor(pieces));
  });
});
