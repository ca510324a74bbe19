import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240']);
  const orders = '{ orders(first: 1) { totalCount } }';
  await eventually('some orders', async () => {
    const answer = await demonstration.api().query<{ orders: { totalCount: number } }>(orders);
    return answer.orders.totalCount > 0 ? true : undefined;
  });
});
afterAll(() => demonstration.close());

const cells = async (page: Page, column: number): Promise<readonly string[]> =>
  (await page.locator(`tbody tr td:nth-child(${column})`).allTextContents()).map((text) => text.trim());

describe('tables', () => {
  test('sort, filter and arrange, and are so again after a reload', async () => {
    const page = await demonstration.open('/strategies');
    await page.locator('tbody tr').nth(1).waitFor();
    const name = page.getByRole('columnheader', { name: /^Name/ });
    expect(await name.getAttribute('aria-sort')).toBe('none');
    await name.getByRole('button', { name: 'Name' }).focus();
    await page.keyboard.press('Enter');
    expect(await name.getAttribute('aria-sort')).toBe('ascending');
    expect(await cells(page, 1)).toEqual(['Reversion', 'Trend']);
    await page.keyboard.press('Enter');
    expect(await cells(page, 1)).toEqual(['Trend', 'Reversion']);

    await page.getByRole('button', { name: 'Columns and layout' }).click();
    await page.getByRole('checkbox', { name: 'Version' }).uncheck();
    // Past the hidden one, and past the next.
    for (let times = 0; times < 2; times += 1) await page.getByRole('button', { name: 'Move State back' }).click();
    await page.getByLabel('Name of this layout').fill('Mine');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('checkbox', { name: 'Version', checked: true }).waitFor();
    await page.getByRole('button', { name: 'Mine', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator('tbody tr').nth(1).waitFor();
    expect(await page.getByRole('columnheader', { name: /^Version/ }).count()).toBe(0);
    expect(await cells(page, 1)).toEqual(['Trend', 'Reversion']);

    await page.getByRole('searchbox').fill('rever !trend');
    await page.getByText('1 of 2').waitFor();
    expect(await cells(page, 1)).toEqual(['Reversion']);
    await page.getByRole('button', { name: 'By column' }).click();
    await page.getByLabel('Filter by Allocation').fill('>40');
    await page.getByText('Nothing here passes the filter.').waitFor();
    await page.getByLabel('Filter by Allocation').fill('40');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV', exact: true }).click()]);
    expect(file.suggestedFilename()).toBe('tidemark-strategies.csv');
    const [head, line, rest] = (await readFile(await file.path(), 'utf8')).split('\r\n');
    expect(head).toMatch(/^Name,Symbols,State,Bars,Allocation,/);
    expect(line).toMatch(/^Reversion,/);
    expect(rest).toBe('');
    await page.context().close();
  });

  test('the journal: long, drawn only where it is seen, and the keyboard goes through it', async () => {
    const page = await demonstration.open('/audit');
    const table = page.getByRole('table', { name: 'journal entries' });
    await table.locator('tbody tr[data-index]').first().waitFor();
    await eventually('a first page', async () => ((await table.getAttribute('aria-rowcount')) === '201' ? true : undefined));
    expect(await table.locator('tbody tr[data-index]').count()).toBeLessThan(80);
    await table.locator('tbody tr[data-index="0"]').focus();
    await page.keyboard.press('End');
    await table.locator('tr[data-index="199"]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Before', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.screenshot({ path: screenshot('audit-dark-desktop') });
    await page.context().close();
  });

  test('the journal by kind and actor, its chain, and the account at two instants', async () => {
    const page = await demonstration.open('/audit', DESKTOP, 'light');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText(/Sound:/).waitFor();
    await page.getByLabel('Kind', { exact: true }).fill('StrategyCreated');
    await page.getByLabel('Since, UTC').fill('yesterday');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/Write a time in UTC/).waitFor();
    await page.getByLabel('Since, UTC').fill('');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const journal = page.getByRole('table', { name: 'journal entries' });
    await eventually('only those', async () => {
      const kinds = new Set((await journal.locator('tbody td:nth-child(3)').allTextContents()).map((text) => text.trim()));
      return kinds.size === 1 && kinds.has('StrategyCreated') ? true : undefined;
    });
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export JSON lines' }).click()]);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(lines.map(() => 'StrategyCreated'));

    await page.getByLabel('Then').fill('5');
    await page.getByRole('button', { name: 'Compare' }).click();
    const compared = page.getByRole('table', { name: 'differences' });
    await compared.getByText('Equity', { exact: true }).waitFor();
    await compared.getByText(/After entry 5,/).waitFor();
    await page.screenshot({ path: screenshot('audit-light-desktop'), fullPage: true });
    await page.context().close();
  });

  test('on a phone the first column stays and the page does not scroll sideways', async () => {
    const page = await demonstration.open('/orders', PHONE, 'light');
    await page.locator('tbody tr').first().waitFor();
    const left = () =>
      page
        .locator('tbody tr td:first-child')
        .first()
        .evaluate((cell) => Math.round(cell.getBoundingClientRect().left));
    const before = await left();
    await page.locator('.table-scroll').evaluate((scroller) => scroller.scrollTo({ left: 200 }));
    expect(await left()).toBe(before);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await page.screenshot({ path: screenshot('orders-light-phone') });
    await page.context().close();
  });

  test('the browser complained of nothing', () => expect(demonstration.complaints).toEqual([]));
});
