import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ROLES } from '../approvals/roles.ts';
import { instantFromMs } from '../money/instant.ts';
import { unrecorded } from './people.ts';
import type { PersonNow } from './people.ts';
import type { OrderIntent } from '../orders/order.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { openDesk, ticketIntent } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

let wall = 0;
const record = (desk: Desk, now: readonly PersonNow[], by = 'user:ann'): void => {
  for (const { person, role } of unrecorded(desk.state, now))
    desk.give({
      kind: 'PersonRecorded',
      at: desk.state.now,
      by,
      person,
      ...(role === undefined ? {} : { role }),
      recordedAt: instantFromMs((wall += 1)),
    });
};
const titles = (desk: Desk): readonly string[] =>
  desk.last.flatMap((effect) => (effect.kind === 'AlertRaised' ? [effect.alert.title] : []));
const olga: PersonNow = { id: 'p1', name: 'Olga', role: 'trader', joined: false };

test.each<[string, readonly PersonNow[], readonly PersonNow[], readonly string[]]>([
  ['invited', [], [olga], ['Olga was invited as trader.']],
  ['found at a start', [], [{ ...olga, joined: true }], ['Olga was found here as trader.']],
  ['joined', [olga], [{ ...olga, joined: true }], ['Olga has joined as trader.']],
  ['another role', [olga], [{ ...olga, role: 'risk_officer' }], ['Olga was trader and is risk officer.']],
  ['gone', [olga], [], ['Olga is here no more.']],
])('%s', (_name, before, after, says) => {
  const desk = openDesk();
  record(desk, before);
  record(desk, after);
  expect(titles(desk)).toEqual(says);
  expect([...desk.state.people.values()]).toEqual(after);
});

test('law: whatever is changed by whatever door, one comparison later the journal says what the table says, and then no more', () => {
  const person = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    name: fc.constantFrom('Ann', 'Bob'),
    role: fc.constantFrom(...ROLES),
    joined: fc.boolean(),
  });
  const table = fc.uniqueArray(person, { selector: ({ id }) => id, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(table, { maxLength: 6 }), (tables) => {
      const desk = openDesk();
      for (const now of tables) {
        record(desk, now);
        expect([...desk.state.people.values()].sort((left, right) => (left.id < right.id ? -1 : 1))).toEqual(
          now.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
        );
        expect(unrecorded(desk.state, now)).toEqual([]);
      }
    }),
    { numRuns: 50 },
  );
});

test('real money: who has the role and has just logged in may open a position; others only close', () => {
  const desk = openDesk(DEFAULT_LIMITS, { mode: 'live' });
  record(desk, [
    { ...olga, joined: true },
    { id: 'p2', name: 'Vic', role: 'viewer', joined: true },
    { id: 'p3', name: 'Ivy', role: 'admin', joined: false },
  ]);
  /** What the gate of real money says of an order by somebody whose log-in is so old; `undefined`: a program's key. */
  const denial = (principal: string, ageMs: number | undefined, change: Partial<OrderIntent> = {}): string | undefined => {
    const confirmed = ageMs === undefined ? {} : { confirmedAt: instantFromMs(desk.state.now - ageMs) };
    const intent = ticketIntent(`order-${(wall += 1)}`, { origin: { kind: 'ticket', principal, ...confirmed }, ...change });
    desk.give({ kind: 'OrderRequested', at: desk.state.now, by: `user:${principal}`, intent });
    return desk.state.orders.get(intent.id)?.decision.denials.find(({ code }) => code === 'LiveGate')?.actual;
  };
  expect(denial('p1', 60_000)).toBeUndefined();
  expect(denial('p1', 900_001)).toBe('900001');
  expect([denial('p1', undefined), denial('p2', 0), denial('p3', 0), denial('key-of-olga', undefined)]).toEqual([
    'none',
    'none',
    'none',
    'none',
  ]);
  record(desk, []);
  expect(denial('p1', 60_000)).toBe('none');
});
