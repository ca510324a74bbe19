import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { contrastFindings, narrowFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { FIXED_PLACES, openPlace } from './every-page.ts';
import { walkByTab } from './keyboard.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;

/** Some orders and fills, and then a venue that stands still: what is on a page stays while it is looked at. */
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '600']);
  await eventually(
    'a filled order',
    async () => {
      const { orders } = await demonstration
        .api()
        .query<{ orders: { totalCount: number } }>('{ orders(first: 1, filter: { group: "filled" }) { totalCount } }');
      return orders.totalCount > 0 ? true : undefined;
    },
    60_000,
  );
  expect(await demonstration.server().stop('SIGTERM')).toBe(0);
  await demonstration.resume(['--speed', '0']);
});
afterAll(() => demonstration.close());

describe('every page that is always there', () => {
  test.each(FIXED_PLACES)('$path has no serious finding, dark and light, desktop and phone; Tab reaches all of it', async ({ path }) => {
    const page = await demonstration.open(path, DESKTOP, 'dark');
    await openPlace(page, demonstration.origin(), path);
    expect(await seriousFindings(page)).toEqual([]);
    expect((await walkByTab(page)).problems).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await contrastFindings(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await narrowFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await contrastFindings(page)).toEqual([]);
    await page.context().close();
  });
});

describe('by keyboard alone', () => {
  test('the skip link is first, and goes past the navigation', async () => {
    const page = await demonstration.open('/orders');
    await openPlace(page, demonstration.origin(), '/orders');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.querySelector('main').contains(document.activeElement)")).toBe(true);
    await page.context().close();
  });

  test('dialogs take the focus, keep it, and give it back', async () => {
    const page = await demonstration.open('/orders');
    await openPlace(page, demonstration.origin(), '/orders');
    const dialog = page.getByRole('dialog');
    const openers = [page.getByRole('button', { name: 'Kill switch' }), page.locator('tbody tr').first()];
    for (const opener of openers) {
      await opener.focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      await eventually('the focus inside', async () => ((await focusInDialog(page)) ? true : undefined));
      expect(await seriousFindings(page)).toEqual([]);
      for (let press = 0; press < 30; press += 1) {
        await page.keyboard.press('Tab');
        expect(await focusInDialog(page)).toBe(true);
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await eventually('the focus back', async () =>
        (await opener.evaluate((element) => element === document.activeElement)) ? true : undefined,
      );
    }
    await page.context().close();
  });

  test('search, pages and the list of keys; single keys can be turned off', async () => {
    const page = await demonstration.open('/orders');
    await openPlace(page, demonstration.origin(), '/orders');
    const dialog = page.getByRole('dialog');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search pages and things' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.type('page 8');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/health$/);
    await page.keyboard.press('?');
    await dialog.getByText('Move the crosshair').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('0');
    await page.waitForURL(/\/help$/);
    await page.getByRole('group', { name: 'Single keys' }).getByRole('button', { name: 'Off' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('4');
    await page.keyboard.press('?');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search pages and things' }).waitFor();
    expect([new URL(page.url()).pathname, await dialog.count()]).toEqual(['/help', 1]);
    await page.context().close();
  });

  test('a chart says what is under its crosshair, and only then speaks', async () => {
    const page = await demonstration.open('/');
    const chart = page.getByRole('figure', { name: /equity over time/ });
    const readout = chart.locator('[aria-live]');
    await chart.waitFor();
    expect(await readout.getAttribute('aria-live')).toBe('off');
    await chart.getByRole('group').focus();
    await page.keyboard.press('Home');
    const first = await readout.textContent();
    expect(await readout.getAttribute('aria-live')).toBe('polite');
    await page.keyboard.press('ArrowRight');
    await eventually('another reading', async () => ((await readout.textContent()) === first ? undefined : true));
    await page.keyboard.press('Tab');
    await eventually('silence', async () => ((await readout.getAttribute('aria-live')) === 'off' ? true : undefined));
    await page.context().close();
  });

  test('on a phone, More opens its pages and Escape gives the focus back', async () => {
    const page = await demonstration.open('/', PHONE);
    const more = page.getByRole('button', { name: 'More' });
    await more.focus();
    await page.keyboard.press('Enter');
    await eventually('the first of the pages', async () =>
      (await page.evaluate("document.querySelector('#more-pages')?.contains(document.activeElement)")) === true ? true : undefined,
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('#more-pages').waitFor({ state: 'detached' });
    expect(await more.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.context().close();
  });
});

test('the browser complained of nothing', () => expect(demonstration.complaints).toEqual([]));

function focusInDialog(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.querySelector('[role=dialog]')?.contains(document.activeElement) ?? false");
}
