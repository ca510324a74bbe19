import type { AlertPartsFragment } from '@tidemark/schema/documents';
import { describe, expect, test } from 'vitest';
import { alertsOf, ordersOf, Pushed } from './reading.ts';

const BEFORE = '2016-01-04T14:30:00Z';
const AT = '2016-01-04T14:31:00Z';
/** The newest entry that the reading shows. */
const SEQ = 100;

function pushedOf(seqs: Readonly<Record<string, number>>): Pushed {
  const pushed = new Pushed();
  for (const [id, seq] of Object.entries(seqs)) pushed.noteFact(id, String(seq));
  return pushed;
}

describe('orders of a reading', () => {
  const working = { id: 'a', state: 'WORKING', updatedAt: AT };
  const filled = { ...working, state: 'FILLED' };
  const other = { id: 'b', state: 'WORKING', updatedAt: BEFORE };
  test.each([
    { name: 'what was pushed since stays, also within one moment', known: [filled], read: [working], seqs: { a: 101 }, kept: [filled] },
    { name: 'a newer reading wins within one moment', known: [working], read: [filled], seqs: { a: 99 }, kept: [filled] },
    { name: 'a reading of the very entry that was pushed', known: [working], read: [filled], seqs: { a: 100 }, kept: [filled] },
    { name: 'a later answer stays', known: [filled], read: [{ ...working, updatedAt: BEFORE }], seqs: {}, kept: [filled] },
    { name: 'a newer reading wins by the clock', known: [{ ...working, updatedAt: BEFORE }], read: [filled], seqs: {}, kept: [filled] },
    { name: 'what it no longer lists goes', known: [other, working], read: [working], seqs: { b: 7 }, kept: [working] },
    { name: 'what came since is before the others', known: [other, working], read: [working], seqs: { b: 102 }, kept: [other, working] },
    {
      name: 'each stands where the reading has it',
      known: [other, filled],
      read: [working, other],
      seqs: { a: 101 },
      kept: [filled, other],
    },
    { name: 'nothing was known', known: [], read: [working, other], seqs: {}, kept: [working, other] },
  ])('$name', ({ known, read, seqs, kept }) => expect(ordersOf(known, read, SEQ, pushedOf(seqs))).toEqual(kept));

  test('where nothing is followed any more, the journal may be another one', () => {
    const pushed = pushedOf({ a: 101 });
    pushed.clear();
    expect(ordersOf([filled], [working], SEQ, pushed)).toEqual([working]);
  });
});

describe('alerts of a reading', () => {
  type Alert = Pick<AlertPartsFragment, 'id' | 'seq' | 'acknowledgedAt'>;
  const open: Alert = { id: 'x', seq: 90, acknowledgedAt: null };
  const seen: Alert = { ...open, acknowledgedAt: AT };
  const raised: Alert = { id: 'y', seq: 101, acknowledgedAt: null };
  test.each([
    { name: 'one that was raised since stays', known: [raised, open], read: [open], seqs: {}, kept: [raised, open] },
    { name: 'one that was seen since stays seen', known: [seen], read: [open], seqs: {}, kept: [seen] },
    { name: 'one that was seen since, and is not listed', known: [seen], read: [], seqs: { x: 103 }, kept: [seen] },
    { name: 'a newer reading wins', known: [open], read: [seen], seqs: { x: 90 }, kept: [seen] },
    { name: 'one that it no longer lists goes', known: [open], read: [], seqs: { x: 90 }, kept: [] },
  ])('$name', ({ known, read, seqs, kept }) => expect(alertsOf(known, read, SEQ, pushedOf(seqs))).toEqual(kept));
});

describe('the account as a whole', () => {
  test.each([
    { name: 'nothing was pushed', cursors: [], isAfter: false },
    { name: 'what was pushed is older than the reading', cursors: ['99'], isAfter: false },
    { name: 'or is the same', cursors: ['100'], isAfter: false },
    { name: 'what was pushed is newer', cursors: ['101'], isAfter: true },
    { name: 'positions and equity come apart: the newest counts', cursors: ['101', '99'], isAfter: true },
  ])('$name', ({ cursors, isAfter }) => {
    const pushed = new Pushed();
    for (const cursor of cursors) pushed.noteStates(cursor);
    expect(pushed.areStatesAfter(SEQ)).toBe(isAfter);
    pushed.clear();
    expect(pushed.areStatesAfter(SEQ)).toBe(false);
  });
});

test('what is told again from an older cursor on is as new as it was', () => {
  const pushed = new Pushed();
  for (const cursor of ['101', '95']) pushed.noteFact('a', cursor);
  expect(pushed.isFactAfter('a', SEQ)).toBe(true);
});

test('an open page does not keep every order that it ever heard of', () => {
  const pushed = new Pushed();
  for (let seq = 1; seq <= 1_001; seq += 1) pushed.noteFact(`o${seq}`, String(seq));
  expect([pushed.isFactAfter('o1', 0), pushed.isFactAfter('o2', 0), pushed.isFactAfter('o1001', 0)]).toEqual([false, true, true]);
});
