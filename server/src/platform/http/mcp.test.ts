import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CallToolResult, Tool as ListedTool, Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import type { JsonSchemaType } from '@modelcontextprotocol/server';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FENCE } from '../../agents/mcp/answer.ts';
import { TOOLS } from '../../agents/mcp/tools.ts';
import { AGENT_SCOPES } from '../../approvals/keys.ts';
import { openApiWorld, waitForRun } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { logIn } from '../../graphql/test/log-in.ts';
import { keyOf } from '../../graphql/test/principals.ts';
import { ask, ENABLE_STRATEGY, PLACE_ORDER, ticket, tradeSomeDays } from '../../graphql/test/trading-day.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';

const PROGRAM = fileURLToPath(new URL('../../cli.ts', import.meta.url));

let api: ApiWorld;
let key: { readonly id: string; readonly secret: string };
let strategyId: string;
let orderId: string;
// Each has a server of its own: every one of them stops trading in the end.
beforeEach(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  strategyId = await tradeSomeDays(api);
  const { order } = await ask(api, PLACE_ORDER, ticket('seen-by-agents'));
  orderId = (order as { id: string }).id;
  key = await keyOf(await logIn(api), 'trader', { kind: 'agent', scopes: AGENT_SCOPES });
});
const opened: Client[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
  await api.close();
});

const overHttp = (): Transport =>
  new StreamableHTTPClientTransport(new URL(`${api.server.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${key.secret}` } },
  });
const overStdio = (): Transport =>
  new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, 'mcp', '--server', api.server.url],
    env: { PATH: process.env['PATH'] ?? '', TIDEMARK_KEY: key.secret },
    stderr: 'inherit',
  });

async function connect(transport: Transport, mode: 'legacy' | { pin: string }): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  opened.push(client);
  await client.connect(transport);
  return client;
}

