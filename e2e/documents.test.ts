import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSite } from '../site/build.ts';
import { openDocuments } from '../server/src/platform/http/static-files.ts';
import { DESKTOP, openBrowser, PHONE } from './browser.ts';
import { screenshot } from './demonstration.ts';

const BUILD = fileURLToPath(new URL('../site/build/', import.meta.url));

let server: Server;
let browser: Browser;
let url = '';

beforeAll(async () => {
  await buildSite();
  const documents = await openDocuments(BUILD);
  server = createServer((request, response) => {
    if (!documents(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Invariant: a TCP server has an address and a port');
  url = `http://127.0.0.1:${address.port}/docs/`;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});

const SIZES = { desktop: DESKTOP, phone: PHONE } as const;

/** A page that collects what the browser complains about: a broken policy, a missing file, a script that failed. */
async function open(size: keyof typeof SIZES, colorScheme: 'dark' | 'light'): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: SIZES[size], colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith('http') && !request.url().startsWith(url) && complaints.push(request.url()));
  return { page, complaints };
}

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each([
  ['desktop', 'dark'],
  ['desktop', 'light'],
  ['phone', 'dark'],
  ['phone', 'light'],
] as const)('on a %s, %s', (size, scheme) => {
  test('pages fit, in their colours, and the browser complains of nothing', async () => {
    const { page, complaints } = await open(size, scheme);
    for (const path of ['', 'start.html', 'tutorial.html', 'how-to/add-a-strategy.html', 'risk-policy.html', 'reference/queries.html']) {
      await page.goto(`${url}${path}`);
      await page.locator('button.theme').waitFor();
      expect([path, await sideways(page)]).toEqual([path, 0]);
      expect(await page.locator('html').getAttribute('data-theme')).toBe(scheme);
      await page.screenshot({ path: screenshot(`docs-${path.replace(/^.*\//, '').replace('.html', '') || 'home'}-${scheme}-${size}`) });
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});

test('a search finds a heading by its beginning, and leads there', async () => {
  const { page, complaints } = await open('desktop', 'dark');
  await page.goto(url);
  await page.keyboard.press('/');
  await page.keyboard.type('idempot');
  await page.locator('#site-found li').first().waitFor();
  await page.getByRole('searchbox').fill('kill switch');
  await page
    .getByRole('link', { name: /^The kill switch/ })
    .first()
    .waitFor();
  await page.screenshot({ path: screenshot('docs-search') });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/kill-switch/);
  expect(await page.locator('nav#site-pages [aria-current=page]').innerText()).toBe('The kill switch');
  await page.getByRole('searchbox').fill('xyzzyq');
  await page.getByText('Nothing is called “xyzzyq”.').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('the theme is chosen here and kept for the dashboard', async () => {
  const { page } = await open('desktop', 'dark');
  await page.goto(url);
  await page.getByRole('button', { name: 'Light' }).click();
  await page.reload();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  expect(await page.evaluate(() => localStorage.getItem('tidemark.preferences'))).toBe('{"theme":"light"}');
  await page.close();
});

test('a phone reaches every page by the menu', async () => {
  const { page } = await open('phone', 'light');
  await page.goto(url);
  expect(await page.locator('nav#site-pages').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Documents' }).click();
  await page.screenshot({ path: screenshot('docs-menu') });
  await page.locator('nav#site-pages').getByRole('link', { name: 'Risk policy' }).click();
  await page.waitForURL(/risk-policy/);
  await page.close();
});
