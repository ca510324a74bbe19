import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMIT_DEFINITIONS } from '../../risk/limit-definitions.ts';
import { readConfiguration } from './files.ts';
import { openConfigWorld } from './test/config-world.ts';
import type { ConfigWorld } from './test/config-world.ts';

const PATH = fileURLToPath(new URL('../../../../docs/how-to/limits-of-agents/limits.yaml', import.meta.url));
const OF_AGENTS = LIMIT_DEFINITIONS.filter(({ name }) => /agent/i.test(name));

let world: ConfigWorld;
beforeAll(async () => {
  world = await openConfigWorld();
});
afterAll(() => world.close());

test('the example names every limit of agents, each with the value of a new installation and its ceiling', async () => {
  const { limits } = await readConfiguration([PATH]);
  expect(limits?.value.account).toEqual(Object.fromEntries(OF_AGENTS.map((definition) => [definition.name, definition.default])));
  expect(limits?.value.strategies).toEqual({});
  const text = await readFile(PATH, 'utf8');
  for (const { name, ceiling } of OF_AGENTS) expect(text).toMatch(new RegExp(`Ceiling: ${ceiling}\\.\\n  ${name}: `));
});

test('the command takes it as it is, and one value that is changed is one change', async () => {
  expect(await world.command(['apply', PATH, '--dry-run'])).toMatchObject({
    code: 0,
    out: 'Nothing to change: the server has what the files say.\n',
  });
  const tighter = (await readFile(PATH, 'utf8')).replace('NotionalRatioMax: 0.02', 'NotionalRatioMax: 0.01');
  const { code, out } = await world.command(['apply', await world.folderOf({ 'limits.yaml': tighter }), '--dry-run']);
  expect(code).toBe(3);
  expect(out).toMatch(/agentApprovalNotionalRatioMax: 2 % → 1 % .*\[tightens, at once\]/);
});
