import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { logIn, run, start, temporaryFolder } from './product.ts';
import type { Running } from './product.ts';

const folder = await temporaryFolder();
const rules = join(folder.path, 'alert-rules.yaml');
const environment = { TIDEMARK_ALERT_RULES: rules, DESK_URL: 'https://hooks.example.com/planted' };
let server: Running | undefined;
afterAll(async () => {
  await server?.stop('SIGTERM');
  await folder.remove();
});

const serving = async (): Promise<Running> =>
  (server = await start(['serve', '--port', '0', '--data-dir', join(folder.path, 'data'), '--speed', '0'], environment));
const KEY = 'mutation { createApiKey(name: "files", role: TRADER, scopes: [TRADE, RESEARCH]) { ... on ApiKeyPayload { secret } } }';

test('a server is exported and applied to; alert rules hold from its next start', async () => {
  await writeFile(rules, 'group: 0s\n');
  let { url } = await serving();
  const { createApiKey } = await (await logIn(url)).query<{ createApiKey: { secret: string } }>(KEY);
  const tidemark = (command: string, ...args: readonly string[]) =>
    run([command, ...args, '--server', new URL(url).origin], { ...environment, TIDEMARK_KEY: createApiKey.secret });
  const place = join(folder.path, 'config');
  expect(await tidemark('export', '--out', place)).toMatchObject({ code: 0, err: '' });
  expect(await tidemark('apply', place, '--dry-run')).toMatchObject({ code: 0, err: '' });

  const alerts = join(place, 'alerts.yaml');
  await writeFile(alerts, (await readFile(alerts, 'utf8')).replace('channels: {}', 'channels: { desk: { slack: DESK_URL } }'));
  const limits = join(place, 'limits.yaml');
  await writeFile(limits, (await readFile(limits, 'utf8')).replace('openPositionsMax: 20', 'openPositionsMax: 12'));
  const applied = await tidemark('apply', place, '--yes');
  expect([applied.code, applied.out]).toEqual([0, expect.stringMatching(/^done .*20 → 12[\s\S]*^waits .*alerts\.yaml/m)]);
  expect(applied.out + applied.err).not.toContain('planted');
  expect(await tidemark('apply', place, '--dry-run')).toMatchObject({ code: 3 });

  await server?.stop('SIGTERM');
  ({ url } = await serving());
  expect(await tidemark('apply', place, '--dry-run')).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to change/) });
});
