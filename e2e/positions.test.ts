import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';
import { bought, disableStrategies } from './trading.ts';

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderPayload { order { id state } } } }`;

/** Notes in the page what the browser's own notifications were made with. */
const RECORD = `globalThis.shown = [];
globalThis.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    shown.push(title + ' | ' + options.body);
  }
};`;

let demonstration: Demonstration;

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240'], { withWindows: true });
  // What is held stays held: nobody else trades, and it has no exits of its own.
  await disableStrategies(demonstration.api());
});
afterAll(() => demonstration.close());

test('a stop that is placed stands beside its position, with what is left to close and what is at risk', async () => {
  const [symbol, quantity] = ['SYNA', '10'];
  const { mark } = await bought(demonstration.api(), symbol, quantity);
  const page = await demonstration.open('/positions');
  await page.getByRole('columnheader', { name: /At risk, of equity/ }).waitFor();
  expect(await page.getByRole('columnheader').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Available/), expect.stringMatching(/^Day P&L/), expect.stringMatching(/^Stop/)]),
  );
  const stopPrice = (Number(mark) * 0.5).toFixed(2);
  const input = {
    idempotencyKey: randomUUID(),
    symbol,
    side: 'SELL',
    type: 'STOP',
    quantity,
    stopPrice,
    timeInForce: 'GTC',
    reduceOnly: true,
  };
  const placed = await demonstration.api().query(PLACE, { input: { ...input, reason: 'a stop to look at' } });
  expect(placed).toMatchObject({ placeOrder: { __typename: 'OrderPayload' } });
  const row = page.getByRole('row', { name: new RegExp(`^${symbol}\\b`) });
  await row.getByText(`$${Number(stopPrice).toLocaleString('en-US', { minimumFractionDigits: 2 })}`).waitFor();
  expect(await page.getByText(/of the account, since the previous session/).count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: screenshot('positions-desktop') });
  await page.context().close();

  for (const { name, size, theme, find } of [
    { name: 'desktop light', size: DESKTOP, theme: 'light', find: contrastFindings },
    { name: 'phone', size: PHONE, theme: 'dark', find: narrowFindings },
  ] as const) {
    const other = await demonstration.open('/positions', size, theme);
    await other.getByRole('table').first().waitFor();
    expect(await find(other), name).toEqual([]);
    await other.screenshot({ path: screenshot(`positions-${name.replace(' ', '-')}`) });
    await other.context().close();
  }
});

test('an alert is acknowledged with a note, and the browser tells of a new one once it was asked to', async () => {
  const page = await demonstration.open('/help');
  await page.context().grantPermissions(['notifications'], { origin: demonstration.origin() });
  await page.addInitScript(RECORD);
  await page.reload();
  await page.getByText('Warnings too').click();
  await page.getByText('The browser may show them').waitFor();
  const input = {
    idempotencyKey: randomUUID(),
    symbol: 'AAPL',
    side: 'BUY',
    type: 'LIMIT',
    quantity: '1234567',
    limitPrice: '1',
    timeInForce: 'DAY',
  };
  await demonstration.api().query(PLACE, { input: { ...input, reason: 'far too large' } });
  const told = await eventually('a notification', async () => {
    const all = await page.evaluate<string[]>('shown');
    return all.find((each) => each.includes('1,234,567 AAPL'));
  });
  expect(told).toMatch(/^SIMULATED · Warning: Denied: buy 1,234,567 AAPL \(/);

  await page.goto(`${demonstration.origin()}/health`);
  const alert = page.getByRole('listitem').filter({ hasText: 'Denied: buy 1,234,567 AAPL' });
  await alert.getByRole('button', { name: 'Acknowledge…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Note/).fill('A slipped digit; nobody meant it.');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await alert.getByText('A slipped digit; nobody meant it.').waitFor();
  await page.context().close();
});

test('a server that has gone is told on the page, with when it was heard last', async () => {
  const page = await demonstration.open('/audit');
  await page.getByRole('heading', { name: 'Audit' }).waitFor();
  await demonstration.server().stop('SIGTERM');
  await page.getByText(/Nothing was heard since \d\d:\d\d:\d\d/).waitFor({ timeout: 20_000 });
  await page.context().close();
});
