import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Account } from '../exchange-books.ts';
import { root } from '../product.ts';
import type { KillPoint } from './point.ts';

/** Where a server works over its lives: its folder, its database, its account. */
export interface Ground {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly account: Account;
  readonly keys: { readonly APCA_API_KEY_ID: string; readonly APCA_API_SECRET_KEY: string };
}

/** One life of the real server. */
export interface Life {
  /** The log-in link; `undefined` where it died before it was ready. */
  readonly ready: Promise<string | undefined>;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly isOver: () => boolean;
  readonly output: () => string;
  /** From now on the process dies at its point. */
  readonly arm: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

const LOADER = pathToFileURL(join(root, 'e2e/kill-points/loader.ts')).href;

/** Starts the server; with a point, in a process whose source has it. In each, what it waits for is shorter. */
export async function begin(ground: Ground, point?: KillPoint): Promise<Life> {
  const file = join(ground.dataDir, '..', 'armed');
  const arm = async (): Promise<void> => writeFile(file, String(point?.pass ?? 1));
  await rm(file, { force: true });
  if (point?.phase === 'starting') await arm();
  const args = ['serve', '--port', '0', '--data-dir', ground.dataDir, '--exchange-url', ground.account.url];
  const child = spawn(process.execPath, ['--import', LOADER, join(root, 'server/src/cli.ts'), ...args], {
    cwd: root,
    env: {
      ...process.env,
      ...ground.keys,
      ...(ground.databaseUrl === undefined ? {} : { DATABASE_URL: ground.databaseUrl }),
      TIDEMARK_TEST_KILL_POINT: point?.name ?? '',
      TIDEMARK_TEST_KILL_FILE: file,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let over = false;
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true;
      resolve(signal ?? code);
    });
  });
  const ready = new Promise<string | undefined>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => resolve(undefined));
  });
  return { ready, ended, isOver: () => over, output: () => text, arm, signal: (signal) => void child.kill(signal) };
}
