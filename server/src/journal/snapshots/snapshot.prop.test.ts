import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainState } from '../../engine/plain-state.ts';
import { replayJournal } from '../../engine/replay-journal.ts';
import { encode } from '../codec.ts';
import { entriesIn, HAPPENINGS, LIFE_START, recordLife } from '../test/recorded-life.ts';
import { originOf } from './newest-usable.ts';
import { decodeSnapshot, encodeSnapshot, livesHash } from './snapshot.ts';

const life = fc.array(fc.tuple(fc.constantFrom(...HAPPENINGS, 'bar', 'bar', 'ticket', 'mark'), fc.nat(1000)), {
  minLength: 1,
  maxLength: 40,
});

test('replay from zero, a snapshot with the tail, and the live state are the same bytes, wherever the cut is', () => {
  let cuts = 0;
  fc.assert(
    fc.property(life, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (happenings, where) => {
      const recorded = recordLife(happenings);
      const entries = entriesIn(recorded);
      const live = encode(plainState(recorded.state));
      const whole = replayJournal(LIFE_START, encode);
      whole.take(entries);
      const fromZero = whole.finish();
      expect(fromZero.problem).toBeUndefined();
      expect(encode(plainState(fromZero.state))).toBe(live);
      for (const pick of where) {
        const cut = 1 + (pick % entries.length);
        const head = replayJournal(LIFE_START, encode);
        head.take(entries.slice(0, cut));
        const origin = originOf(entries[cut - 1]?.hash ?? '', LIFE_START);
        const bytes = encodeSnapshot({ seq: cut, ...head.soFar() }, origin);
        const tail = replayJournal(LIFE_START, encode, decodeSnapshot(bytes, cut, origin));
        tail.take(entries.slice(cut));
        const again = tail.finish();
        expect(again.problem).toBeUndefined();
        expect(encode(plainState(again.state))).toBe(live);
        expect(again.events).toBe(fromZero.events);
        expect(livesHash(again.lives.all())).toBe(livesHash(fromZero.lives.all()));
        expect(again.lives.all()).toEqual(fromZero.lives.all());
        cuts += 1;
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(cuts).toBeGreaterThan(100);
});
