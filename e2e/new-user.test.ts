import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, openBrowser } from './browser.ts';
import { screenshot } from './demonstration.ts';
import { start, temporaryFolder } from './product.ts';
import type { Running } from './product.ts';

/** A busy machine compiles slowly. */
const COMPILED = { timeout: 120_000 } as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Running;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await start(['serve', '--port', '0', '--data-dir', folder.path, '--speed', '120']);
  browser = await openBrowser();
  page = await (await browser.newContext({ viewport: DESKTOP, colorScheme: 'dark' })).newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser.close();
  await server.stop('SIGTERM');
  await folder.remove();
});

const goTo = (name: string): Promise<void> => page.getByRole('navigation', { name: 'Pages' }).first().getByRole('link', { name }).click();

test('from the printed link to a verified chain, by the pages alone', async () => {
  // The link that npm start prints logs the owner in.
  await page.goto(server.url);
  await page.getByRole('region', { name: 'Account' }).getByText('Equity').first().waitFor();
  await page.getByRole('button', { name: 'No, thanks' }).click();

  // Change a strategy's code.
  await goTo('Strategies');
  await page.getByRole('link', { name: 'Trend' }).first().click();
  await page.getByRole('region', { name: 'Source' }).getByRole('link', { name: 'Edit' }).click();
  await page.getByText('compiles to').waitFor(COMPILED);
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+f');
  await page.locator('.cm-search input[name=search]').fill("integer('fast', 10");
  await page.locator('.cm-search input[name=replace]').fill("integer('fast', 5");
  await page.locator('.cm-search button[name=replaceAll]').click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save as a version' }).click();
  await page.getByText(/is saved: the server compiled the same bytes/).waitFor(COMPILED);
  await page.screenshot({ path: screenshot('new-user-1-editor') });

  // Test it, and adopt what was tested.
  await page.getByRole('button', { name: 'Backtest on the server' }).click();
  await page.waitForURL(/\/runs\/./, COMPILED);
  await page.getByRole('button', { name: 'Adopt…' }).click(COMPILED);
  await page.screenshot({ path: screenshot('new-user-2-run'), fullPage: true });
  // The default that was changed is what was tested, and what is adopted.
  await page
    .getByRole('dialog')
    .getByText(/fast 5,/)
    .waitFor();
  await page.getByRole('dialog').getByLabel('Name').fill('Faster');
  await page.getByRole('dialog').getByRole('button', { name: 'Create the draft' }).click();
  await page.waitForURL(/\/strategies\//);
  await page.getByRole('button', { name: 'Enable…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Enable on/ })
    .click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();

  // Watch it trade.
  await page.getByRole('region', { name: 'Orders' }).getByRole('link').first().waitFor({ timeout: 240_000 });
  await page.screenshot({ path: screenshot('new-user-3-trades'), fullPage: true });

  // Find why an order was denied: more than the limits allow.
  await goTo('Orders');
  await page.getByRole('button', { name: 'New order' }).click();
  const ticket = page.getByRole('dialog');
  await ticket.getByLabel('Symbol').fill('AAPL');
  await ticket.getByLabel(/^Quantity/).fill('5000');
  await ticket.getByText('■ Would be denied').waitFor();
  await page.screenshot({ path: screenshot('new-user-4-denied') });
  await page.keyboard.press('Escape');

  // Lower a limit.
  await goTo('Controls');
  await page.getByRole('button', { name: 'Change Open positions', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Value/).fill('5');
  await dialog.getByLabel(/^Reason/).fill('a quiet week');
  await dialog.getByRole('button', { name: 'Set to 5' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Open positions is now 5.').waitFor();

  // Stop everything.
  await page.locator('header').getByRole('button', { name: 'Kill switch' }).click();
  await dialog.getByText('Will be cancelled').waitFor();
  await dialog.getByLabel(/^Reason/).fill('to see what it does');
  await page.screenshot({ path: screenshot('new-user-5-kill') });
  await dialog
    .getByRole('button', { name: /^Freeze/ })
    .last()
    .click();
  await page.locator('header').getByText('FROZEN').waitFor();
  await page.locator('header').getByRole('button', { name: 'Release' }).click();
  await dialog.getByLabel(/^Reason/).fill('seen, and it does');
  await dialog.getByRole('button', { name: 'Propose to release' }).click();
  await page.getByText(/trading goes on when a second person approves/).waitFor();

  // A second person comes, by a link that works once, and lets it go on.
  await goTo('People');
  await page.getByRole('button', { name: 'Invite a second person…' }).click();
  await dialog.getByLabel(/^Name/).fill('Olga');
  await page.screenshot({ path: screenshot('new-user-6-invite') });
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByText(/\/join#/).textContent();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const other = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  await other.goto(link?.trim() ?? '');
  await other.getByLabel('Password').fill('four plain words here');
  await other.getByLabel('Once more').fill('four plain words here');
  await other.getByRole('button', { name: 'Join' }).click();
  await other.getByRole('link', { name: 'Approvals' }).first().click();
  await other.screenshot({ path: screenshot('new-user-7-approvals'), fullPage: true });
  await other
    .getByRole('button', { name: /^Approve/ })
    .first()
    .click();
  await other.screenshot({ path: screenshot('new-user-8-approve'), fullPage: true });
  await other
    .getByRole('dialog')
    .getByRole('button', { name: /^Approve/ })
    .click();
  await page.locator('header').getByText('ACTIVE').waitFor();

  // Verify the chain.
  await goTo('Audit');
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText('● Sound:').waitFor();
  await page.screenshot({ path: screenshot('new-user-9-chain'), fullPage: true });
  expect(complaints).toEqual([]);
}, 600_000);
