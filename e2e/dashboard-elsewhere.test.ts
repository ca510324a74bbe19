import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, openBrowser } from './browser.ts';
import { screenshot } from './demonstration.ts';
import { eventually, logIn, PASSWORD, run, secondPerson, start, temporaryFolder } from './product.ts';
import type { Running } from './product.ts';
import { openStaticHost } from './static-host.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let host: Awaited<ReturnType<typeof openStaticHost>>;
let server: Running;
let browser: Browser;
const complaints: string[] = [];

/** A server, and its dashboard on another one's port: by the same name the same site, by `localhost` another. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const files = join(folder.path, 'files');
  host = await openStaticHost(files);
  server = await start(['serve', '--port', '0', '--data-dir', join(folder.path, 'data'), '--speed', '240'], {
    TIDEMARK_DASHBOARD_ORIGINS: `http://127.0.0.1:${host.port}, http://localhost:${host.port}`,
  });
  const { origin } = new URL(server.url);
  expect(await run(['dashboard', '--server', origin, '--out', files])).toMatchObject({ code: 0 });
  await secondPerson(await logIn(server.url), origin, 'Desk', 'VIEWER');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop('SIGTERM');
  await host.close();
  await folder.remove();
});

async function openAt(name: string, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A page that is logged out asks first, and is told so.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://${name}:${host.port}${path}`);
  return page;
}

const equityOn = async (page: Page): Promise<string> =>
  (await page.getByLabel('Account', { exact: true }).locator('strong').first().textContent()) ?? '';

describe.each([
  ['of the same site', '127.0.0.1'],
  ['of another site', 'localhost'],
])('a dashboard on a host %s', (_name, name) => {
  test('logs in, is told what happens, stays logged in, and logs out', async () => {
    const page = await openAt(name, '/');
    await page.getByLabel('Name').fill('Desk');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByLabel('Account', { exact: true }).waitFor();
    const before = await equityOn(page);
    await eventually('another equity', async () => ((await equityOn(page)) === before ? undefined : true), 60_000);
    await page.reload();
    await page.getByLabel('Account', { exact: true }).waitFor();
    await page.screenshot({ path: screenshot(`elsewhere-${name}`) });
    await page.goto(`http://${name}:${host.port}/security`);
    await page.getByRole('button', { name: 'Log out here' }).click();
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    await page.context().close();
    expect(complaints).toEqual([]);
  });
});

test('a page of a site that nobody named reads nothing, though somebody is logged in', async () => {
  const stranger = await openStaticHost(join(folder.path, 'files'));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${stranger.port}/`);
  await page.getByRole('heading', { name: 'You are logged out' }).waitFor({ state: 'hidden' });
  const read = await page.evaluate(
    async (url) =>
      await fetch(url, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ viewer { name } }"}',
      }).then(String, String),
    `${new URL(server.url).origin}/graphql`,
  );
  expect(read).toMatch(/TypeError: Failed to fetch/);
  await context.close();
  await stranger.close();
});
