import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand as run } from './test/run-command.ts';

const CSV = fileURLToPath(new URL('../../sample-data/spx-daily-2000-2020.csv.gz', import.meta.url));
const BARS = ['dataset', '--csv', CSV, '--from', '2016-01-01', '--features', 'return_5,rsi_14'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-dataset-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('says what is in it and what is not; the file is written once, with the same bytes wherever it is written', async () => {
  const [first, second] = [join(folder, 'a.parquet'), join(folder, 'b.parquet')];
  const made = await run([...BARS, '--out', first]);
  expect(made).toMatchObject({ code: 0, err: '' });
  const [, rows = '', bars = '', warmUp = '', unlabelled = ''] =
    /\n([\d,]+) rows of ([\d,]+) bars of SPX, 2016-\d\d-\d\d to \d{4}-\d\d-\d\d; 2 features, 5 splits\n([\d,]+) left out: a feature.*\n([\d,]+) left out: the label.*\nWritten/.exec(
      made.out,
    ) ?? [];
  const [all = 0, ...parts] = [bars, rows, warmUp, unlabelled].map((each) => Number(each.replace(',', '')));
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(all);
  const { hash } = JSON.parse((await run([...BARS, '--json', '--out', second])).out) as { hash: string };
  expect(made.out).toContain(`Dataset ${hash}\n`);
  expect(Buffer.compare(await readFile(first), await readFile(second))).toBe(0);
  const again = await run([...BARS, '--out', first]);
  expect(again).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`--out ${first} is there already`) });
});

test.each([
  { args: ['--label', 'direction'], code: 2, message: '--label is "direction"; it must have numbers, as direction:HORIZON' },
  { args: ['--split', 'k-fold'], code: 2, message: '--split is "k-fold"; it must have numbers, as k-fold:FOLDS:EMBARGO' },
  { args: ['--weights', 'none,age'], code: 2, message: '--weights is "none"; it must be one of uniqueness, returns' },
  { args: ['--to', '2016-01-20'], code: 1, message: 'give more bars, shorter features, or a shorter horizon' },
  { args: ['--from', '2030-01-01'], code: 1, message: 'holds no bars in that time' },
])('$args ends with $code', async ({ args, code, message }) => {
  const out = join(folder, 'refused.parquet');
  expect(await run([...BARS, '--out', out, ...args])).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  await expect(readFile(out)).rejects.toThrow('ENOENT');
});
