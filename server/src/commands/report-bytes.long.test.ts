import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The command as its user calls it, in places and languages of its own. */
const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const SAMPLE = new URL('../../sample-data/spx-daily-2000-2020.csv.gz', import.meta.url);
const PLACES = [
  { TZ: 'UTC', LC_ALL: 'C' },
  { TZ: 'Pacific/Kiritimati', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
  { TZ: 'America/New_York', LC_ALL: 'ar_EG.UTF-8', LANG: 'ar_EG.UTF-8' },
];
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-bytes-'));
  await writeFile(join(folder, 'bars.csv'), gunzipSync(await readFile(SAMPLE)));
  for (const [name, fast] of [
    ['one', '10'],
    ['two', '20'],
  ] as const) {
    const { stdout } = await cli(
      ['backtest', '--strategy', 'sma-crossover', '--csv', 'bars.csv', '--symbol', 'SPX', '--param', `fast=${fast}`, '--json'],
      {},
    );
    await writeFile(join(folder, `${name}.json`), stdout);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (words: readonly string[], place: Readonly<Record<string, string>>) =>
  run(process.execPath, [CLI, ...words], { cwd: folder, env: { ...process.env, ...place }, maxBuffer: 1 << 28 });

describe('the same bytes', () => {
  test.each([
    { name: 'of a report', words: ['one.json', '--csv', 'bars.csv'] },
    { name: 'of a comparison', words: ['one.json', 'two.json'] },
  ])(
    '$name, in every process, time zone and language',
    async ({ words }) => {
      const pages: string[] = [];
      for (const [index, place] of PLACES.entries()) {
        const out = join(folder, `${index}.html`);
        await cli(['report', ...words, '--out', out], place);
        pages.push(await readFile(out, 'utf8'));
      }
      expect(pages[0]?.length).toBeGreaterThan(50_000);
      expect(new Set(pages).size).toBe(1);
    },
    120_000,
  );
});
