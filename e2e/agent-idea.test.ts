import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';
import { untilEntriesPass } from './venue.ts';

const RESEARCH = 'Idea finder';
const EXECUTION = 'Order desk';

let demonstration: Demonstration;
beforeAll(async () => {
  // A day of the venue takes 20 seconds: a proposal, which waits for one, is read before that.
  demonstration = await openDemonstration(['--speed', '3']);
});
afterAll(() => demonstration.close());

const cardOf = (page: Page, name: string) => page.getByRole('region', { name: 'Run by this server' }).getByRole('article', { name });

/** Makes an agent on the page, with the script of its role in place of a model. */
async function make(page: Page, name: string, role: string): Promise<void> {
  await page.getByRole('region', { name: 'Run by this server' }).getByRole('button', { name: 'Make one…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^Name/ }).fill(name);
  await dialog.getByRole('combobox', { name: /^Role/ }).selectOption({ label: role });
  await dialog.getByRole('combobox', { name: /^Model/ }).selectOption({ label: 'scripted: no model' });
  await page.screenshot({ path: screenshot(`agent-idea-make-${role.toLowerCase()}`) });
  await dialog.getByRole('button', { name: 'Make the agent' }).click();
  await cardOf(page, name).getByText('never').waitFor();
}

interface SeenRun {
  readonly id: string;
  readonly outcome: string | null;
  readonly summary: string | null;
}

async function lastRunOf(name: string): Promise<SeenRun | undefined> {
  const { agents } = await demonstration.api().query<{
    agents: readonly { name: string; runs: { edges: readonly { node: SeenRun }[] } }[];
  }>('{ agents { name runs(first: 1) { edges { node { id outcome summary } } } } }');
  return agents.find((agent) => agent.name === name)?.runs.edges[0]?.node;
}

/** Runs an agent by its button; its run when that has ended. */
async function runNow(page: Page, name: string): Promise<SeenRun> {
  const before = await lastRunOf(name);
  await cardOf(page, name).getByRole('button', { name: 'Run now' }).click();
  return await eventually(
    `a run of ${name}`,
    async () => {
      const run = await lastRunOf(name);
      return run !== undefined && run.id !== before?.id && run.outcome !== null ? run : undefined;
    },
    120_000,
  );
}

/** Lets the two agents work until one has found an idea that gained, and the other has asked for an order on it. */
async function untilProposed(page: Page): Promise<SeenRun> {
  return await eventually(
    'a proposal',
    async () => {
      await untilEntriesPass(demonstration.api());
      const run = await runNow(page, EXECUTION);
      expect(run.outcome).toBe('DONE');
      const summary = run.summary ?? '';
      if (summary.includes('I proposed a purchase')) return run;
      if (summary.includes('gained nothing')) await runNow(page, RESEARCH);
      throw new Error(summary);
    },
    240_000,
  );
}

test('the whole way by agents of this server: an idea is tested, an order is asked for, a person lets it go on a phone, and all of it is found again', async () => {
  const desk = await demonstration.open('/agents', DESKTOP, 'dark');
  await make(desk, RESEARCH, 'Research');
  await make(desk, EXECUTION, 'Execution');

  const found = await runNow(desk, RESEARCH);
  expect(found.outcome).toBe('DONE');
  expect(found.summary).toMatch(/^One idea tried, by a script and not by a model\.\n/);
  expect(found.summary).toMatch(/\(run \S+\): return -?[0-9.]+ %, Sharpe ratio/);
  expect(found.summary).toMatch(/The best of a sweep around it/);
  const proposed = await untilProposed(desk);
  const [, source = ''] = /on run (\S+?)\. It waits/.exec(proposed.summary ?? '') ?? [];

  const { recommendations } = await demonstration.api().query<{
    recommendations: { edges: readonly { node: { id: string } }[] };
  }>('{ recommendations(first: 5, states: [WAITING]) { edges { node { id } } } }');
  expect(recommendations.edges).toHaveLength(1);
  const id = recommendations.edges[0]?.node.id ?? '';

  const phone = await demonstration.open('/approvals', PHONE, 'light');
  const card = phone.getByRole('article', { name: new RegExp(`proposed by ${EXECUTION}`) });
  await card.getByText(source).first().waitFor();
  await card.getByText('to show the way of an order', { exact: false }).waitFor();
  expect(await narrowFindings(phone)).toEqual([]);
  expect(await seriousFindings(phone)).toEqual([]);
  await phone.screenshot({ path: screenshot('agent-idea-approvals'), fullPage: true });
  await card.getByRole('button', { name: 'Approve…' }).click();
  await phone.getByRole('dialog').getByRole('button', { name: 'Approve and send' }).click();
  await card.waitFor({ state: 'detached' });

  const filled = await eventually(
    'the order trades',
    async () => {
      const { order } = await demonstration
        .api()
        .query<{ order: { state: string } | null }>('query ($id: ID!) { order(id: $id) { state } }', { id });
      return order?.state === 'FILLED' ? order : undefined;
    },
    60_000,
  );
  expect(filled).toEqual({ state: 'FILLED' });

  // Its run, the turn of it, the call of the turn, and what the call came to.
  await desk.goto(`${demonstration.origin()}/agents`);
  await cardOf(desk, EXECUTION).getByRole('button', { name: 'Its runs' }).click();
  const run = desk.getByRole('region', { name: 'Runs' }).getByRole('listitem').filter({ hasText: 'I proposed a purchase' });
  await run.getByRole('button', { name: 'Its turns' }).click();
  await run.getByRole('list', { name: 'Turns' }).getByText('propose_order').waitFor();
  const call = desk.getByRole('region', { name: 'Calls' }).getByRole('listitem').filter({ hasText: 'propose_order' }).first();
  await call.locator('summary').click();
  await call.getByText(id).first().waitFor();
  await call.getByText(`${proposed.id}/`).waitFor();
  expect(await contrastFindings(desk)).toEqual([]);
  await desk.screenshot({ path: screenshot('agent-idea-agents'), fullPage: true });

  await desk.goto(`${demonstration.origin()}/audit`);
  await desk.getByLabel('Actor').fill('agent:');
  await desk.getByRole('button', { name: 'Show', exact: true }).click();
  await desk.getByText('OrderProposed').first().waitFor();
  await desk.screenshot({ path: screenshot('agent-idea-audit'), fullPage: true });
  await desk.goto(`${demonstration.origin()}/orders?order=${encodeURIComponent(id)}`);
  await desk.getByRole('dialog').getByText('Filled', { exact: false }).first().waitFor();
  await desk.screenshot({ path: screenshot('agent-idea-order') });
  expect(demonstration.complaints).toEqual([]);
}, 600_000);
