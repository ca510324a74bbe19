import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from './backtest-flags.ts';
import { parseCondition, type ConditionName } from './parameter-condition.ts';

const NAMES: readonly ConditionName[] = [
  { name: 'fast', kind: 'number' },
  { name: 'slow', kind: 'number' },
  { name: 'direction', kind: 'text' },
];
const holds = (source: string, values: readonly (number | string)[] = [10, 30, 'long']): boolean =>
  parseCondition(source, NAMES).every((part) => part.holds(values));

describe('what conditions mean', () => {
  test.each([
    ['fast<slow', true],
    ['fast < slow', true],
    ['fast>slow', false],
    ['fast<=10', true],
    ['fast>=10.5', false],
    ['fast==1e1', true],
    ['fast!=10', false],
    ['fast*3==slow', true],
    ['fast+2*10<slow', false],
    ['(fast+2)*10<=120', true],
    ['slow-fast-10==10', true],
    ['slow/fast/3==1', true],
    ['-fast<0', true],
    ['--fast==+10', true],
    ['slow - -fast == 40', true],
    ['!(fast<slow)', false],
    ['!fast<slow', 'the ! takes a comparison'],
    ['fast<slow && slow<20', false],
    ['fast>slow || slow==30', true],
    ['fast==0 || fast==10 && slow==0', false],
    ['(fast==10 || fast==0) && slow==30', true],
    ['fast<slow||fast<slow&&fast>slow', true],
    ["direction=='long'", true],
    ['direction=="longshort"', false],
    ["direction!='longshort' && fast<slow", true],
    ['fast/0>1000', true],
    ['0/0==0/0', false],
    ['.5<1', true],
  ])('%s', (source, expected) => {
    if (typeof expected === 'string') expect(() => holds(source)).toThrow(UsageError);
    else expect(holds(source)).toBe(expected);
  });

  test('parts that must all hold say what they need', () => {
    const lasts = (source: string): readonly number[] => parseCondition(source, NAMES).map(({ last }) => last);
    expect(lasts('fast<slow && fast<20 && 1<2')).toEqual([1, 0, -1]);
    expect(lasts("(fast>2 && fast<20) && direction=='long'")).toEqual([0, 0, 2]);
    expect(lasts('fast<slow || fast<20')).toEqual([1]);
  });
});

describe('what is wrong is said, with its place', () => {
  test.each([
    ['', 1, 'a parameter, a number or ( is expected where it ends'],
    ['   ', 1, 'it ends'],
    ['fast<', 6, 'it ends'],
    ['fast', 1, 'a comparison is expected here, this is a number'],
    ['fast<slow slow', 11, '"slow" is not expected'],
    ['fast<medium', 6, 'there is no parameter medium; there is fast, slow, direction'],
    ['fast<slow<30', 10, 'comparisons cannot be chained'],
    ['fast=10', 5, '"=" is not expected'],
    ['fast & slow', 6, '"&" is not expected'],
    ['fast<slow;', 10, '";" is not expected'],
    ['fast[0]<1', 5, '"[" is not expected'],
    ['fast.constructor<1', 5, '"." is not expected'],
    ['(fast<slow', 11, ') is expected, for the ( at character 1'],
    ['fast<slow)', 10, '")" is not expected'],
    ['direction<3', 1, 'a number is expected here, this is a text'],
    ["direction=='long", 12, `"'" is not expected`],
    ['direction==3', 12, 'a text is expected here, this is a number'],
    ["fast=='x'", 7, 'a number is expected here, this is a text'],
    ['fast+(1<2)<3', 6, 'a number is expected here, this is a comparison'],
    ['fast && slow<3', 1, 'a comparison is expected here, this is a number'],
    ['fast<3 || slow', 11, 'a comparison is expected here, this is a number'],
    ['toString<3', 1, 'there is no parameter toString'],
    ['<3', 1, '"<" stands'],
  ])('%s', (source, position, reason) => {
    expect(() => parseCondition(source, NAMES)).toThrow(UsageError);
    expect(() => parseCondition(source, NAMES)).toThrow(`character ${position}: `);
    expect(() => parseCondition(source, NAMES)).toThrow(reason);
  });

  test('depth and length have bounds', () => {
    expect(holds(`${'('.repeat(99)}1<2${')'.repeat(99)}`)).toBe(true);
    expect(() => holds(`${'('.repeat(5000)}1<2`)).toThrow('nested more than 100 deep');
    expect(() => holds(`${'-'.repeat(5000)}1<2`)).toThrow('nested more than 100 deep');
    expect(() => holds(' '.repeat(20_000))).toThrow('characters');
  });

  test('whatever is typed, the answer is a condition or a usage error', () => {
    const pieces = [
      'fast',
      'slow',
      'direction',
      '1',
      '2.5',
      '<',
      '>=',
      '==',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '+',
      '-',
      '*',
      '/',
      "'long'",
      ' ',
      '$',
      '=',
      "'",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (words) => {
        try {
          expect(typeof holds(words.join(''))).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** A text, and what it is worth where fast is 10 and slow is 30. */
interface Written<T> {
  readonly text: string;
  readonly worth: T;
}

const { number, condition } = fc.letrec<{ number: Written<number>; condition: Written<boolean> }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom({ text: 'fast', worth: 10 }, { text: 'slow', worth: 30 }),
    fc.nat(50).map((worth) => ({ text: String(worth), worth })),
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, sign, b]) => {
      const worth = sign === '+' ? a.worth + b.worth : sign === '-' ? a.worth - b.worth : a.worth * b.worth;
      return { text: `(${a.text} ${sign}${b.text})`, worth };
    }),
    tie('number').map((a) => ({ text: `-${a.text}`, worth: -a.worth })),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(tie('number'), fc.constantFrom('<', '<=', '==', '!='), tie('number')).map(([a, sign, b]) => {
      const table: Readonly<Record<string, boolean>> = { '<': a.worth < b.worth, '<=': a.worth <= b.worth, '==': a.worth === b.worth };
      return { text: `${a.text}${sign}${b.text}`, worth: table[sign] ?? a.worth !== b.worth };
    }),
    fc.tuple(tie('condition'), fc.boolean(), tie('condition')).map(([a, both, b]) => ({
      text: `(${a.text}) ${both ? '&&' : '||'} (${b.text})`,
      worth: both ? a.worth && b.worth : a.worth || b.worth,
    })),
    tie('condition').map((a) => ({ text: `!(${a.text})`, worth: !a.worth })),
  ),
}));

test('a condition is worth what it was built to be worth', () => {
  fc.assert(
    fc.property(condition, ({ text, worth }) => {
      expect(holds(text)).toBe(worth);
    }),
  );
  fc.assert(
    fc.property(number, ({ text, worth }) => {
      expect(holds(`${text} == ${worth}`)).toBe(true);
    }),
  );
});
