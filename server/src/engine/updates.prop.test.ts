import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format, quantity } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import { plainState } from './plain-state.ts';
import { encode } from '../journal/codec.ts';
import { openDesk, updateOf } from './test/desk.ts';
import type { Desk, Said } from './test/desk.ts';
import type { EngineEvent } from './events.ts';

const ORDERED = 100;

/** Cuts 100 shares in pieces, each with a price in cents. */
const pieces = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 9000, max: 11000 })), { minLength: 1, maxLength: 6 })
  .map((cuts) => {
    let left = ORDERED;
    return cuts.flatMap(([size, cents]) => {
      const part = Math.min(size, left);
      left -= part;
      return part === 0 ? [] : [{ part, cents }];
    });
  });

/** What a truthful broker says of one order, in its own order: on its way, pieces, and an end. */
const lives = fc
  .record({ pieces, end: fc.constantFrom('fill', 'canceled', 'expired'), wished: fc.boolean() })
  .map(({ pieces: cuts, end, wished }) => {
    const said: Said[] = [
      { event: 'accepted', at: 1 },
      { event: 'new', at: 2 },
    ];
    if (wished) said.push({ event: 'pending_cancel', at: 3 });
    const total = cuts.reduce((sum, { part }) => sum + part, 0);
    const all = end === 'fill' ? [...cuts, ...(total < ORDERED ? [{ part: ORDERED - total, cents: 10_000 }] : [])] : cuts;
    let filled = 0;
    for (const [index, { part, cents }] of all.entries()) {
      filled += part;
      const whole = filled === ORDERED;
      said.push({
        event: whole ? 'fill' : 'partial_fill',
        status: whole ? 'filled' : 'partially_filled',
        filled: String(filled),
        execution: [String(part), (cents / 100).toFixed(2), `e${index}`],
        at: 10 + index,
      });
    }
    if (filled < ORDERED) said.push({ event: end, filled: String(filled), at: 100 });
    return said;
  });

/** What must not depend on how the news arrived. */
const account = (desk: Desk): unknown => {
  const { state, filledQuantity } = desk.order('t1');
  const { cash, positions } = desk.state;
  return { state, filled: format(filledQuantity), cash: format(cash), held: format(positions.get('ALDR')?.quantity ?? (0n as Quantity)) };
};

function told(said: readonly Said[]): Desk {
  const desk = openDesk();
  desk.ticket('t1', { quantity: quantity(String(ORDERED)) });
  desk.says('t1', ...said);
  return desk;
}

describe('order updates', () => {
  test('repeated and reordered, they lead to the same order, position and cash', () => {
    const scrambled = lives.chain((said) =>
      fc.record({
        said: fc.constant(said),
        heard: fc
          .array(fc.integer({ min: 0, max: said.length - 1 }), { maxLength: 6 })
          .chain((again) =>
            fc.shuffledSubarray([...said, ...again.flatMap((index) => said[index] ?? [])], { minLength: said.length + again.length }),
          ),
      }),
    );
    fc.assert(
      fc.property(scrambled, ({ said, heard }) => {
        expect(account(told(heard))).toEqual(account(told(said)));
      }),
      { numRuns: 1_500 },
    );
  });

  test('the same events lead to the same state, byte for byte, and leave the state before as it was', () => {
    fc.assert(
      fc.property(lives, (said) => {
        const desk = openDesk();
        const before = encode(plainState(desk.state));
        const kept = desk.state;
        desk.ticket('t1');
        desk.says('t1', ...said);
        expect(encode(plainState(kept))).toBe(before);
        expect(encode(plainState(told(said).state))).toBe(encode(plainState(desk.state)));
      }),
      { numRuns: 200 },
    );
  });

  test('whatever a broker says, the books hold, and nothing is booked beyond what was ordered', () => {
    const nonsense = fc.array(
      fc.record({
        event: fc.constantFrom(
          'new',
          'fill',
          'partial_fill',
          'canceled',
          'rejected',
          'expired',
          'replaced',
          'pending_cancel',
          'done_for_day',
          'x',
        ),
        filled: fc.integer({ min: 0, max: 150 }).map(String),
        execution: fc.option(
          fc.tuple(
            fc.integer({ min: 1, max: 120 }).map(String),
            fc.integer({ min: 1, max: 20_000 }).map((cents) => (cents / 100).toFixed(2)),
            fc.constantFrom('a', 'b', 'c', 'd'),
          ),
          { nil: undefined },
        ),
        at: fc.integer({ min: 0, max: 50 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(nonsense, (said) => {
        const desk = openDesk();
        desk.ticket('t1');
        const order = desk.order('t1');
        for (const { execution, ...rest } of said) {
          const event: EngineEvent = updateOf(order, execution === undefined ? rest : { ...rest, execution });
          desk.give(event);
        }
        expect(desk.order('t1').filledQuantity).toBeLessThanOrEqual(quantity('100'));
      }),
      { numRuns: 1_000 },
    );
  });
});
