import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSdk } from './sdk-reference.ts';

const ASSEMBLY = new URL('../../../../compute/assembly/', import.meta.url);
const files = Object.fromEntries(
  ['sdk', 'indicators'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ASSEMBLY)).map((name) => [
      `${folder}/${name}`,
      readFileSync(new URL(`${folder}/${name}`, ASSEMBLY), 'utf8'),
    ]),
  ),
);
const sdk = readSdk(files);
const entry = (name: string) => sdk.find((each) => each.name === name);
const member = (of: string, name: string) => entry(of)?.members.find((each) => each.name === name);

test('every name of the index is there, classes with what they inherit', () => {
  const lines = (files['sdk/index.ts'] ?? '').split('\n').filter((line) => line.startsWith('export'));
  const names = lines.flatMap((line) => /\{ (.*) \}/.exec(line)?.[1]?.split(', ') ?? []);
  expect(sdk.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  expect(member('Rsi', 'next')?.signature).toBe('next(x: f64): f64');
  expect(member('CrossingStrategy', 'target')?.type).toBe('void');
});

test.each([
  ['Strategy', 'bar', 'bar(symbol: i32): Bar', 'Bar'],
  ['Strategy', 'time', 'time: f64', 'f64'],
  ['Bar', 'close', 'close: f64', 'f64'],
  ['Order', 'market', 'market(symbol: i32, amount: f64): Order', 'Order'],
  ['Parameter', 'int', 'int: i32', 'i32'],
])('%s.%s', (of, name, signature, type) => expect(member(of, name)).toMatchObject({ signature, type }));

test('comments are sentences, without stars', () => {
  expect(member('Strategy', 'onBar')?.doc).toBe('After each bar of each symbol, in the order of the symbols.');
  expect(entry('Strategy')?.doc).toMatch(/^What an author extends\. The strategy sees the slice .* or anything outside\.$/);
});

test('what is private, the kernel’s, or takes addresses is left out', () => {
  for (const [of, name] of [
    ['Parameter', 'bound'],
    ['Parameter', 'bind'],
    ['Sma', 'run'],
    ['CrossingStrategy', 'stand'],
  ] as const)
    expect(member(of, name)).toBeUndefined();
});

test('an indicator brings what the registry says of it', () => {
  expect(entry('Rsi')?.indicator).toMatchObject({
    name: 'RSI',
    title: 'Relative strength index',
    parameters: [{ name: 'timeperiod', bounds: '14, from 2 to 100000', description: 'Bars of the smoothing.' }],
  });
  expect(entry('Strategy')?.indicator).toBeUndefined();
});
