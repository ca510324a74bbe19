import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';
import { untilEntriesPass } from './venue.ts';

let demonstration: Demonstration;
let agent: Client;
beforeAll(async () => {
  // A day of the venue takes 20 seconds: a proposal, which waits for one, is read before that.
  demonstration = await openDemonstration(['--speed', '3']);
  const made = await demonstration.api().query<{
    createApiKey: { secret: string };
  }>('mutation { createApiKey(name: "Ideas", kind: AGENT, role: TRADER, scopes: [RESEARCH, PROPOSE]) { ... on ApiKeyPayload { secret } } }');
  agent = new Client({ name: 'a client', version: '1' });
  await agent.connect(
    new StreamableHTTPClientTransport(new URL(`${demonstration.origin()}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${made.createApiKey.secret}` } },
    }),
  );
});
afterAll(async () => {
  await agent.close();
  await demonstration.close();
});

async function called(name: string, given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const result = await agent.callTool({ name, arguments: given, _meta: { 'tidemark/turn': 'idea-1/4' } });
  expect(result.isError, JSON.stringify(result.content)).not.toBe(true);
  return result.structuredContent as Readonly<Record<string, unknown>>;
}

/** Asks for an order while entries pass; the proposal's id. */
async function proposed(order: Readonly<Record<string, unknown>>): Promise<string> {
  await untilEntriesPass(demonstration.api());
  const { proposeOrder } = (await called('propose_order', { ...order, expiresInMinutes: 1_440 })) as {
    proposeOrder: { recommendation: { id: string } };
  };
  return proposeOrder.recommendation.id;
}

test('from an idea to an order: an agent tests and proposes, a person approves on a phone, and all of it is found again', async () => {
  const tested = (await called('run_backtest', { symbol: 'SPX', template: 'sma-crossover' })) as { runBacktest: { run: { id: string } } };
  const run = tested.runBacktest.run.id;
  await eventually('its result', async () => {
    const { run: found } = (await called('get_runs', { id: run })) as { run: { state: string } };
    return found.state === 'DONE' ? true : undefined;
  });
  const page = await demonstration.open('/approvals', PHONE, 'light');
  const id = await proposed({
    idempotencyKey: 'idea',
    symbol: 'SYNA',
    side: 'BUY',
    quantity: '3',
    protectiveStop: '1',
    explanation: 'It gained in \u200Btests, and АLDR is above its average.',
    sources: [run],
  });
  const card = page.getByRole('article', { name: /proposed by Ideas/ });
  await card.getByText('It holds a hidden character and a letter that looks like another', { exact: false }).waitFor();
  await card.getByText('U+200B').waitFor();
  await card.getByText(run).waitFor();
  expect(await narrowFindings(page)).toEqual([]);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('approvals-agent-phone'), fullPage: true });
  await card.getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve and send' }).click();
  await card.waitFor({ state: 'detached' });
  const filled = await eventually('the order trades', async () => {
    const { order } = await demonstration
      .api()
      .query<{ order: { state: string } | null }>('query ($id: ID!) { order(id: $id) { state } }', { id });
    return order?.state === 'FILLED' ? order : undefined;
  });
  expect(filled).toEqual({ state: 'FILLED' });

  const desk = await demonstration.open('/audit', DESKTOP, 'dark');
  await desk.getByLabel('Actor').fill('agent:');
  await desk.getByRole('button', { name: 'Show', exact: true }).click();
  await desk.getByText('OrderProposed').first().waitFor();
  await desk.getByText('OrderProposed').first().click();
  await desk.getByRole('dialog').getByRole('link', { name: 'the agent’s calls' }).click();
  const about = desk.getByRole('region', { name: 'Calls' });
  await about.getByText(`about ${id}`, { exact: false }).first().waitFor();
  await about.getByText('It was given').first().waitFor();
  expect(await about.getByRole('listitem').filter({ hasText: 'propose_order' }).count()).toBe(1);
  await desk.screenshot({ path: screenshot('agents-about') });
  await about.getByRole('button', { name: 'All calls' }).click();
  await about.getByText('run_backtest').first().waitFor();
  await desk.goto(`${demonstration.origin()}/orders?order=${encodeURIComponent(id)}`);
  const asked = desk.getByRole('list', { name: 'Calls of agents' }).getByRole('link', { name: 'propose_order' });
  await asked.waitFor();
  await desk.getByRole('list', { name: 'Calls of agents' }).getByText('turn idea-1/4').waitFor();
  await desk.screenshot({ path: screenshot('order-of-agent') });
  await asked.click();
  await about.getByText(`about ${id}`, { exact: false }).first().waitFor();

  await desk.goto(`${demonstration.origin()}/agents`);
  const call = desk.getByRole('region', { name: 'Calls' }).getByRole('listitem').filter({ hasText: 'propose_order' }).first();
  await call.locator('summary').click();
  await call.getByText(id).first().waitFor();
  expect(demonstration.complaints).toEqual([]);
}, 240_000);

test('more than one person may let go says so on a desk in dark, and nothing leaves by the first', async () => {
  const page = await demonstration.open('/approvals', DESKTOP, 'dark');
  const { overview } = await demonstration.api().query<{ overview: { equity: string } }>('{ overview { equity } }');
  const { previewOrder } = await demonstration.api().query<{
    previewOrder: { referencePrice: string | null };
  }>('mutation { previewOrder(input: { idempotencyKey: "p", symbol: "SYNB", side: BUY, quantity: "1" }) { ... on OrderPreview { referencePrice } } }');
  const mark = Number(previewOrder.referencePrice ?? Number.NaN);
  const quantity = String(Math.ceil((Number(overview.equity) * 0.025) / mark));
  const protectiveStop = (mark * 0.95).toFixed(2);
  const id = await proposed({ idempotencyKey: 'large', symbol: 'SYNB', side: 'BUY', quantity, protectiveStop, explanation: 'More of it.' });
  const card = page.getByRole('article', { name: /proposed by Ideas/ });
  await card.getByText('two people', { exact: true }).waitFor();
  await card.getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve as the first' }).click();
  await card.getByText('one more person').waitFor();
  expect(await contrastFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('approvals-agent-two'), fullPage: true });
  const { order } = await demonstration.api().query<{ order: unknown }>('query ($id: ID!) { order(id: $id) { id } }', { id });
  expect(order).toBeNull();
}, 240_000);
