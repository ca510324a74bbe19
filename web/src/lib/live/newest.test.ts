import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newest } from './newest.ts';
import type { ReadAfter } from './newest.ts';

function listOf(seqs: readonly number[]): ReadAfter<{ readonly seq: number }> {
  const sorted = [...new Set(seqs)].sort((a, b) => a - b);
  return (after, first) => {
    const rest = sorted.filter((seq) => seq > after);
    return Promise.resolve({ nodes: rest.slice(0, first).map((seq) => ({ seq })), hasNextPage: rest.length > first });
  };
}

test('the newest of any list, in any place, page by page until the start', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 1_500 }),
      fc.integer({ min: 1, max: 5_001 }),
      fc.integer({ min: 1, max: 40 }),
      async (seqs, before, wanted) => {
        const expected = seqs.filter((seq) => seq < before).sort((a, b) => b - a);
        const { entries, complete } = await newest(listOf(seqs), before, wanted);
        expect(entries.map((entry) => entry.seq)).toEqual(expected.slice(0, wanted));
        if (complete) expect(expected.length).toBeLessThanOrEqual(wanted);
        if (expected.length < wanted) expect(complete).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
