import { Text } from '@codemirror/state';
import { expect, test, vi } from 'vitest';

// What the build makes of the SDK's source: see `sdk-reference.test.ts`.
vi.mock('virtual:sdk-reference', () => ({ default: [] }));
const { diagnosticOf } = await import('./setup.ts');

const text = Text.of(['const close: i32 = 1;', '', 'x']);

test.each([
  { name: 'a word', line: 1, column: 7, from: 6, to: 11 },
  { name: 'a sign', line: 1, column: 12, from: 11, to: 12 },
  { name: 'an empty line', line: 2, column: 1, from: 22, to: 22 },
  { name: 'beyond the line', line: 3, column: 9, from: 24, to: 24 },
  { name: 'beyond the text', line: 9, column: 1, from: 23, to: 24 },
])('$name', ({ line, column, from, to }) =>
  expect(diagnosticOf({ line, column, message: 'wrong' }, text)).toMatchObject({ from, to, message: 'wrong' }),
);
