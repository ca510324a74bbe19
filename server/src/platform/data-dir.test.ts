import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DATA_DIR_VERSION, DataDirVersionError, openDataDir } from './data-dir.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tidemark-data-'));
});
afterEach(async () => await rm(parent, { recursive: true, force: true }));

test('is made for its owner alone, with its version, and opens again', async () => {
  const path = join(parent, 'new', 'data');
  const dir = await openDataDir(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(dir.journalDir)).mode & 0o777).toBe(0o700);
  expect((await readFile(join(path, 'VERSION'), 'utf8')).trim()).toBe(String(DATA_DIR_VERSION));
  expect(await openDataDir(path)).toEqual(dir);
});

test.each([
  { name: 'a newer layout', text: String(DATA_DIR_VERSION + 1), why: /start the newer version/ },
  { name: 'something else', text: 'not a version', why: /is this a data directory/ },
])('$name is refused with what to do', async ({ text, why }) => {
  await writeFile(join(parent, 'VERSION'), text);
  await expect(openDataDir(parent)).rejects.toThrow(DataDirVersionError);
  await expect(openDataDir(parent)).rejects.toThrow(why);
});
