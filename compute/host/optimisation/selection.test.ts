import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAxes } from '../parameter-axis.ts';
import { ParameterGrid, type GridSet } from '../parameter-grid.ts';
import { chunkOf, type MadeRow } from './made-rows.ts';
import { parseCriterion } from './objective.ts';
import { Selector, type SelectionSpec } from './selection.ts';

const BASIS = { bars: 504, periodsPerYear: 252 };
const AXES = parseAxes(['fast=2..6', 'slow=10..14', 'direction=long,longshort']);
const SETS = [...new ParameterGrid(AXES).sets()];

function judge(spec: { objective?: string; constraint?: string }, row: NonNullable<MadeRow>, set: GridSet = [2, 10, 'long']) {
  const [made] = chunkOf([set], () => row).rows();
  if (made === undefined) throw new Error('Invariant: a row that was made');
  return parseCriterion(spec, AXES)(made, BASIS);
}

describe('a criterion', () => {
  const ROW = [0.21, 1.5, -0.1, 40, 20] as const;
  test.each([
    { objective: 'sharpe', score: 1.5 },
    { objective: 'total_return', score: 0.21 },
    { objective: 'max_drawdown', score: -0.1 },
    { objective: 'cagr', score: 0.1 },
    { objective: 'return_over_drawdown', score: 2.1 },
    { objective: 'calmar', score: 1 },
    { objective: '-trades', score: -20 },
    { objective: 'sharpe - 0.01 * slow', score: 1.4 },
    { objective: '(orders + trades) / 2', score: 30 },
  ])('$objective', ({ objective, score }) => expect(judge({ objective }, ROW).score).toBeCloseTo(score, 12));

  test.each([
    { constraint: 'trades>=30 && max_drawdown>-0.2', row: [0, 1, -0.1, 60, 30], isEligible: true },
    { constraint: 'trades>=30 && max_drawdown>-0.2', row: [0, 1, -0.1, 60, 29], isEligible: false },
    { constraint: 'trades>=30 && max_drawdown>-0.2', row: [0, 1, -0.2, 60, 30], isEligible: false },
    { constraint: "direction=='long' && fast<slow", row: [0, 1, -0.1, 60, 30], isEligible: true },
    { constraint: "direction=='longshort'", row: [0, 1, -0.1, 60, 30], isEligible: false },
    // No drawdown: no ratio to it, and what is not known fulfils nothing, however it is put.
    { constraint: 'calmar>0', row: [0.1, 1, 0, 60, 30], isEligible: false },
    { constraint: '!(calmar>0)', row: [0.1, 1, 0, 60, 30], isEligible: false },
    { constraint: 'calmar!=3 || trades>0', row: [0.1, 1, 0, 60, 30], isEligible: false },
  ] as const)('$constraint of $row: $isEligible', ({ constraint, row, isEligible }) =>
    expect(judge({ constraint }, row).isEligible).toBe(isEligible),
  );

  test('a set without a score is not eligible', () => {
    expect(judge({}, [0, Number.NaN, 0, 0, 0])).toMatchObject({ score: Number.NaN, isEligible: false });
    expect(judge({ objective: 'sharpe / orders' }, [0, 1, 0, 0, 0])).toMatchObject({ score: Number.NaN, isEligible: false });
  });

  test.each([
    [
      { objective: 'sharp' },
      'the objective "sharp" is wrong at character 1: there is no figure or parameter sharp; there is total_return, sharpe, max_drawdown, orders, trades, cagr, return_over_drawdown, calmar, fast, slow, direction',
    ],
    [{ objective: 'sharpe>1' }, 'the objective "sharpe>1" is wrong at character 1: a number is expected here, this is a comparison'],
    [{ constraint: 'trades' }, 'the constraint "trades" is wrong at character 1: a comparison is expected here, this is a number'],
    [
      { constraint: 'trades>=' },
      'the constraint "trades>=" is wrong at character 9: a figure or parameter, a number or ( is expected where it ends',
    ],
  ])('%j is refused', (spec, message) => expect(() => parseCriterion(spec, AXES)).toThrow(message));

  test('a parameter that is named like a figure is refused', () =>
    expect(() => parseCriterion({}, parseAxes(['trades=1..3']))).toThrow('the parameter trades has the name of a figure'));
});

function selected(spec: SelectionSpec, rowOf: (set: GridSet) => MadeRow, cuts: readonly number[] = []) {
  const selector = new Selector(spec, AXES, BASIS, true);
  const bounds = [0, ...cuts, SETS.length];
  for (const [index, from] of bounds.slice(0, -1).entries()) selector.take(chunkOf(SETS.slice(from, bounds[index + 1]), rowOf));
  return selector.result();
}

