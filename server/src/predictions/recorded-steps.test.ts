import { expect, test } from 'vitest';
import type { JournalEntry } from '../journal/journal.ts';
import { instantFromMs } from '../money/instant.ts';
import { joinSteps } from './recorded-steps.ts';

const entry = (seq: number, type: JournalEntry['type']): JournalEntry => ({
  seq,
  type,
  kind: type === 'event' ? 'ClockTicked' : 'AlertRaised',
  at: instantFromMs(0),
  actor: 'engine',
  cause: type === 'event' ? undefined : 1,
  payload: {},
  writtenAtMs: 0,
  hash: '',
  previousHash: '',
});
const ENTRIES = (['event', 'fact', 'event', 'event', 'action', 'fact', 'event'] as const).map((type, place) => entry(place + 1, type));

test('wherever pages are cut, the steps are the same, and none is told before it is whole', () => {
  for (let cut = 0; cut <= ENTRIES.length; cut += 1) {
    const { take } = joinSteps();
    const first = take(ENTRIES.slice(0, cut), false);
    const steps = [...first, ...take(ENTRIES.slice(cut), true)];
    expect(steps.map(({ entry: { seq }, lastSeq, led }) => [seq, lastSeq, led.length])).toEqual([
      [1, 2, 1],
      [3, 3, 0],
      [4, 6, 2],
      [7, 7, 0],
    ]);
    // What came last before the cut may go on after it.
    expect(first.every(({ lastSeq }) => lastSeq < cut)).toBe(true);
  }
});
