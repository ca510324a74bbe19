import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, Route } from 'playwright-core';
import {
  DisableStrategyDocument,
  EnableStrategyDocument,
  EngageKillSwitchDocument,
  ReleaseKillSwitchDocument,
} from '@tidemark/schema/documents';
import { seriousFindings } from './axe.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';
import { disableStrategies } from './trading.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '0']);
});
afterAll(() => demonstration.close());

const NAMES = new Map(
  [DisableStrategyDocument, EnableStrategyDocument, EngageKillSwitchDocument, ReleaseKillSwitchDocument].map(
    (document, place) => [document.documentId, ['disable', 'enable', 'engage', 'release'][place] ?? ''] as const,
  ),
);

/** What the dashboard does from now on: an act is held until it is let go, and all of them are noted. */
async function acts(page: Page, held?: string): Promise<{ readonly sent: string[]; readonly letGo: () => Promise<void> }> {
  const sent: string[] = [];
  const waiting: Route[] = [];
  let isHeld = held !== undefined;
  await page.route('**/graphql', async (route) => {
    const { documentId = '' } = (route.request().postDataJSON() ?? {}) as { documentId?: string };
    const act = NAMES.get(documentId);
    if (act !== undefined) sent.push(act);
    if (isHeld && act === held) waiting.push(route);
    else await route.continue();
  });
  return {
    sent,
    letGo: async () => {
      isHeld = false;
      for (const route of waiting.splice(0)) await route.continue();
    },
  };
}

const strategyId = async (name: string): Promise<string> => {
  const { strategies } = await demonstration
    .api()
    .query<{ strategies: { edges: { node: { id: string; name: string } }[] } }>('{ strategies(first: 50) { edges { node { id name } } } }');
  return strategies.edges.find(({ node }) => node.name === name)?.node.id ?? '';
};

test('an answer that comes after its dialog was closed touches no other one', async () => {
  const page = await demonstration.open('/strategies');
  const pauseOf = (name: string) => page.getByRole('row', { name: new RegExp(name) }).getByRole('button', { name: 'Pause…' });
  const { letGo } = await acts(page, 'disable');
  await pauseOf('Trend').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Reason/).fill('about the trend');
  await dialog.getByRole('button', { name: 'Pause it' }).click();
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await dialog.waitFor({ state: 'detached' });
  await pauseOf('Reversion').click();
  expect(await dialog.getByLabel(/Reason/).inputValue()).toBe('');
  await dialog.getByLabel(/Reason/).fill('about the reversion');
  await letGo();
  await page.getByText('Trend is paused.').waitFor();
  expect(await dialog.getByRole('heading').first().innerText()).toBe('Pause Reversion');
  expect(await dialog.getByLabel(/Reason/).inputValue()).toBe('about the reversion');
  await page.context().close();
});

test('a pause that somebody else made meanwhile turns the open dialog into nothing else, and what was refused stays with it', async () => {
  const page = await demonstration.open(`/strategies/${await strategyId('Reversion')}`);
  await page.getByRole('button', { name: 'Pause…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Reason/).fill('it loses');
  const { sent } = await acts(page);
  await disableStrategies(demonstration.api());
  await page.getByText('Paused', { exact: true }).first().waitFor();
  expect(await dialog.getByRole('heading').first().innerText()).toBe('Pause Reversion');
  await dialog.getByRole('button', { name: 'Pause it' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/does not run/)
    .waitFor();
  expect(sent).toEqual(['disable']);
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Enable…' }).click();
  expect([await dialog.getByRole('alert').count(), await dialog.getByRole('heading').first().innerText()]).toEqual([0, 'Enable Reversion']);
  await page.context().close();
});

test('a kill switch that is being engaged stays that when trading stops meanwhile, and closing positions stays within reach', async () => {
  const page = await demonstration.open('/controls');
  await page.locator('header').getByRole('button', { name: 'Kill switch' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Flatten: close positions').click();
  await dialog.getByLabel(/Reason/).fill('a crash');
  const { sent } = await acts(page);
  const answer = await demonstration
    .api()
    .query('mutation { engageKillSwitch(input: { action: FREEZE, reason: "a colleague was faster" }) { __typename } }');
  expect(answer).toEqual({ engageKillSwitch: { __typename: 'ControlsPayload' } });
  await page.getByText('Trading is FROZEN').waitFor();
  expect(await dialog.getByRole('heading').first().innerText()).toBe('Kill switch');
  await dialog.getByRole('button', { name: 'Keep as it is' }).click();

  await page.getByRole('button', { name: 'Release…' }).first().click();
  await dialog.getByRole('button', { name: 'Propose to release' }).waitFor();
  await page.screenshot({ path: screenshot('kill-switch-stopped') });
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: /close positions/ }).click();
  await dialog.getByText('Flatten: close positions').click();
  await dialog.getByLabel(/Reason/).fill('a crash');
  await dialog.getByRole('button', { name: /close \d+ position/i }).click();
  await dialog.waitFor({ state: 'detached' });
  const state = await eventually('trading that closes positions', async () => {
    const { overview } = await demonstration.api().query<{ overview: { tradingState: string } }>('{ overview { tradingState } }');
    return overview.tradingState === 'HALTED' ? overview.tradingState : undefined;
  });
  expect([state, ...sent]).toEqual(['HALTED', 'engage']);
  await page.context().close();
});

test('the browser complained of nothing', () => {
  expect(demonstration.complaints).toEqual([]);
});
