import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../site/markdown.ts';
import { root } from './product.ts';

const page = blocksOf({ path: 'README.md', text: await readFile(join(root, 'README.md'), 'utf8') });
const block = page.find(({ text }) => text.includes('npx tidemark compile'))?.text ?? '';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-readme-'));
  for (const name of ['server', 'node_modules', 'package.json']) await symlink(join(root, name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the commands of the README run as written, and leave what they say', async () => {
  const commands = block.trim().split('\n');
  expect(commands.length).toBeGreaterThanOrEqual(6);
  // What doctor finds is of the machine, not of the page.
  const script = commands.filter((command) => !command.includes('tidemark doctor')).join('\n');
  await promisify(execFile)('bash', ['-euc', script], { cwd: folder, timeout: 300_000, maxBuffer: 1 << 28 });
  expect((await readFile(join(folder, 'sweep.csv'), 'utf8')).trim().split('\n')).toHaveLength(1 + (100 * 99) / 2);
  expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({ strategy: { name: 'rsi-reversion' } });
  expect((await readFile(join(folder, 'report.html'), 'utf8')).startsWith('<!doctype html>')).toBe(true);
});
