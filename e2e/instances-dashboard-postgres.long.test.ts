import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { contrastFindings } from './axe.ts';
import { DESKTOP, openBrowser, PHONE } from './browser.ts';
import { screenshot } from './demonstration.ts';
import { openGround } from './instances/ground.ts';
import type { Ground } from './instances/ground.ts';
import { eventually, logIn, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const SERVER = process.env['TIDEMARK_TEST_DATABASE_URL'] ?? '';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ground: Ground;
let engine: Running;
let instance: Running;
let browser: Browser;
let api: Api;
beforeAll(async () => {
  folder = await temporaryFolder();
  ground = await openGround(SERVER, folder.path);
  engine = await ground.engine();
  instance = await ground.api();
  api = await logIn(engine.url);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  for (const each of [instance, engine]) await each.stop('SIGTERM');
  await ground.leave();
  await folder.remove();
});

async function open(path: string, viewport: typeof DESKTOP | typeof PHONE): Promise<Page> {
  const { origin, hostname } = new URL(instance.url);
  const context = await browser.newContext({ viewport, colorScheme: viewport === PHONE ? 'light' : 'dark' });
  const [name = '', value = ''] = api.cookie.split('=');
  await context.addCookies([{ name, value, domain: hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  await page.goto(`${origin}${path}`);
  await page.locator('#content').getByRole('heading').first().waitFor({ state: 'attached' });
  return page;
}

test('an instance whose engine has died says so on every page, with since when, and no more once it is back', async () => {
  const pages = [await open('/positions', DESKTOP), await open('/', PHONE)];
  for (const page of pages) expect(await page.getByText('The engine is away').count()).toBe(0);
  await engine.stop('SIGKILL');
  for (const [index, page] of pages.entries()) {
    const banner = page.getByRole('alert').filter({ hasText: 'The engine is away' });
    await banner.getByText(/Not heard since \d+ \w+ \d{4}, \d\d:\d\d:\d\d: nothing is traded/).waitFor({ timeout: 20_000 });
    expect(await contrastFindings(page)).toEqual([]);
    await page.screenshot({ path: screenshot(`engine-away-${index}`) });
  }
  engine = await ground.engine();
  for (const page of pages) {
    await eventually(
      'the banner goes',
      async () => ((await page.getByText('The engine is away').count()) === 0 ? true : undefined),
      60_000,
    );
    await page.context().close();
  }
});
