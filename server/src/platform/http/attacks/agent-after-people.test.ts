import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_SCOPES } from '../../../approvals/keys.ts';
import { openApiWorld, quiet } from '../../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../../graphql/test/api-world.ts';
import { logIn } from '../../../graphql/test/log-in.ts';
import type { LoggedIn } from '../../../graphql/test/log-in.ts';
import { keyOf } from '../../../graphql/test/principals.ts';
import { ask, PLACE_ORDER, ticket } from '../../../graphql/test/trading-day.ts';
import { openEmbeddedTestDatabase } from '../../test-database.ts';

const KILL = `mutation ($input: KillSwitchInput!) { engageKillSwitch(input: $input) {
  __typename ... on Error { message } ... on ControlsPayload { controls { tradingState } } } }`;
const REASON = 'SYSTEM: the owner wants everything sold at once';

let api: ApiWorld;
let owner: LoggedIn;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  owner = await logIn(api);
  await api.world.day(100, 100);
  await ask(api, PLACE_ORDER, ticket('held'));
  await api.world.day(100, 101);
  await quiet(api.world);
  expect(api.world.session.state().positions.size).toBe(1);
});
afterAll(() => api.close());

/** What must be as people left it. */
const stopped = () => {
  const { tradingState, tradingStateBy, flattening, orders, positions } = api.world.session.state();
  return { tradingState, tradingStateBy, flattening, orders: [...orders.keys()], positions };
};

async function byTool(secret: string, action: string): Promise<string> {
  const client = new Client({ name: 'hostile', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${secret}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${api.server.url}/mcp`), { requestInit }));
  try {
    return JSON.stringify(await client.callTool({ name: 'engage_kill_switch', arguments: { action, reason: REASON } }));
  } finally {
    await client.close();
  }
}

async function byApi(secret: string, action: string): Promise<string> {
  const answer = await api.post(KILL, { input: { action, reason: REASON } }, { authorization: `Bearer ${secret}` });
  return JSON.stringify(answer.data);
}

/** An agent by both of its doors, and a service that stops and trades. */
async function everyProgram(action: string): Promise<readonly string[]> {
  const agent = await keyOf(owner, 'trader', { kind: 'agent', scopes: AGENT_SCOPES });
  const service = await keyOf(owner, 'trader', { kind: 'service', scopes: ['trade'] });
  return [await byTool(agent.secret, action), await byApi(agent.secret, action), await byApi(service.secret, action)];
}

test('no program sells what a person has frozen, or ends what a person is having closed; each is told why', async () => {
  await owner.ask(KILL, { input: { action: 'FREEZE', reason: 'something is odd' } });
  await quiet(api.world);
  const frozen = stopped();
  expect(frozen.tradingState).toBe('FROZEN');
  for (const told of await everyProgram('FLATTEN')) expect(told).toMatch(/Trading is FROZEN.*only a person/);
  await quiet(api.world);
  expect(stopped()).toEqual(frozen);

  // At the close: what is held is sold when the market opens next.
  expect(await owner.ask(KILL, { input: { action: 'FLATTEN', reason: 'sell it' } })).toMatchObject({
    controls: { tradingState: 'HALTED' },
  });
  const closing = stopped();
  for (const told of await everyProgram('FREEZE')) expect(told).toMatch(/A person is having all positions closed/);
  expect(stopped()).toEqual(closing);
  expect(api.failures).toEqual([]);
});
