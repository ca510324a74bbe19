import { afterAll, expect, test } from 'vitest';
import { builtInStrategies } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { findViolations } from './source-rules.ts';

afterAll(closeCompiler);

interface Parts {
  readonly member?: string;
  readonly before?: string;
  readonly base?: string;
}

/** Members stand in line 9, what comes before the class in line 3. */
const sourceOf = ({ member = '', before = '', base = 'CrossingStrategy' }: Parts): string => `import * as sdk from 'tidemark';
import { CrossingStrategy, CrossingStrategy as Crossing, Ema, Filter, Sma, Strategy } from 'tidemark';
${before}
export default class Mine extends ${base} {
  constructor() { super('mine', 'Mine', 'Mine.'); }
  fastPeriod(): i32 { return 2; }
  slowPeriod(): i32 { return 4; }
  onCross(symbol: i32, isAbove: bool): void { this.target(symbol, isAbove ? 1 : 0, 'cross'); }
  ${member}
}
`;

const ON_BAR = 'onBar(symbol: i32): void {}';
const LEFT_OUT = /would be left out at other bars/;

test.each([
  { name: 'onBar', member: ON_BAR, line: 9, column: 3, message: LEFT_OUT },
  { name: 'onBars', member: 'onBars(): void {}', line: 9, column: 3, message: LEFT_OUT },
  { name: 'onBars behind a visibility', member: 'public onBars(): void {}', line: 9, column: 10, message: LEFT_OUT },
  { name: 'a base of another name', member: ON_BAR, base: 'Crossing', line: 9, column: 3, message: LEFT_OUT },
  { name: 'a base in a namespace', member: ON_BAR, base: 'sdk.CrossingStrategy', line: 9, column: 3, message: LEFT_OUT },
  {
    name: 'an alias of the base',
    member: ON_BAR,
    before: 'type Base = CrossingStrategy;',
    base: 'Base',
    line: 9,
    column: 3,
    message: LEFT_OUT,
  },
  { name: 'a constant of the base', member: ON_BAR, before: 'const Base = Crossing;', base: 'Base', line: 9, column: 3, message: LEFT_OUT },
  {
    name: 'an alias whose name stands for something else too',
    member: ON_BAR,
    before: 'class Note { Base: f64 = 0; } type Base = Crossing;',
    base: 'Base',
    line: 9,
    column: 3,
    message: LEFT_OUT,
  },
  {
    name: 'an alias of a filter of the author',
    member: 'slowFilter(): Filter { return new Known(2); }',
    before: 'class Own extends Sma {} type Known = Own;',
    line: 9,
    column: 3,
    message: /from 'tidemark'/,
  },
  {
    name: 'a base of one class more',
    before: 'abstract class Base extends Crossing { onBars(): void {} }',
    base: 'Base',
    line: 3,
    column: 40,
    message: LEFT_OUT,
  },
  {
    name: 'the standing',
    member: 'stand(symbol: i32, fast: f64, slow: f64): void {}',
    line: 9,
    column: 3,
    message: /not for strategies to override/,
  },
  {
    name: 'a filter of the kernel',
    member: 'peek(): f64 { return this.fastOf(0).next(1); }',
    line: 9,
    column: 29,
    message: /fastOf .* to call/,
  },
  { name: 'private members', member: 'peek(): i32 { return this.pairs.length; }', line: 9, column: 29, message: /pairs .* to call/ },
  {
    name: 'a filter that is kept',
    member: 'mine: Sma = new Sma(2); fastFilter(): Filter { this.mine = new Sma(2); return this.mine; }',
    line: 9,
    column: 27,
    message: /single "return new …;"/,
  },
  {
    name: 'a filter of the author',
    member: 'slowFilter(): Filter { return new Own(2); }',
    before: 'class Own extends Sma { next(x: f64): f64 { return x; } }',
    line: 9,
    column: 3,
    message: /from 'tidemark'/,
  },
])('a crossing strategy is refused: $name', async ({ line, column, message, ...parts }) => {
  const result = await compileStrategy(sourceOf(parts), { name: 'mine.ts' });
  if (result.ok) throw new Error('It compiled.');
  expect(result.errors).toEqual([{ file: 'mine.ts', line, column, message: expect.stringMatching(message) }]);
});

test.each([
  { name: 'nothing more', parts: {} },
  { name: 'a filter from the SDK', parts: { member: 'fastFilter(): Filter { return new Ema(this.fastPeriod()); }' } },
  { name: 'onBar of another class', parts: { before: 'class Note { onBar(symbol: i32): void {} }' } },
  { name: 'a class whose base is itself unknown', parts: { before: 'class Note { pair: f64 = 0; }' } },
])('a crossing strategy is let through: $name', ({ parts }) => expect(findViolations(sourceOf(parts))).toEqual([]));

test('a plain strategy may override what it likes', () => {
  const member = `${ON_BAR} onBars(): void {} stand(): void {} fastFilter(): i32 { return 1; }`;
  expect(findViolations(sourceOf({ base: 'Strategy', member }))).toEqual([]);
});

test('classes that extend each other in a circle come to an end', () => {
  expect(findViolations('class A extends B { onBar(): void {} } class B extends A {}')).toEqual([]);
});

test('built-in strategies keep the rules', () => {
  expect(builtInStrategies().flatMap(({ source }) => findViolations(source))).toEqual([]);
});
