import { expect, test } from 'vitest';
import { brokenPromises, HOW_TO_GO_ON, promisedSchema } from './contract.ts';
import { committedSchema } from './print.ts';

test('nothing that was promised at the last release is broken', async () => {
  const broken = await brokenPromises(await promisedSchema(), await committedSchema());
  expect(broken, `${broken.join('\n')}\n\n${HOW_TO_GO_ON}`).toEqual([]);
});

const BEFORE = `
  type Query { a(x: Int, old: Int @deprecated(reason: "use x")): Int old: Int @deprecated(reason: "use a") thing: Thing kind: Kind put(in: In): Int }
  type Left { id: ID! } type Right { id: ID! } union Thing = Left | Right
  enum Kind { ONE TWO OLD @deprecated(reason: "use ONE") }
  input In { x: Int! y: Int old: Int @deprecated(reason: "use y") }
`;
const changed = (from: string, to: string): Promise<readonly string[]> => {
  if (!BEFORE.includes(from)) throw new Error(`The schema does not hold ${from}`);
  return brokenPromises(BEFORE, BEFORE.replace(from, to));
};

test.each([
  ['a field', 'kind: Kind', ''],
  ['a member of a union', 'Left | Right', 'Left'],
  ['a value of an enum', 'ONE TWO', 'ONE'],
  ['an argument', '(x: Int, ', '('],
  ['a field of an input', 'y: Int', ''],
])('%s that was not deprecated may not go', async (_name, from, to) => expect(await changed(from, to)).toHaveLength(1));

test.each([
  ['a field that can be null now', 'id: ID! } type R', 'id: ID } type R'],
  ['a field of another type', 'thing: Thing', 'thing: Left'],
  ['an argument that is needed now', 'a(x: Int,', 'a(x: Int!,'],
  ['a new argument that is needed', 'a(x: Int,', 'a(x: Int, new: Int!,'],
  ['a new field of an input that is needed', 'y: Int', 'y: Int new: Int!'],
])('%s breaks', async (_name, from, to) => expect(await changed(from, to)).not.toEqual([]));

test.each([
  ['a deprecated field', 'old: Int @deprecated(reason: "use a")', ''],
  ['a deprecated value of an enum', 'OLD @deprecated(reason: "use ONE")', ''],
  ['a deprecated argument', ', old: Int @deprecated(reason: "use x")', ''],
  ['a deprecated field of an input', 'old: Int @deprecated(reason: "use y")', ''],
])('%s may go', async (_name, from, to) => expect(await changed(from, to)).toEqual([]));

test.each([
  ['a new field', 'kind: Kind', 'kind: Kind new: Int'],
  ['a new optional argument', 'a(x: Int,', 'a(x: Int, new: Int,'],
  ['a new value of an enum', 'ONE TWO', 'ONE TWO THREE'],
  ['a field that is never null now', 'kind: Kind', 'kind: Kind!'],
  ['an argument that is no longer needed', 'x: Int!', 'x: Int'],
])('%s breaks nobody', async (_name, from, to) => expect(await changed(from, to)).toEqual([]));
