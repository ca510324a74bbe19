import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;

interface Recommended {
  readonly id: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly state: string;
}

async function recommendations(states: readonly string[]): Promise<readonly Recommended[]> {
  const answer = await demonstration
    .api()
    .query<{ recommendations: { edges: readonly { node: Recommended }[] } }>(
      'query ($states: [RecommendationState!]) { recommendations(first: 50, states: $states) { edges { node { id symbol quantity state } } } }',
      { states },
    );
  return answer.recommendations.edges.map(({ node }) => node);
}

/** Every strategy of the demonstration asks before it opens anything, and waits a week of the venue's for the answer. */
async function recommendAll(): Promise<void> {
  const { strategies } = await demonstration
    .api()
    .query<{ strategies: { edges: { node: { id: string } }[] } }>('{ strategies { edges { node { id } } } }');
  for (const { node } of strategies.edges)
    await demonstration
      .api()
      .query(
        `mutation ($input: SetStrategyExecutionInput!) { setStrategyExecution(input: $input) { __typename ... on Error { message } } }`,
        { input: { strategyId: node.id, mode: 'RECOMMEND', waitMinutes: 10080, reason: 'look at each order' } },
      );
}

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '40']);
  await recommendAll();
});
afterAll(() => demonstration.close());

const cards = (page: Page) => page.getByRole('article', { name: /recommended by/ });

/** The venue's days are short: what is on the screen may be superseded before the second click, and the next one is asked about. */
async function decide(page: Page, button: string, confirm: string, states: readonly string[]): Promise<Recommended> {
  const known = new Set((await recommendations(states)).map(({ id }) => id));
  return await eventually(
    confirm,
    async () => {
      const now = (await recommendations(states)).find(({ id }) => !known.has(id));
      if (now !== undefined) return now;
      await page.keyboard.press('Escape');
      await cards(page).first().getByRole('button', { name: button }).click({ timeout: 10_000 });
      if (confirm !== 'Approve and send') await page.getByLabel(/Reason/).fill('seen by a person', { timeout: 2_000 });
      await page.getByRole('button', { name: confirm, exact: true }).click({ timeout: 2_000 });
      return undefined;
    },
    120_000,
  );
}

test('an order waits in the queue, and goes when a person approves it there', async () => {
  await eventually('a recommendation', async () => ((await recommendations(['WAITING'])).length > 0 ? true : undefined), 120_000);
  const page = await demonstration.open('/approvals');
  await cards(page).first().waitFor();
  await page.screenshot({ path: screenshot('approvals-queue'), fullPage: true });
  const decided = await decide(page, 'Approve…', 'Approve and send', ['APPROVED', 'DENIED']);
  const answer = await demonstration
    .api()
    .query<{ order: { id: string } | null }>('query ($id: ID!) { order(id: $id) { id } }', { id: decided.id });
  expect(answer.order?.id).toBe(decided.id);
  await page.context().close();
}, 240_000);

test('on a phone it fits, and is reduced and rejected with a reason', async () => {
  const page = await demonstration.open('/approvals', PHONE, 'light');
  for (const [button, confirm, states] of [
    ['Reduce…', 'Send fewer', ['REDUCED', 'DENIED']],
    ['Reject…', 'Reject', ['REJECTED']],
  ] as const) {
    await eventually('a recommendation', async () => ((await recommendations(['WAITING'])).length > 0 ? true : undefined), 120_000);
    await cards(page).first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await page.screenshot({ path: screenshot(`approvals-phone-${confirm.replace(' ', '-').toLowerCase()}`), fullPage: true });
    await decide(page, button, confirm, states);
  }
  await page.context().close();
}, 300_000);

test('what was decided is listed with how often people agreed, and a strategy says how it executes', async () => {
  const page = await demonstration.open('/approvals', DESKTOP, 'light');
  await page.getByLabel('Agreement').getByText('%').first().waitFor();
  await page.screenshot({ path: screenshot('approvals-history'), fullPage: true });
  const { strategies } = await demonstration
    .api()
    .query<{ strategies: { edges: { node: { id: string } }[] } }>('{ strategies { edges { node { id } } } }');
  await page.goto(`${demonstration.origin()}/strategies/${strategies.edges[0]?.node.id ?? ''}`);
  await page.getByLabel('Execution').getByRole('button', { name: 'Change…' }).click();
  await page.getByRole('button', { name: 'Shadow' }).click();
  await page.getByLabel(/Reason/).fill('watch it first');
  await page.screenshot({ path: screenshot('strategy-execution') });
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByLabel('Execution').getByText('Shadow result').waitFor();
  expect(demonstration.complaints).toEqual([]);
  await page.context().close();
}, 120_000);