describe('a choice', () => {
  const flat = (sharpe: number): MadeRow => [0, sharpe, -0.1, 10, 5];

  test('of equal scores the earlier set', () =>
    expect(selected({}, () => flat(1)).chosen?.parameters).toEqual({ fast: 2, slow: 10, direction: 'long' }));

  test('a lonely peak is the best, and no plateau', () => {
    // A peak of 5 in a corner among zeros, and a hill of 2 around fast 5, slow 13.
    const rowOf = ([fast, slow, direction]: GridSet): MadeRow => {
      if (fast === 2 && slow === 10 && direction === 'long') return flat(5);
      return flat(Math.abs(Number(fast) - 5) <= 1 && Math.abs(Number(slow) - 13) <= 1 && direction === 'long' ? 2 : 0);
    };
    const peak = selected({}, rowOf).chosen;
    expect(peak).toMatchObject({ score: 5, parameters: { fast: 2, slow: 10 } });
    expect(peak?.plateau).toEqual({ steps: 1, neighbours: 4, scored: 4, median: 0, worst: 0, mean: 1.25, ratio: 0 });
    const plateau = selected({ choose: 'plateau' }, rowOf);
    expect(plateau.peak).toEqual(peak);
    // All of 4..6 × 12..14 have a median of 2 but the corners inside the grid; of these the first.
    expect(plateau.chosen).toMatchObject({ score: 2, plateau: { median: 2, ratio: 1 } });
  });

  test('neighbours that did not run are none; those without a score count against the plateau', () => {
    const rowOf = ([fast, slow]: GridSet): MadeRow => (fast === 3 ? undefined : slow === 11 ? flat(Number.NaN) : flat(1));
    const { chosen, trials } = selected({}, rowOf);
    expect(chosen?.plateau).toMatchObject({ neighbours: 2, scored: 1, median: 1 });
    expect(trials).toMatchObject({ sets: 40, refused: 10, eligible: 32, withSharpe: 32, sharpeVariance: 0 });
  });

  test('by plateau: fewer scores than half of the neighbours are no plateau', () => {
    const rowOf = ([fast, slow]: GridSet): MadeRow => flat(fast === 4 && slow === 12 ? 9 : Number.NaN);
    expect(selected({ choose: 'plateau' }, rowOf)).toMatchObject({ chosen: null, peak: { score: 9 } });
  });

  test('none where no set is eligible', () =>
    expect(selected({ constraint: 'trades>100' }, () => flat(1))).toMatchObject({
      chosen: null,
      peak: null,
      trials: { sets: 50, eligible: 0 },
    }));

  test('is that of a search by hand, however the rows come in chunks', () => {
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN));
    const spec = fc.record({ choose: fc.constantFrom('peak' as const, 'plateau' as const), plateauSteps: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 50, maxLength: 50 }),
        spec,
        fc.uniqueArray(fc.nat(49), { maxLength: 4 }),
        (scores, how, cuts) => {
          const rowOf = (set: GridSet): MadeRow => flat(scores[SETS.indexOf(set)] ?? 0);
          const near = (a: GridSet, b: GridSet): boolean =>
            a[2] === b[2] && [0, 1].every((axis) => Math.abs(Number(a[axis]) - Number(b[axis])) <= how.plateauSteps);
          const levelOf = (set: GridSet): number => {
            const around = scores.filter((_, index) => near(SETS[index] ?? [], set));
            const known = around.filter((each) => !Number.isNaN(each)).sort((a, b) => a - b);
            const middle = ((known[Math.floor((known.length - 1) / 2)] ?? 0) + (known[Math.ceil((known.length - 1) / 2)] ?? 0)) / 2;
            return known.length * 2 >= around.length ? middle : Number.NaN;
          };
          const ranked = SETS.map((set, index) => ({ set, score: scores[index] ?? 0, level: how.choose === 'peak' ? 0 : levelOf(set) }))
            .filter((each) => !Number.isNaN(each.score) && !Number.isNaN(each.level))
            .sort((a, b) => b.level - a.level || b.score - a.score);
          const expected = ranked[0]?.set;
          const found = selected(
            how,
            rowOf,
            cuts.toSorted((a, b) => a - b),
          );
          expect(found.chosen === null ? undefined : Object.values(found.chosen.parameters)).toEqual(expected && [...expected]);
          expect(found).toEqual(selected(how, rowOf));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [{ plateauSteps: 0 }, 'a plateau reaches 0 steps'],
    [{ plateauSteps: 1.5 }, 'a plateau reaches 1.5 steps'],
  ])('%j is refused', (spec, message) => expect(() => selected(spec, () => flat(1))).toThrow(message));

  test('samples have no plateau', () => {
    expect(() => new Selector({ choose: 'plateau' }, AXES, BASIS, false)).toThrow('a plateau is counted in steps of a grid');
    const selector = new Selector({}, AXES, BASIS, false);
    selector.take(chunkOf(SETS, () => flat(1)));
    expect(selector.result().chosen?.plateau).toBeNull();
  });
});
