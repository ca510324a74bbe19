import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand as run } from './test/run-command.ts';

const CSV = fileURLToPath(new URL('../../sample-data/spx-daily-2000-2020.csv.gz', import.meta.url));
const COMMON = ['--strategy', 'sma-crossover', '--csv', CSV, '--from', '2014-01-01'];
const GRID = ['--grid', 'fast=5..15:5', '--grid', 'slow=20..60:20', '--threads', '1'];
const WINDOWS = ['--train', '500', '--test', '250'];

test.each([
  {
    args: ['walk-forward', ...COMMON, ...GRID, ...WINDOWS],
    table: /^sma-crossover, version [0-9a-f]{64}\nSPX, 1584 bars/,
    json: { traded: 5, windows: { train: 500 } },
  },
  { args: ['optimise', ...COMMON, ...GRID], table: /\nchosen +fast=\d+ slow=\d+/, json: { selection: { trials: { sets: 9 } } } },
  {
    args: ['stress', ...COMMON, '--param', 'fast=5', '--param', 'slow=20'],
    table: /\nas it was /,
    json: { strategy: { name: 'sma-crossover' } },
  },
])('$args.0 prints a table, or JSON, and nothing else where stderr is no terminal', async ({ args, table, json }) => {
  const words = await run(args);
  expect(words).toMatchObject({ code: 0, err: '' });
  expect(words.out).toMatch(table);
  const data = await run([...args, '--json']);
  expect(data).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(data.out)).toMatchObject(json);
  expect(await run([...args, '--json'])).toEqual(data);
});

test.each([
  { args: ['walk-forward', ...COMMON, ...GRID], code: 2, message: "required option '--train <bars>' not specified" },
  {
    args: ['walk-forward', ...COMMON, ...GRID, '--train', '5000', '--test', '1'],
    code: 2,
    message: 'after 5000 to choose in, none is left to test',
  },
  { args: ['optimise', ...COMMON, ...GRID, '--objective', 'sharp'], code: 2, message: 'the objective "sharp" is wrong at character 1' },
  { args: ['optimise', ...COMMON, ...GRID, '--blocks', '7'], code: 2, message: '7 blocks; it must be an even number from 2 to 20' },
  { args: ['optimise', ...COMMON, '--grid', 'speed=1..3'], code: 1, message: 'grid is "speed"' },
  { args: ['stress', ...COMMON, '--without', '2014-01-04'], code: 2, message: '--without is 2014-01-04, a day without bars' },
])('$args.0 ends with $code: $message', async ({ args, code, message }) => {
  const failed = await run(args);
  expect(failed.code).toBe(code);
  expect(failed.out).toBe('');
  if (!message.startsWith('required')) expect(failed.err).toContain(message);
});
