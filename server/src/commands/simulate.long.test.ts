import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

const CLI = new URL('../cli.ts', import.meta.url).pathname;

/** The command in a process of its own, with a folder of its own for temporary files. */
async function start(args: readonly string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'interrupted-'));
  const env = { ...process.env, TMPDIR: dir };
  const child = spawn(process.execPath, [CLI, 'simulate', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const writesADay = async (): Promise<boolean> => (await readdir(dir, { recursive: true })).some((name) => name.endsWith('day-1'));
  return {
    dir,
    /** Waits until the command has said so, and a thread then writes a day down. */
    playing: async (said: string): Promise<void> => {
      while (child.exitCode === null && !err.includes(said)) await sleep(20);
      while (child.exitCode === null && !(await writesADay())) await sleep(20);
    },
    interrupt: async () => {
      child.kill('SIGINT');
      const [code] = (await closed) as [number | null];
      return { code, out, err };
    },
  };
}

test.each([
  {
    name: 'days are played',
    args: ['--seeds', '40'],
    said: '',
    err: /Stopped after \d of 40 days; nothing of them is left behind/,
    out: /^\d days in/,
  },
  {
    name: 'a failing day is made short',
    args: ['--plant', 'count-outlives-process', '--seeds', '1', '--from', '12'],
    said: 'seed 12: tiers',
    err: /Stopped after 1 of 1 days; nothing of them is left behind/,
    out: /^seed 12 FAILED tiers/m,
  },
])('an interrupt while $name shows what was found, and leaves nothing', async ({ args, said, err, out }) => {
  const { dir, playing, interrupt } = await start([...args, '--store', 'embedded']);
  await playing(said);
  const ended = await interrupt();
  expect(ended.err).toMatch(err);
  expect(ended.out).toMatch(out);
  // No day was made short: it was stopped before.
  expect(ended.out).not.toContain('of what happened in it');
  expect(ended.code).toBe(1);
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
});
