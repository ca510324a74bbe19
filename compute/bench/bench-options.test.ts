import { expect, test } from 'vitest';
import { parseBenchOptions } from './bench-options.ts';

test.each([
  { args: [], is: { isJson: false, writesDocs: false, rounds: undefined, wanted: [] } },
  { args: ['--json', 'indicators', '--rounds=3'], is: { isJson: true, writesDocs: false, rounds: 3, wanted: ['indicators'] } },
  { args: ['--write-docs'], is: { isJson: false, writesDocs: true, rounds: undefined, wanted: [] } },
])('$args', ({ args, is }) => expect(parseBenchOptions(args)).toEqual(is));

test.each(['--rounds=0', '--rounds=', '--rounds=2.5', '--rounds=-1', '--rounds=1e9', '--rounds=many', '--jsn', '-x'])(
  '%s is refused',
  (arg) => expect(() => parseBenchOptions([arg])).toThrow(/--rounds/),
);

test('documents are written of the whole, not of a part', () => {
  expect(() => parseBenchOptions(['--write-docs', 'kernel'])).toThrow('--write-docs measures everything');
});
