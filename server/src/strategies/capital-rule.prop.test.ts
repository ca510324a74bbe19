import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ratio } from '../money/fixed.ts';
import { ratio, UNITS_PER_ONE } from '../money/fixed.ts';
import { allotCapital } from './capital-rule.ts';
import type { CapitalRule, RuledMember } from './capital-rule.ts';

const ONE = Number(UNITS_PER_ONE);
const share = (least = 0): fc.Arbitrary<Ratio> => fc.integer({ min: least, max: ONE }).map((units) => BigInt(units) as Ratio);
const returns = fc.array(fc.oneof(fc.constant(0), fc.double({ min: -0.2, max: 0.2, noNaN: true, noDefaultInfinity: true })), {
  maxLength: 80,
});

interface Case {
  readonly members: readonly RuledMember[];
  readonly rule: CapitalRule;
}

/** What each has now is within its cap, and within the total together. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    seeds: fc.array(fc.record({ returns, cap: share(), weight: fc.integer({ min: 0, max: 100 }) }), { minLength: 1, maxLength: 8 }),
    total: share(1),
    used: fc.integer({ min: 0, max: 100 }),
    stepMax: fc.option(share(1), { nil: undefined }),
    priorSessions: fc.integer({ min: 1, max: 250 }),
  })
  .map(({ seeds, total, used, stepMax, priorSessions }) => {
    const weights = seeds.reduce((sum, { weight }) => sum + weight, 0) || 1;
    const members = seeds.map(({ returns: made, cap, weight }, place) => {
      const part = (total * BigInt(used) * BigInt(weight)) / (100n * BigInt(weights));
      return { id: `s${place}`, returns: made, cap, before: (part < cap ? part : cap) as Ratio };
    });
    return { members, rule: { total, stepMax, priorSessions } };
  });

const allottedTo = (id: string, { members, rule }: Case): bigint =>
  allotCapital(members, rule).find((member) => member.id === id)?.capital ?? -1n;
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

describe('capital by recent results', () => {
  test('is from 0 to each cap, at most the total together, and moves no further than a step', () => {
    fc.assert(
      fc.property(cases, ({ members, rule }) => {
        const allotted = allotCapital(members, rule);
        for (const { capital, cap, before, target } of allotted) {
          expect(capital >= 0n && capital <= cap && target >= 0n && target <= cap).toBe(true);
          if (rule.stepMax !== undefined) expect(size(capital - before) <= rule.stepMax).toBe(true);
        }
        expect(sumOf(allotted.map(({ capital }) => capital)) <= rule.total).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('uses the total up, but for a unit a member, where caps and steps leave it', () => {
    fc.assert(
      fc.property(cases, ({ members, rule }) => {
        const free = { ...rule, stepMax: undefined };
        const given = sumOf(allotCapital(members, free).map(({ capital }) => capital));
        const room = sumOf(members.map(({ cap }) => cap));
        const wanted = room < rule.total ? room : rule.total;
        expect(given + BigInt(members.length) + 8n >= wanted).toBe(true);
      }),
    );
  });

  test('is the same whatever the order of the members, and each time', () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.nat()), ({ members, rule }, dice) => {
        const keys = new Map(members.map((member) => [member, dice.next().value]));
        const shuffled = members.toSorted((left, right) => (keys.get(left) ?? 0) - (keys.get(right) ?? 0));
        expect(allotCapital(shuffled, rule)).toEqual(allotCapital(members, rule));
      }),
    );
  });

  test('does not fall for one whose every session was better', () => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.double({ min: 1e-6, max: 0.1, noNaN: true }), ({ members, rule }, at, more) => {
        const place = at % members.length;
        const better = members.map((member, other) =>
          other === place ? { ...member, returns: member.returns.map((value) => value + more) } : member,
        );
        const id = `s${place}`;
        // A double has sixteen digits, and what is moved is whole units: so many may be lost.
        expect(allottedTo(id, { members: better, rule }) + 8n >= allottedTo(id, { members, rule })).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is equal where nobody has shown anything, and nobody is without where all have a cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), share(100), fc.integer({ min: 1, max: 250 }), (count, total, priorSessions) => {
        const none = Array.from({ length: count }, (_, place) => ({
          id: `s${place}`,
          returns: [],
          cap: ratio('1'),
          before: ratio('0'),
        }));
        const capitals = allotCapital(none, { total, stepMax: undefined, priorSessions }).map(({ capital }) => capital);
        for (const capital of capitals) expect(size(capital - total / BigInt(count)) <= 1n).toBe(true);
      }),
    );
  });
});
