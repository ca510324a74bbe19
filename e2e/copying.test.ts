import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDemonstration } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '60']);
});
afterAll(() => demonstration.close());

test('a hash is copied whole', async () => {
  const page = await demonstration.open('/health');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demonstration.origin() });
  await page
    .getByTitle(/^[0-9a-f]{64} — click to copy$/)
    .first()
    .click();
  await page.getByText('Copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{64}$/);
  await page.context().close();
});

test('where the browser has no clipboard, as over plain http, that is said', async () => {
  const page = await demonstration.open('/health');
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.reload();
  await page
    .getByTitle(/click to copy$/)
    .first()
    .click();
  await page.getByText('The browser did not let this be copied').waitFor();
  await page.context().close();
  expect(demonstration.complaints).toEqual([]);
});
