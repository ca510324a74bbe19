import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { SCOPES } from '../../../approvals/keys.ts';
import { ENGINE, quiet } from '../../../engine/test/session-world.ts';
import { openApiWorld } from '../../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../../graphql/test/api-world.ts';
import { CROSSING } from '../../../graphql/test/trading-day.ts';
import { joined, logIn, PASSWORD } from '../../../graphql/test/log-in.ts';
import type { LoggedIn } from '../../../graphql/test/log-in.ts';
import { arrived, keyOf } from '../../../graphql/test/principals.ts';
import { ask, CREATE_STRATEGY, ENABLE_STRATEGY } from '../../../graphql/test/trading-day.ts';
import { openEmbeddedTestDatabase } from '../../../platform/test-database.ts';
import { DEFAULT_LIMITS } from '../../../risk/limits.ts';
import { runCommand } from '../../test/run-command.ts';
import type { Ended } from '../../test/run-command.ts';
import { FILE_NAMES } from '../files.ts';
import type { FileName } from '../files.ts';

export interface ConfigWorld {
  readonly api: ApiWorld;
  readonly owner: LoggedIn;
  /** Ada, an admin who logs in by password, and Olga, who approves. */
  readonly admin: LoggedIn & { readonly id: string };
  readonly officer: LoggedIn & { readonly id: string };
  readonly trader: LoggedIn & { readonly id: string };
  /** Of the trader's program. */
  readonly key: string;
  readonly keyId: string;
  readonly folder: string;
  /** A command with the key, or with others in its place. */
  command(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>;
  /** As Ada; what she types comes after her password. */
  asAdmin(args: readonly string[], typed?: readonly string[]): Promise<Ended>;
  /** The four files as they are now. */
  exported(): Promise<Readonly<Record<FileName, string>>>;
  /** A folder that holds these files and no others. */
  folderOf(files: Partial<Readonly<Record<FileName, string>>>): Promise<string>;
  /** A strategy named Crossing, that runs where this is no live account. */
  runningStrategy(): Promise<void>;
  close(): Promise<void>;
}

const isApply = (args: readonly string[]): boolean => args[0] === 'apply' || args[0] === 'export';

/** A server with a strategy, people and a key; limits as they are at first. */
export async function openConfigWorld(mode: 'simulated' | 'live' = 'simulated'): Promise<ConfigWorld> {
  const api = await openApiWorld(openEmbeddedTestDatabase, { limits: DEFAULT_LIMITS, engine: { ...ENGINE, mode } });
  await api.world.day(100, 100);
  await api.world.session.command({ kind: 'SecondPersonRequired', at: api.world.session.state().now });
  const owner = await logIn(api);
  const admin = await joined(api, owner, 'Ada', 'admin');
  const officer = await joined(api, owner, 'Olga', 'risk_officer');
  const trader = await arrived(api, 'Tom', 'trader');
  const { secret: key, id: keyId } = await keyOf(trader, 'trader', { kind: 'service', scopes: SCOPES });
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-config-'));
  const server = ['--server', api.server.url];
  const argsOf = (args: readonly string[]): readonly string[] => (isApply(args) ? [...args, ...server] : args);
  const command: ConfigWorld['command'] = (args, environment = {}) =>
    runCommand(argsOf(args), { environment: { TIDEMARK_KEY: key, ...environment } });
  let folders = 0;
  return {
    api,
    owner,
    admin,
    officer,
    trader,
    key,
    keyId,
    folder,
    command,
    asAdmin: (args, typed = []) => runCommand([...argsOf(args), '--as', 'Ada'], { lines: [PASSWORD, ...typed], isTTY: typed.length > 0 }),
    exported: async () => {
      const out = join(folder, 'exported');
      const { code, err } = await command(['export', '--out', out]);
      if (code !== 0) throw new Error(err);
      const texts = await Promise.all(FILE_NAMES.map(async (name) => [name, await readFile(join(out, name), 'utf8')] as const));
      return Object.fromEntries(texts) as Record<FileName, string>;
    },
    folderOf: async (files) => {
      const place = join(folder, String((folders += 1)));
      await mkdir(place);
      for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
      return place;
    },
    runningStrategy: async () => {
      const created = await ask(api, CREATE_STRATEGY, { input: CROSSING });
      const { id } = created['strategy'] as { id: string };
      if (mode === 'live') return;
      await ask(api, ENABLE_STRATEGY, { id });
      // The bars from before it are read and written down a moment after the answer.
      await vi.waitFor(
        async () => {
          const entries = await api.world.journal.read(0, 10_000);
          if (!entries.some(({ kind }) => kind === 'StrategyWarmed')) throw new Error('the strategy warms up');
        },
        { timeout: 20_000, interval: 15 },
      );
      await quiet(api.world);
    },
    close: async () => {
      await rm(folder, { recursive: true, force: true });
      await api.close();
    },
  };
}