/** A schema whose objects have no fields but those that it names. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, each]) => [name, strict(each)]));
  return 'properties' in schema ? { ...inner, additionalProperties: false } : inner;
}

async function problemsOf({ outputSchema }: ListedTool, content: unknown): Promise<readonly unknown[]> {
  const checked = await fromJsonSchema(strict(outputSchema) as JsonSchemaType)['~standard'].validate(content);
  return checked.issues ?? [];
}

const textOf = ({ content }: CallToolResult): string => content.map((block) => (block.type === 'text' ? block.text : '')).join('');

interface Called {
  readonly [tool: string]: Readonly<Record<string, unknown>>;
}

/** Calls every tool once, in an order in which each finds something; what each answered. */
async function callAll(client: Client, run: string): Promise<Called> {
  const { tools } = await client.listTools();
  const answers: Record<string, Readonly<Record<string, unknown>>> = {};
  const call = async (name: string, given: Readonly<Record<string, unknown>> = {}): Promise<Readonly<Record<string, unknown>>> => {
    const listed = tools.find((tool) => tool.name === name);
    if (listed === undefined) throw new Error(`the tool ${name} is not listed`);
    const result = await client.callTool({ name, arguments: given });
    const text = textOf(result);
    expect(result.isError, `${name}: ${text}`).not.toBe(true);
    expect(await problemsOf(listed, result.structuredContent), name).toEqual([]);
    expect(text).toBe(`${FENCE}\n${JSON.stringify(result.structuredContent)}`);
    expect(encode(text).length, name).toBeLessThan(2_000);
    answers[name] = result.structuredContent as Readonly<Record<string, unknown>>;
    return answers[name];
  };
  const idIn = (answer: Readonly<Record<string, unknown>>, ...path: readonly string[]): string =>
    String(path.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], answer));
  const source = await templateSource();
  const tested = await call('run_backtest', { symbol: 'ALDR', source, from: '2022-06-01T00:00:00Z' });
  const runId = idIn(tested, 'runBacktest', 'run', 'id');
  await waitForRun(api, runId);
  await call('propose_order', {
    idempotencyKey: `idea-${run}`,
    symbol: 'ALDR',
    side: 'BUY',
    quantity: '2',
    protectiveStop: '50',
    explanation: 'Its backtest gained.',
    sources: [runId],
  });
  await call('propose_change', {
    idempotencyKey: `lower-${run}`,
    limit: 'orderNotionalUsdMax',
    value: `${900 - Number(run)}`,
    strategyId,
    explanation: 'Losses grow.',
    sources: [runId],
  });
  await call('propose_version', { source, version: idIn(tested, 'runBacktest', 'run', 'version') });
  const study = { symbol: 'ALDR', template: 'sma-crossover', grid: ['fast=2..4', 'slow=5..6'] };
  expect(await call('run_sweep', { ...study, train: 100, test: 50 })).toMatchObject({
    startWalkForward: { walkForward: { strategyName: expect.stringMatching(/sma/i) } },
  });
  expect(await call('run_sweep', study)).toMatchObject({ startSweep: { sweep: { strategyName: expect.stringMatching(/sma/i) } } });
  const draft = await call('create_strategy', { name: `Draft ${run}`, symbols: ['ALDR'], template: 'sma-crossover' });
  for (const name of [
    'get_overview',
    'list_strategies',
    'list_positions',
    'list_proposals',
    'list_alerts',
    'get_risk',
    'get_health',
    'get_models',
    'get_orders',
    'get_runs',
  ])
    await call(name);
  // A source is of use as a whole only.
  const read = await call('get_strategy', { id: strategyId, source: true });
  expect(read).toMatchObject({ strategy: { source: expect.stringMatching(/^import [\s\S]*\}\s*$/) as unknown } });
  expect(read).not.toHaveProperty('shortened');
  await call('get_strategy', { id: strategyId, comparison: true });
  await call('get_orders', { id: orderId });
  await call('get_runs', { id: runId });
  await call('remember', { kind: 'FACT', text: `Its backtest gained: ${runId}.`, about: [runId], expiresAfterDays: 2 });
  expect(await call('recall', { query: 'gained' })).toMatchObject({ agentMemory: { items: [{ kind: 'FACT', about: [runId] }] } });
  await call('search_journal', { about: orderId });
  await call('get_market_data', { symbol: 'ALDR', last: 5 });
  await call('lower_limit', { name: 'orderNotionalUsdMax', value: `${9 - Number(run)}000`, reason: 'less than before' });
  await call('lower_limit', { strategyId, name: 'orderNotionalUsdMax', value: `${9 - Number(run)}00`, reason: 'less still' });
  const draftId = idIn(draft, 'createStrategy', 'strategy', 'id');
  await ask(api, ENABLE_STRATEGY, { id: draftId });
  await call('pause_entries', { scope: 'STRATEGY', subject: draftId, reason: 'seen enough' });
  await call('disable_strategy', { id: draftId, reason: 'a draft' });
  await call('engage_kill_switch', { action: 'FREEZE', reason: 'a rehearsal' });
  return answers;
}

async function templateSource(): Promise<string> {
  const { data } = await api.post('{ strategyTemplates { name source } }');
  const templates = data?.['strategyTemplates'] as readonly { readonly name: string; readonly source: string }[];
  return templates.find(({ name }) => name === 'sma-crossover')?.source ?? '';
}

describe('every tool answers as it says', () => {
  const transports = [
    { run: '1', name: 'over HTTP, by the older protocol', open: overHttp, mode: 'legacy' },
    { run: '2', name: 'over HTTP, by the newer protocol', open: overHttp, mode: { pin: '2026-07-28' } },
    { run: '3', name: 'over stdio, by the older protocol', open: overStdio, mode: 'legacy' },
    { run: '4', name: 'over stdio, by the newer protocol', open: overStdio, mode: { pin: '2026-07-28' } },
  ] as const;
  test.each(transports)('$name', async ({ run, open, mode }) => {
    const client = await connect(open(), mode);
    const answers = await callAll(client, run);
    expect(Object.keys(answers).toSorted()).toEqual(TOOLS.map(({ name }) => name).toSorted());
    expect(answers['get_orders']).toMatchObject({ order: { id: orderId, symbol: 'ALDR' } });
    expect(answers['get_runs']).toMatchObject({ run: { state: 'DONE' } });
    expect(answers['engage_kill_switch']).toMatchObject({ engageKillSwitch: { controls: { tradingState: 'FROZEN' } } });
    expect(api.failures).toEqual([]);
  });
});
