import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from './test/run-command.ts';

const BUILT = fileURLToPath(new URL('../../../web/build/', import.meta.url));
const SERVER = 'https://api.example.com';
const ADDED = ['_headers', '_redirects', 'vercel.json'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-dashboard-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const filesIn = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length).replace(/^\//, ''))
    .toSorted();

describe('the dashboard as files', () => {
  let out: string;
  beforeAll(async () => {
    out = join(folder, 'deep', 'dashboard');
    const { code, out: said } = await runCommand(['dashboard', '--server', `${SERVER}/`, '--out', out]);
    expect([code, said]).toEqual([0, expect.stringContaining(`the dashboard of ${SERVER}.`)]);
  });

  test('are those that were built, byte for byte, but for the one element that names the server', async () => {
    const built = await filesIn(BUILT);
    // What the server sends compressed, a host compresses by itself.
    const copied = built.filter((name) => !/\.(?:br|gz)$/.test(name));
    expect(copied.length).toBeLessThan(built.length);
    expect(await filesIn(out)).toEqual([...copied, ...ADDED].toSorted());
    for (const name of copied.filter((each) => each !== 'index.html'))
      expect((await readFile(join(out, name))).equals(await readFile(join(BUILT, name))), name).toBe(true);
    const named = await readFile(join(out, 'index.html'), 'utf8');
    const element = `<meta name="tidemark-server" content="${SERVER}" />`;
    expect(named).toContain(element);
    expect(named.replace(element, '<meta name="tidemark-server" content="" />')).toBe(await readFile(join(BUILT, 'index.html'), 'utf8'));
    // Nothing is left of how they were made.
    expect(await readdir(join(folder, 'deep'))).toEqual(['dashboard']);
  });

  test('tell every host the same headers, that let a page ask this one server', async () => {
    const { headers } = JSON.parse(await readFile(join(out, 'vercel.json'), 'utf8')) as {
      headers: { headers: { key: string; value: string }[] }[];
    };
    const told = headers[0]?.headers ?? [];
    const policy = told.find(({ key }) => key === 'Content-Security-Policy')?.value ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([`connect-src 'self' ${SERVER} wss://api.example.com`, "default-src 'none'", "frame-ancestors 'none'"]),
    );
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[^ ]+'/);
    expect(policy.split(SERVER)).toHaveLength(2);
    const lines = (await readFile(join(out, '_headers'), 'utf8')).split('\n');
    for (const { key, value } of told) expect(lines).toContain(`  ${key}: ${value}`);
  });
});

test.each([
  ['a server without TLS', ['--server', 'http://api.example.com'], /https:\/\/ outside of this machine/],
  ['no address', ['--server', 'api.example.com'], /must be like/],
])('%s is refused', async (_name, args, message) => {
  const out = join(folder, 'refused');
  const { code, err } = await runCommand(['dashboard', ...args, '--out', out]);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  expect(await readdir(folder)).not.toContain('refused');
});

test('a folder that holds something is left as it is', async () => {
  const out = join(folder, 'full');
  await mkdir(out);
  await writeFile(join(out, 'mine.txt'), 'mine');
  const { code, err } = await runCommand(['dashboard', '--server', SERVER, '--out', out]);
  expect([code, err]).toEqual([2, expect.stringMatching(/full is not empty/)]);
  expect(await readdir(out)).toEqual(['mine.txt']);
});
