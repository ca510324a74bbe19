import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFurtherServer } from '../../graphql/test/further-server.ts';
import type { FurtherServer } from '../../graphql/test/further-server.ts';
import { PASSWORD } from '../../graphql/test/log-in.ts';
import { OPERATION_DEFAULTS } from '../../platform/http/graphql-operations.ts';
import { runCommand } from '../test/run-command.ts';
import type { Ended } from '../test/run-command.ts';
import { COMMAND_DOCUMENTS } from './documents.ts';
import { openConfigWorld } from './test/config-world.ts';
import type { ConfigWorld } from './test/config-world.ts';

let world: ConfigWorld;
let server: FurtherServer;
beforeAll(async () => {
  world = await openConfigWorld();
  await world.runningStrategy();
  server = await openFurtherServer(world.api, { ...OPERATION_DEFAULTS, documents: 'trusted' }, COMMAND_DOCUMENTS);
});
afterAll(async () => {
  await server.close();
  await world.close();
});

const asAdmin = (args: readonly string[]): Promise<Ended> =>
  runCommand([...args, '--server', server.url, '--as', 'Ada'], { lines: [PASSWORD], isTTY: false });

const apply = async (files: Parameters<ConfigWorld['folderOf']>[0]): Promise<string> => {
  const { code, out, err } = await asAdmin(['apply', await world.folderOf(files), '--yes', '--reason', 'a test']);
  expect(code, `${out}${err}`).toBe(0);
  return out;
};

test('a server that takes trusted documents alone from people takes all that export and apply ask for', async () => {
  expect((await asAdmin(['export', '--out', join(world.folder, 'by-ada')])).code).toBe(0);
  const { 'strategies.yaml': strategies } = await world.exported();
  const changed = await apply({
    'users.yaml': 'users: { Tom: viewer }\n',
    'limits.yaml':
      'account: { orderRiskRatioMax: 0.01 }\nstrategies: { Crossing: { orderRiskRatioMax: 0.005 } }\nsymbols: { denied: [ALDR] }\n',
    'strategies.yaml': strategies.replace('enabled: true', 'enabled: false'),
  });
  expect(changed).toMatch(/Tom/);
  const again = strategies.replace('fast: 2', 'fast: 1').replace('execution: automatic', 'execution: recommend');
  await apply({ 'strategies.yaml': `${again}${again.slice(again.indexOf('  Crossing:')).replace('Crossing', 'Another')}` });
  const { 'strategies.yaml': made, 'users.yaml': users, 'limits.yaml': limits } = await world.exported();
  expect(made.match(/execution: recommend/g)).toHaveLength(2);
  expect(users).toContain('Tom: viewer');
  expect(limits).toMatch(/denied: \[ALDR\]/);
});

test('and nothing else of theirs', async () => {
  const answer = await server.send({ query: '{ viewer { name } }' }, await server.session());
  expect(answer.status).toBe(403);
});
