import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { approveAll, secondPerson } from './product.ts';
import type { Api } from './product.ts';

const PLACE =
  'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderDeniedError { denials { code message } } } }';

let demonstration: Demonstration;
let second: Api;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '12']);
  second = await secondPerson(demonstration.api(), demonstration.origin(), 'Sylvia');
});
afterAll(() => demonstration.close());

async function denialsOf(idempotencyKey: string, symbol: string): Promise<readonly { code: string; message: string }[]> {
  const { placeOrder } = await demonstration.api().query<{ placeOrder: { denials?: { code: string; message: string }[] } }>(PLACE, {
    input: { idempotencyKey, symbol, side: 'BUY', quantity: '1' },
  });
  return (placeOrder.denials ?? []).filter(({ code }) => code === 'Paused');
}

/** Chooses in the open dialog what is to be paused, and pauses it. */
async function pause(page: Page, choose: (dialog: ReturnType<Page['getByRole']>) => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'Pause…' }).click();
  const dialog = page.getByRole('dialog');
  await choose(dialog);
  await dialog.getByLabel(/Reason/).fill('its exchange is silent');
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function release(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Reason/).fill('it speaks again');
  await dialog.getByRole('button', { name: 'Propose it' }).click();
  await dialog.waitFor({ state: 'detached' });
}

test('the account, a strategy and a symbol are paused from Controls, all in one table, and two people end each', async () => {
  const page = await demonstration.open('/controls');
  const card = page.getByRole('region', { name: 'Pauses' });
  await card.getByText('Nothing is paused.').waitFor();
  await pause(page, async (dialog) => {
    await dialog.getByLabel('What').selectOption('SYMBOL');
    await dialog.getByRole('textbox', { name: /^Symbol/ }).fill('synf');
  });
  const row = card.getByRole('row', { name: /^SYNF/ });
  await row.getByText('its exchange is silent').waitFor();
  await row.getByText('by two people').waitFor();
  const [denial] = await denialsOf('symbol', 'SYNF');
  expect(denial?.message).toMatch(/^No position is opened: SYNF is paused by .*its exchange is silent$/);
  expect(await denialsOf('another', 'SYNA')).toEqual([]);

  await pause(page, async (dialog) => {
    await dialog.getByLabel('What').selectOption('STRATEGY');
    await dialog.getByLabel(/^Strategy/).selectOption('Trend');
  });
  await card.getByRole('row', { name: /^Strategy Trend/ }).waitFor();
  await page.getByRole('banner').getByText('PAUSED: 2').waitFor();
  await pause(page, (dialog) => dialog.getByText('Nobody opens anything.').waitFor());
  await card.getByRole('row', { name: /^The account/ }).waitFor();
  await page.getByRole('banner').getByText('PAUSED', { exact: true }).waitFor();
  expect(await denialsOf('anything', 'SYNA')).toHaveLength(1);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('controls-pauses'), fullPage: true });

  await release(page, /Release the pause of the account/);
  expect(await denialsOf('not-yet', 'SYNA')).toHaveLength(1);
  expect(await approveAll(second)).toBe(1);
  await card.getByRole('row', { name: /^The account/ }).waitFor({ state: 'detached' });
  expect(await denialsOf('again', 'SYNA')).toEqual([]);

  for (const { name, size, theme, find } of [
    { name: 'desktop light', size: DESKTOP, theme: 'light', find: contrastFindings },
    { name: 'phone', size: PHONE, theme: 'dark', find: narrowFindings },
  ] as const) {
    const other = await demonstration.open('/controls', size, theme);
    await other.getByRole('region', { name: 'Pauses' }).getByRole('row', { name: /^SYNF/ }).waitFor();
    expect(await find(other), name).toEqual([]);
    await other.context().close();
  }
  await release(page, /Release the pause of SYNF/);
  await release(page, /Release the pause of strategy Trend/);
  expect(await approveAll(second)).toBe(2);
  await card.getByText('Nothing is paused.').waitFor();
  await page
    .getByRole('banner')
    .getByText(/PAUSED/)
    .waitFor({ state: 'detached' });
  expect(demonstration.complaints).toEqual([]);
  await page.context().close();
});
