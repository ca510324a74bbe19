import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combinatorialPurged } from './combinatorial.ts';
import { purgedKFold } from './purged-k-fold.ts';
import type { Spans, Split } from './spans.ts';
import { walkForward } from './walk-forward.ts';

/** Rows of several symbols: times repeat, some are missing, labels are of any length. */
const spans: fc.Arbitrary<Spans> = fc
  .array(fc.tuple(fc.nat(120), fc.nat(4)), { minLength: 60, maxLength: 160 })
  .map((rows) => rows.toSorted(([a], [b]) => a - b))
  .map((rows) => ({
    starts: Float64Array.from(rows, ([start]) => start),
    ends: Float64Array.from(rows, ([start, length]) => start + length),
  }))
  .filter(({ starts }) => new Set(starts).size >= 30);

const spanOf = ({ starts, ends }: Spans, row: number): readonly [number, number] => [starts[row] ?? Number.NaN, ends[row] ?? Number.NaN];
const meet = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean => a <= d && c <= b;

/** No row to learn from shares a moment with a row of the test, or starts within the embargo after one. */
function expectApart(all: Spans, { train, test: tested }: Split, embargo: number): void {
  for (const row of train) {
    for (const other of tested) {
      const [start, end] = spanOf(all, other);
      expect(meet(spanOf(all, row), [start, end]), `${row} and ${other}`).toBe(false);
      const [own] = spanOf(all, row);
      expect(own > end && own <= end + embargo && own >= start, `${row} after ${other}`).toBe(false);
    }
  }
}

const counts = ({ train, test: tested, purged, embargoed }: Split): number => train.length + tested.length + purged + embargoed;

describe('purged folds', () => {
  test('test every row once, and share no time with what is learnt from', () =>
    fc.assert(
      fc.property(spans, fc.integer({ min: 2, max: 5 }), fc.nat(3), (all, folds, embargo) => {
        const splits = purgedKFold(all, { folds, embargo });
        expect(splits.flatMap(({ test: tested }) => [...tested])).toEqual([...all.starts.keys()]);
        for (const split of splits) {
          expectApart(all, split, embargo);
          expect(counts(split)).toBe(all.starts.length);
        }
      }),
      { numRuns: 40 },
    ));

  test('rows of one time are never torn apart', () =>
    fc.assert(
      fc.property(spans, (all) => {
        for (const { test: tested } of purgedKFold(all, { folds: 4 })) {
          const first = tested[0] ?? 0;
          const last = tested.at(-1) ?? 0;
          expect(all.starts[first - 1]).not.toBe(all.starts[first]);
          expect(all.starts[last + 1]).not.toBe(all.starts[last]);
        }
      }),
    ));

  test('the rule of the book keeps what the closed rule keeps, and more', () =>
    fc.assert(
      fc.property(spans, fc.nat(3), (all, embargo) => {
        const [closed, book] = (['closed', 'book'] as const).map((rule) => purgedKFold(all, { folds: 3, embargo, rule }));
        for (const [fold, { train }] of (closed ?? []).entries()) {
          const kept = new Set(book?.[fold]?.train);
          expect([...train].every((row) => kept.has(row))).toBe(true);
        }
      }),
      { numRuns: 40 },
    ));
});

describe('combinatorial splits', () => {
  test('each choice once, apart from what is learnt from; each path predicts every row once, unseen', () =>
    fc.assert(
      fc.property(spans, fc.constantFrom([4, 1], [5, 2], [6, 2] as const), (all, [groups = 0, tested = 0]) => {
        const found = combinatorialPurged(all, { groups, tested, embargo: 1 });
        expect(new Set(found.splits.map(({ testGroups }) => testGroups.join())).size).toBe(found.splits.length);
        expect(found.paths.length * groups).toBe(found.splits.length * tested);
        for (const split of found.splits) expectApart(all, split, 1);
        const used = found.paths.flatMap((path) => path.map(({ group, split }) => `${group} of ${split}`));
        expect(new Set(used).size).toBe(found.splits.length * tested);
        for (const path of found.paths) {
          expect(path.map(({ group }) => group)).toEqual(Array.from({ length: groups }, (_, group) => group));
          for (const { group, split } of path) expect(found.splits[split]?.testGroups).toContain(group);
        }
      }),
      { numRuns: 25 },
    ));
});

