import { describe, expect, test } from 'vitest';
import { format, ratio } from '../money/fixed.ts';
import { allotCapital } from './capital-rule.ts';
import type { CapitalRule, RuledMember } from './capital-rule.ts';

/** Sessions up and down around a mean: for an even number of them that is the mean. */
const around = (mean: number, deviation: number, sessions: number): number[] =>
  Array.from({ length: sessions }, (_, place) => mean + (place % 2 === 0 ? deviation : -deviation));
const member = (id: string, returns: readonly number[], change: Partial<RuledMember> = {}): RuledMember => ({
  id,
  returns,
  cap: ratio('1'),
  before: ratio('0'),
  ...change,
});
const RULE: CapitalRule = { total: ratio('0.8'), stepMax: undefined, priorSessions: 20 };
const capitals = (members: readonly RuledMember[], rule: CapitalRule = RULE): Record<string, string> =>
  Object.fromEntries(allotCapital(members, rule).map(({ id, capital }) => [id, format(capital)]));

describe('the rule', () => {
  test('is worked out by hand: scores 1.75 and 0.25 after as many sessions as the prior counts', () => {
    // Constant gains count as the most, 3; constant losses as 0: (20 · 3 + 20 · 0.5) / 40 = 1.75 and (20 · 0 + 20 · 0.5) / 40 = 0.25.
    const found = allotCapital([member('gains', Array<number>(20).fill(0.01)), member('loses', Array<number>(20).fill(-0.01))], RULE);
    expect(found.map(({ id, score, sharpe, capital }) => [id, score, sharpe, format(capital)])).toEqual([
      ['gains', 1.75, 3, '0.7'],
      ['loses', 0.25, -3, '0.1'],
    ]);
  });

  test('annualises by 252 sessions, over n − 1', () => {
    const [found] = allotCapital([member('a', around(0.001, 0.01, 64))], RULE);
    expect(found?.sharpe).toBeCloseTo((0.001 / (0.01 * Math.sqrt(64 / 63))) * Math.sqrt(252), 12);
  });

  test.each([
    { name: 'nothing known: equal parts', returns: [], expected: { a: '0.4', b: '0.4' } },
    { name: 'one session says nothing', returns: [0.05], expected: { a: '0.4', b: '0.4' } },
    { name: 'who has held nothing has shown nothing', returns: [0, 0, 0, 0], expected: { a: '0.4', b: '0.4' } },
    { name: 'two sessions say little: 16 / 22 beside 1 / 2', returns: [0.01, 0.01], expected: { a: '0.474074074', b: '0.325925925' } },
  ])('$name', ({ returns, expected }) => {
    const found = capitals([member('a', returns), member('b', [])]);
    for (const [id, capital] of Object.entries(expected)) expect(Number(found[id])).toBeCloseTo(Number(capital), 8);
  });

  test('what one may not have beyond its cap goes to the others, and stays out where all are at theirs', () => {
    const members = [member('a', [], { cap: ratio('0.1') }), member('b', []), member('c', [], { cap: ratio('0.3') })];
    expect(capitals(members)).toEqual({ a: '0.1', b: '0.4', c: '0.3' });
    expect(capitals(members.map((one) => ({ ...one, cap: ratio('0.1') })))).toEqual({ a: '0.1', b: '0.1', c: '0.1' });
  });

  test('moves each the same part of its way, the furthest by a step', () => {
    const members = [
      member('a', Array<number>(20).fill(0.01), { before: ratio('0.4') }),
      member('b', Array<number>(20).fill(-0.01), { before: ratio('0.4') }),
    ];
    expect(capitals(members, { ...RULE, stepMax: ratio('0.05') })).toEqual({ a: '0.45', b: '0.35' });
    expect(capitals(members, { ...RULE, stepMax: ratio('0.5') })).toEqual({ a: '0.7', b: '0.1' });
    const third = member('c', [], { cap: ratio('0.2'), before: ratio('0.2') });
    // Targets 0.5, its cap, and of what is left 0.1 and 0.2: ways of 0.3, −0.2 and 0, of which a step lets each go a third.
    const three = [
      member('a', Array<number>(20).fill(0.01), { before: ratio('0.2'), cap: ratio('0.5') }),
      member('b', Array<number>(20).fill(-0.01), { before: ratio('0.3'), cap: ratio('0.3') }),
      third,
    ];
    expect(capitals(three, { ...RULE, stepMax: ratio('0.1') })).toEqual({ a: '0.3', b: '0.233333334', c: '0.2' });
  });
});
