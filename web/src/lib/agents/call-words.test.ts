import { expect, test } from 'vitest';
import { laidOut, shortGiven } from './call-words.ts';

test('arguments are laid out, and left as they came where they are no JSON', () => {
  expect(laidOut('{"id":"a","first":3}')).toBe('{\n  "id": "a",\n  "first": 3\n}');
  expect(laidOut('{"id":')).toBe('{"id":');
});

test.each([
  { arguments: '{}', short: '' },
  { arguments: '{"id":"a"}', short: '{"id":"a"}' },
  { arguments: 'x'.repeat(91), short: `${'x'.repeat(90)}…` },
])('in one line $arguments is $short', ({ short, ...call }) => expect(shortGiven(call)).toBe(short));
