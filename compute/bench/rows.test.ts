import { describe, expect, test } from 'vitest';
import type { Work } from './measure.ts';
import { figureOf, measureGrowth, measureRow, meets, timingOf } from './rows.ts';

describe('figures', () => {
  test.each([
    { figure: 'ratio', value: 2 },
    { figure: 'speed-up', value: 0.5 },
    { figure: 'rate', value: 50 },
  ] as const)('$figure of 200 ns for 10 units, beside 100 ns', ({ figure, value }) => {
    expect(figureOf(figure, 200, 100, 10)).toBe(value);
  });

  test.each([
    { figure: 'ratio', met: 0.9, missed: 1.1 },
    { figure: 'growth', met: 0.9, missed: 1.1 },
    { figure: 'speed-up', met: 1.1, missed: 0.9 },
    { figure: 'rate', met: 1.1, missed: 0.9 },
  ] as const)('$figure: what meets a goal of 1', ({ figure, met, missed }) => {
    expect([met, 1, missed].map((value) => meets(figure, value, 1))).toEqual([true, true, false]);
    expect(meets(figure, missed, null)).toBeNull();
    expect(meets(figure, Number.NaN, 1)).toBe(false);
  });

  test('timings are of the clock that is asked for', () => {
    const samples = { wallNs: [5, 3, 4], cpuNs: [50, 70, 60] };
    expect(timingOf('work', samples, 'wall')).toEqual({ name: 'work', bestNs: 3, medianNs: 4, runs: 3 });
    expect(timingOf('work', samples, 'cpu')).toEqual({ name: 'work', bestNs: 50, medianNs: 60, runs: 3 });
    const mixed = { wallNs: [5, 3, 90], cpuNs: [4, 7, 8] };
    expect(timingOf('work', mixed, 'least')).toEqual({ name: 'work', bestNs: 3, medianNs: 4, runs: 3 });
  });
});

const PLAN = { rounds: 3, warmUps: 1, budgetMs: 1000 };
const counting = (name: string): Work & { runs: number } => {
  const work = { name, runs: 0, run: () => (work.runs += 1) };
  return work;
};

describe('rows', () => {
  test('subject and reference run in the same rounds', async () => {
    const subject = counting('ours');
    const reference = counting('copy');
    const units = { count: 10, of: 'bar' };
    const row = await measureRow({ ...PLAN, name: 'row', figure: 'ratio', clock: 'wall', units, subject, reference, goal: 1e9 });
    expect([subject.runs, reference.runs]).toEqual([4, 4]);
    expect(row).toMatchObject({
      name: 'row',
      goal: 1e9,
      isMet: true,
      subject: { name: 'ours', runs: 3 },
      reference: { name: 'copy', runs: 3 },
    });
    expect(row.value).toBeCloseTo(row.subject.bestNs / (row.reference?.bestNs ?? 0), 12);
  });

  test('a rate needs nothing to be compared with, a ratio does', async () => {
    const base = { ...PLAN, name: 'alone', clock: 'wall', units: { count: 10, of: 'bar' }, subject: counting('ours') } as const;
    expect(await measureRow({ ...base, figure: 'rate' })).toMatchObject({ figure: 'rate', reference: null, goal: null, isMet: null });
    await expect(measureRow({ ...base, figure: 'ratio' })).rejects.toThrow('Invariant: alone is compared with something');
  });

  test('growth: the largest size is the subject, the smallest the reference, those between are variants', async () => {
    const sizes = [10, 20, 40].map((size) => ({ size, work: counting(`of ${size}`) }));
    const row = await measureGrowth({ ...PLAN, name: 'growth', clock: 'wall', of: 'bar', sizes });
    expect(row).toMatchObject({
      figure: 'growth',
      units: { count: 40, of: 'bar' },
      subject: { name: 'of 40' },
      reference: { name: 'of 10' },
    });
    expect(row.variants.map(({ name }) => name)).toEqual(['of 20']);
  });
});
