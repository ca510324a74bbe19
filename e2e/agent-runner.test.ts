import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';

const FIRST = 'Daily summary (scripted)';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '12']);
});
afterAll(() => demonstration.close());

test('the first agent has run by its schedule, its summary and turns are seen, and it is run, paused and resumed on a phone', async () => {
  const page = await demonstration.open('/agents', PHONE);
  const ours = page.getByRole('region', { name: 'Run by this server' });
  const agent = ours.getByRole('article', { name: FIRST });
  await agent.getByText('scripted: no model').waitFor();
  await agent.getByText('✓ done', { exact: false }).waitFor();
  expect(await agent.getByText('daily', { exact: true }).count()).toBe(1);
  await agent.getByRole('button', { name: 'Its runs' }).click();

  const runs = page.getByRole('region', { name: 'Runs' });
  await runs.getByText('Summary of the day, by a script and not by a model.', { exact: false }).first().waitFor();
  expect(await runs.getByText('not known').count()).toBe(0);
  await runs.getByRole('button', { name: 'Its turns' }).first().click();
  const turns = runs.getByRole('list', { name: 'Turns' });
  await turns.getByText('get_health').waitFor();
  expect(await turns.getByText('✓ answered').count()).toBe(3);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('agent-runner'), fullPage: true });

  await agent.getByRole('button', { name: 'Run now' }).click();
  await expect.poll(() => runs.getByText('by hand').count(), { timeout: 15_000 }).toBe(1);

  await agent.getByRole('button', { name: 'Pause' }).click();
  await agent.getByText('■ paused').waitFor();
  expect(await agent.getByRole('button', { name: 'Run now' }).count()).toBe(0);
  await agent.getByRole('button', { name: 'Resume' }).click();
  await agent.getByText('● ready').waitFor();
});

test('an agent is made on the page: without a model it says what is missing, with a script it stands there', async () => {
  const page = await demonstration.open('/agents');
  const ours = page.getByRole('region', { name: 'Run by this server' });
  await ours.getByRole('button', { name: 'Make one…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('Evening report');
  await dialog.getByRole('combobox', { name: /^Role/ }).selectOption({ label: 'Report' });
  await dialog.getByRole('button', { name: 'Make the agent' }).click();
  await dialog.getByText('this server is set up for no model', { exact: false }).waitFor();
  await dialog.getByRole('combobox', { name: /^Model/ }).selectOption({ label: 'scripted: no model' });
  await dialog.getByRole('button', { name: 'Make the agent' }).click();
  const agent = ours.getByRole('article', { name: 'Evening report' });
  await agent.getByText('never').waitFor();
  expect(await agent.getByText('read', { exact: true }).count()).toBe(1);
});

test.each([
  { name: 'a phone in light', size: PHONE, theme: 'light' as const, find: narrowFindings },
  { name: 'a desk in dark', size: DESKTOP, theme: 'dark' as const, find: contrastFindings },
])('it reads on $name', async ({ size, theme, find }) => {
  const page = await demonstration.open('/agents', size, theme);
  const ours = page.getByRole('region', { name: 'Run by this server' });
  await ours.getByRole('article', { name: FIRST }).getByRole('button', { name: 'Its runs' }).click();
  await page.getByRole('region', { name: 'Runs' }).getByText('Summary of the day', { exact: false }).first().waitFor();
  expect(await find(page)).toEqual([]);
  await page.screenshot({ path: screenshot(`agent-runner-${theme}`), fullPage: true });
});
