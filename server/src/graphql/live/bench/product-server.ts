import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../../commands/serve/serve.ts';
import { ownDatabase } from '../../../platform/test/own-database.ts';
import type { Footprint, Listening } from './messages.ts';

/** The whole product in a process of its own, quiet but for what the bench asks of it: one bar a minute. */
const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-live-'));
const server = process.env['TIDEMARK_TEST_DATABASE_URL'];
const database = server === undefined ? undefined : await ownDatabase(server, 'bench');
const serving = await serve({
  port: 0,
  dataDir: join(folder, 'data'),
  databaseUrl: database?.url,
  anchorFile: join(folder, 'anchors'),
  endpoint: undefined,
  speed: 1,
  from: undefined,
  works: false,
  version: 'bench',
  report: (what, error) => process.stderr.write(`${what}: ${String(error)}\n`),
  progress: () => undefined,
});
const login = await fetch(serving.loginUrl, { redirect: 'manual' });
const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';

process.on('message', (message) => {
  if (message === 'footprint') {
    const { user, system } = process.cpuUsage();
    process.send?.({ rssMb: process.memoryUsage.rss() / 2 ** 20, cpuMs: (user + system) / 1_000 } satisfies Footprint);
    return;
  }
  void serving
    .close()
    .then(() => database?.drop())
    .then(() => rm(folder, { recursive: true, force: true }))
    .then(() => process.exit(0));
});
process.send?.({ url: serving.url, cookie } satisfies Listening);
