import { expect, test } from 'vitest';
import { builtInStrategies } from './built-ins.ts';
import { hasOuterState } from './source-rules.ts';

const withClass = (members: string, before = ''): string => `
import { Strategy } from 'tidemark';
${before}
export default class Mine extends Strategy {
  ${members}
  constructor() { super('mine', 'Mine', 'Mine.'); }
  onBar(symbol: i32): void { let local = 1; local += 1; const other = [local]; other.push(2); }
}`;

test.each([
  { name: 'fields of instances', source: withClass('private seen: i32 = 0;'), keeps: false },
  { name: 'constants of the file', source: withClass('', "const LIMIT: i32 = 3; const NAME = 'x';"), keeps: false },
  { name: 'a static method', source: withClass('static twice(x: f64): f64 { return 2 * x; }'), keeps: false },
  { name: 'another class', source: withClass('', 'class Pair { a: f64 = 0; }'), keeps: false },
  { name: 'a variable of the file', source: withClass('', 'let seen = 0;'), keeps: true },
  { name: 'a constant that can change inside', source: withClass('', 'const seen: i32[] = [];'), keeps: true },
  { name: 'a static field', source: withClass('static seen: i32 = 0;'), keeps: true },
  { name: 'a static field of another class', source: withClass('', 'class Memory { static seen: i32 = 0; }'), keeps: true },
  { name: 'a variable in a namespace', source: withClass('', 'namespace Memory { export let seen = 0; }'), keeps: true },
])('$name', ({ source, keeps }) => expect(hasOuterState(source)).toBe(keeps));

test('built-in strategies keep nothing outside', () => {
  const keeping = builtInStrategies().filter(({ source }) => hasOuterState(source));
  expect(keeping.map(({ name }) => name)).toEqual([]);
});