describe('walking forward', () => {
  test('every row after the first window once, only from what was known', () =>
    fc.assert(
      fc.property(spans, fc.integer({ min: 8, max: 20 }), fc.integer({ min: 1, max: 9 }), fc.nat(2), (all, train, length, gap) => {
        for (const mode of ['rolling', 'anchored'] as const) {
          const splits = walkForward(all, { train, test: length, mode, gap });
          const times = [...new Set(all.starts)];
          const first = all.starts.indexOf(times[train] ?? Number.NaN);
          expect(splits.flatMap(({ test: tested }) => [...tested])).toEqual([...all.starts.keys()].slice(first));
          for (const split of splits) {
            const start = all.starts[split.test[0] ?? 0] ?? Number.NaN;
            expect([...split.train].every((row) => (all.ends[row] ?? Infinity) + gap < start)).toBe(true);
            const learnt = new Set([...split.train].map((row) => all.starts[row]));
            if (mode === 'rolling') expect(learnt.size).toBeLessThanOrEqual(train);
          }
        }
      }),
      { numRuns: 40 },
    ));

  test('anchored learns from everything before, rolling from the window', () => {
    const each = Float64Array.from({ length: 10 }, (_, row) => row);
    const found = (mode: 'rolling' | 'anchored'): readonly (readonly [readonly number[], readonly number[]])[] =>
      walkForward({ starts: each, ends: each }, { train: 4, test: 4, mode }).map((split) => [[...split.train], [...split.test]]);
    expect(found('rolling')).toEqual([
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      [
        [4, 5, 6, 7],
        [8, 9],
      ],
    ]);
    expect(found('anchored')).toEqual([
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [8, 9],
      ],
    ]);
  });
});

describe('what cannot be split is refused', () => {
  const of = (starts: readonly number[], ends: readonly number[]): Spans => ({
    starts: Float64Array.from(starts),
    ends: Float64Array.from(ends),
  });
  test.each<{ name: string; run: () => unknown; message: string }>([
    { name: 'no rows', run: () => purgedKFold(of([], []), { folds: 2 }), message: 'there are no rows to split' },
    {
      name: 'an end before its start',
      run: () => purgedKFold(of([0, 3], [0, 2]), { folds: 2 }),
      message: 'row 1 ends at 2, before it starts at 3',
    },
    {
      name: 'rows out of order',
      run: () => purgedKFold(of([3, 0], [3, 2]), { folds: 2 }),
      message: 'row 1 starts at 0, before row 0 does',
    },
    { name: 'too few times', run: () => purgedKFold(of([1, 1, 1], [1, 1, 1]), { folds: 2 }), message: '1 times cannot be cut in 2 parts' },
    {
      name: 'labels as long as the history',
      run: () => purgedKFold(of([0, 1, 2], [9, 9, 9]), { folds: 3 }),
      message: 'leaves nothing to learn from',
    },
    { name: 'one fold', run: () => purgedKFold(of([0, 1], [0, 1]), { folds: 1 }), message: 'folds is 1' },
    { name: 'NaN', run: () => purgedKFold(of([0, Number.NaN], [0, 1]), { folds: 2 }), message: 'starts[1] is NaN' },
    { name: 'all groups tested', run: () => combinatorialPurged(of([0, 1], [0, 1]), { groups: 2, tested: 2 }), message: 'tested is 2' },
    {
      name: 'too many splits',
      run: () => combinatorialPurged(of([...Array(60).keys()], [...Array(60).keys()]), { groups: 40, tested: 20 }),
      message: 'more than 20000 splits',
    },
    { name: 'nothing to test', run: () => walkForward(of([0, 1], [0, 1]), { train: 2, test: 1 }), message: '2 times leave none to test' },
    {
      name: 'nothing known',
      run: () => walkForward(of([0, 1, 2], [5, 5, 5]), { train: 2, test: 1 }),
      message: 'no label of rows 0 to 1 is known before row 2',
    },
  ])('$name', ({ run, message }) => expect(run).toThrow(message));
});
