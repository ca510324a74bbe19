import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axesOf, brushed, moved, nearestLine, nearestStop, passing, ranked, stepped } from './parallel.ts';
import type { Brushes, Trials } from './parallel.ts';

const trials = (change: Partial<Trials> = {}): Trials => ({
  all: 4,
  step: 1,
  parameters: [
    { name: 'fast', values: ['10', '2', '6', '10'] },
    { name: 'direction', values: ['long', 'longshort', 'long', 'short'] },
    { name: 'stopLoss', values: ['0', '0', '0', '0'] },
  ],
  sharpe: [1, null, -1, 0],
  totalReturn: [0.2, 0, -0.2, 0],
  maxDrawdown: [-0.1, -0.1, -0.1, -0.1],
  trades: [1, 2, 3, 4],
  best: 0,
  plateau: 0,
  plateauReason: null,
  ...change,
});
const AXES = axesOf(trials());

describe('axes', () => {
  test('are the parameters that vary, and the figures', () => {
    expect(AXES.map(({ name, isFigure }) => [name, isFigure])).toEqual([
      ['fast', false],
      ['direction', false],
      ['Sharpe', true],
      ['Return', true],
      ['Drawdown', true],
    ]);
  });

  test('numbers stand by their size, words in the order in which they come, equals in the middle', () => {
    expect(AXES.map(({ places }) => [...places])).toEqual([
      [1, 0, 0.5, 1],
      [0, 0.5, 0, 1],
      [1, Number.NaN, 0, 0.5],
      [1, 0.5, 0, 0.5],
      [0.5, 0.5, 0.5, 0.5],
    ]);
    expect(AXES[0]?.stops).toEqual([0, 0.5, 1]);
  });

  test.each([
    [0, 0, '2'],
    [0, 0.6, '6'],
    [1, 1, 'short'],
    [2, 0.75, '0.50'],
    [3, 0, '−20\u00a0%'],
    [4, 0.5, '−10\u00a0%'],
  ])('axis %s reads at %s: %s', (axis, place, text) => expect(AXES[axis]?.text(place)).toBe(text));

  test('a figure that no trial has has no axis', () => {
    expect(axesOf(trials({ sharpe: [null, null, null, null] })).map(({ name }) => name)).not.toContain('Sharpe');
  });
});

describe('a brush', () => {
  test.each<{ name: string; brushes: Brushes; rows: readonly number[] }>([
    { name: 'none', brushes: {}, rows: [0, 1, 2, 3] },
    { name: 'both ends count', brushes: { fast: [0.5, 1] }, rows: [0, 2, 3] },
    { name: 'all must let it through', brushes: { fast: [0.5, 1], direction: [0, 0.5] }, rows: [0, 2] },
    { name: 'without a value it does not pass', brushes: { Sharpe: [0, 0.9] }, rows: [2, 3] },
    { name: 'of an axis that is not there', brushes: { gone: [0, 0] }, rows: [0, 1, 2, 3] },
  ])('lets through: $name', ({ brushes, rows }) => expect(passing(AXES, brushes, 4)).toEqual(rows));

  test('over all of an axis is none', () => {
    expect(brushed({ fast: [0.5, 1] }, 'fast', [0, 1])).toEqual({});
    expect(brushed({ fast: [0.5, 1] }, 'slow', [0, 0.2])).toEqual({ fast: [0.5, 1], slow: [0, 0.2] });
  });

  test.each([
    { name: 'to the next value', end: 0, by: 1, range: [0, 1], after: [0.5, 1] },
    { name: 'not beyond the last', end: 1, by: 9, range: [0, 0.5], after: [0, 1] },
    { name: 'not past the other end', end: 0, by: 2, range: [0, 0.5], after: [0.5, 0.5] },
    { name: 'from between two values', end: 1, by: -1, range: [0, 0.9], after: [0, 0.5] },
  ] as const)('goes $name', ({ end, by, range, after }) => expect(stepped([0, 0.5, 1], range, end, by)).toEqual(after));

  test('a narrower one never lets more through, and its ends stay in order', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const range = fc.tuple(place, place).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(range, place, fc.constantFrom(0 as const, 1 as const), (before, to, end) => {
        const after = moved(before, end, to);
        expect(after[0]).toBeLessThanOrEqual(after[1]);
        expect(after[1 - end]).toBe(before[1 - end]);
        if (after[1] - after[0] > before[1] - before[0]) return;
        const rows = new Set(passing(AXES, { fast: before }, 4));
        for (const row of passing(AXES, { fast: after }, 4)) expect(rows.has(row)).toBe(true);
      }),
    );
  });
});

test('from the worst to the best, those without the figure first', () => {
  expect(ranked([0, 1, 2, 3], trials().sharpe)).toEqual([1, 2, 3, 0]);
  expect(ranked([2, 3, 1], [0, 0, 0, 0])).toEqual([3, 2, 1]);
});

test.each([
  { name: 'on an axis', across: 0, up: 0.05, row: 1 },
  { name: 'half-way between two', across: 0.5, up: 0.27, row: 2 },
  { name: 'the last of two upon each other', across: 4, up: 0.5, row: 3 },
  { name: 'none where all are too far', across: 0.5, up: 0.85, row: undefined },
])('the line nearest to a place: $name', ({ across, up, row }) => expect(nearestLine(AXES, [0, 1, 2, 3], { across, up }, 0.1)).toBe(row));

test('the nearest stop is nearer than all others', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }), fc.integer({ min: 0, max: 100 }), (stops, place) => {
      const found = stops[nearestStop(stops, place)] ?? Number.NaN;
      for (const stop of stops) expect(Math.abs(found - place)).toBeLessThanOrEqual(Math.abs(stop - place));
    }),
  );
});
