import { spawn } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, temporaryFolder } from './product.ts';

const PLANTED = ['PKPLANTEDKEYID00001', 'planted-secret-one', 'PKPLANTEDKEYID00002', 'planted-secret-two'] as const;
const MASTER = '8f1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';
const NEXT = '17e1d0c2b3a49586776859403a1b2c3d4e5f60718293a4b5c6d7e8f900112233';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Everything that any of the commands has said. */
const said: string[] = [];

async function keys(args: readonly string[], input: string | undefined, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'server/src/cli.ts'), 'keys', ...args, '--data-dir', join(folder.path, 'data')], {
    cwd: root,
    env: { ...process.env, TIDEMARK_MASTER_KEY: MASTER, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  const collect = (chunk: Buffer): void => void (text += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  said.push(text);
  return { code, text };
}

/** Every file below a folder, as one text. */
async function bytesBelow(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return await readFile(path, 'latin1');
  const parts = await Promise.all((await readdir(path)).map((name) => bytesBelow(join(path, name))));
  return parts.join('\n');
}

test('keys are stored, listed, rotated and removed, and their secrets are in no output and no file', async () => {
  expect(await keys(['add', 'paper'], `${PLANTED[0]}\n${PLANTED[1]}\n`)).toMatchObject({ code: 0 });
  expect(await keys(['add', 'paper'], `${PLANTED[2]}\n${PLANTED[3]}\n`)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/rotate paper/),
  });
  expect(await keys(['add', 'live'], `AK${PLANTED[0]}\n${PLANTED[1]}\n`)).toMatchObject({
    code: 2,
    text: expect.stringMatching(/DATABASE_URL/),
  });
  const file = join(folder.path, 'pair.txt');
  await writeFile(file, `${PLANTED[2]}\n${PLANTED[3]}\n`, { mode: 0o644 });
  expect(await keys(['rotate', 'paper', '--file', file], undefined)).toMatchObject({ code: 2, text: expect.stringMatching(/chmod 600/) });
  await chmod(file, 0o600);
  expect(await keys(['rotate', 'paper', '--file', file], undefined, { TIDEMARK_MASTER_KEY: NEXT })).toMatchObject({ code: 1 });
  expect(await keys(['rotate', 'paper', '--file', file], undefined)).toMatchObject({ code: 0 });
  expect(await keys(['rotate-master'], undefined, { TIDEMARK_MASTER_KEY_NEXT: NEXT })).toMatchObject({ code: 0 });
  const listed = await keys(['list', '--json'], undefined);
  expect(JSON.parse(listed.text)).toMatchObject({ keys: [{ mode: 'paper', hint: 'PK…0002', host: 'paper-api.alpaca.markets' }] });
  const stored = await bytesBelow(join(folder.path, 'data'));
  expect(await keys(['remove', 'paper'], undefined)).toMatchObject({ code: 0 });
  for (const secret of [...PLANTED, MASTER, NEXT]) {
    expect(stored).not.toContain(secret);
    expect(said.join('\n')).not.toContain(secret);
  }
});
