import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';

const CREATE_KEY = `mutation { createApiKey(name: "Tuner", kind: AGENT, role: TRADER, scopes: [READ, PROPOSE]) {
  __typename ... on Error { message } ... on ApiKeyPayload { secret } } }`;
const CREATE_STRATEGY = `mutation { createStrategy(input: { name: "Turtle", template: "sma-crossover", symbols: ["SYNA"],
  parameters: [{ name: "fast", value: "5" }, { name: "slow", value: "20" }] }) {
  __typename ... on Error { message } ... on StrategyPayload { strategy { id } } } }`;

let demonstration: Demonstration;
let agent: Client;
let strategyId: string;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '12']);
  const { createApiKey } = await demonstration.api().query<{ createApiKey: { secret: string } }>(CREATE_KEY);
  const { createStrategy } = await demonstration.api().query<{ createStrategy: { strategy: { id: string } } }>(CREATE_STRATEGY);
  strategyId = createStrategy.strategy.id;
  agent = new Client({ name: 'a client', version: '1' });
  await agent.connect(
    new StreamableHTTPClientTransport(new URL(`${demonstration.origin()}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${createApiKey.secret}` } },
    }),
  );
});
afterAll(async () => {
  await agent.close();
  await demonstration.close();
});

async function proposed(idempotencyKey: string, given: Readonly<Record<string, unknown>>): Promise<void> {
  const words = { explanation: 'It whips\u200B saws less.', sources: ['run-1'] };
  const result = await agent.callTool({ name: 'propose_change', arguments: { idempotencyKey, ...words, ...given } });
  expect(result.isError, JSON.stringify(result.content)).not.toBe(true);
}

const parametersNow = async (): Promise<Readonly<Record<string, string>>> => {
  const { strategy } = await demonstration
    .api()
    .query<{ strategy: { parameters: { name: string; value: string }[] } }>(
      'query ($id: ID!) { strategy(id: $id) { parameters { name value } } }',
      { id: strategyId },
    );
  return Object.fromEntries(strategy.parameters.map(({ name, value }) => [name, value]));
};

test('an agent proposes parameters, a person approves them on a phone, and the strategy has them', async () => {
  const page = await demonstration.open('/approvals', PHONE, 'light');
  await page.getByRole('heading', { name: 'Changes that take two people' }).waitFor();
  await proposed('tune', { strategyId, parameters: [{ name: 'slow', value: '24' }] });
  // Nobody loads the page again: it hears of it.
  const card = page.getByRole('article', { name: 'Configure Turtle, proposed by Tuner' });
  await card.getByText('U+200B').waitFor();
  await card.getByText('It holds a hidden character', { exact: false }).waitFor();
  await card.getByText('run-1').waitFor();
  const [before, after] = [card.getByText('20', { exact: true }), card.getByText('24', { exact: true })];
  expect([await before.count(), await after.count()]).toEqual([1, 1]);
  await card.getByText(/left$/).waitFor();
  expect(await narrowFindings(page)).toEqual([]);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('agent-changes-phone'), fullPage: true });
  expect(await parametersNow()).toMatchObject({ fast: '5', slow: '20' });

  await card.getByRole('button', { name: 'Approve…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('24', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Approve exactly this' }).click();
  await card.waitFor({ state: 'detached' });
  // Taken before it is made: the card goes by the first, and what came of it is said by the second.
  const section = page.getByRole('region', { name: 'Changes that agents propose' });
  await section.getByText('It is done.').waitFor();
  expect(await parametersNow()).toMatchObject({ fast: '5', slow: '24' });
  const listed = await agent.callTool({ name: 'list_proposals', arguments: { open: false } });
  expect(listed.structuredContent).toMatchObject({
    changeProposals: { items: [{ title: 'Configure Turtle', state: 'APPROVED', outcome: 'It is done.' }] },
  });
  expect(demonstration.complaints).toEqual([]);
});

test('a limit is rejected on a desk in dark, and the agent reads why', async () => {
  const page = await demonstration.open('/approvals', DESKTOP, 'dark');
  await proposed('limit', { limit: 'orderNotionalUsdMax', value: '10' });
  const card = page.getByRole('article', { name: /^Lower a limit: .*, proposed by Tuner$/ });
  await card.getByText('$10', { exact: true }).waitFor();
  const badge = page.getByTitle('1 waiting for a person');
  await badge.waitFor();
  expect(await contrastFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('agent-changes-desk'), fullPage: true });
  await card.getByRole('button', { name: 'Reject…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('it is needed');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await card.waitFor({ state: 'detached' });
  await badge.waitFor({ state: 'detached' });
  const listed = await agent.callTool({ name: 'list_proposals', arguments: { open: false } });
  expect(listed.structuredContent).toMatchObject({ changeProposals: { items: [{ state: 'REJECTED', because: 'it is needed' }, {}] } });
  expect(demonstration.complaints).toEqual([]);
});
