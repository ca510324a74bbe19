import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;

interface Member {
  readonly strategy: { readonly name: string };
  readonly capital: string;
  readonly returns: readonly number[];
}

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '120']);
});
afterAll(() => demonstration.close());

async function members(): Promise<readonly Member[]> {
  const { ensembles } = await demonstration
    .api()
    .query<{ ensembles: { members: readonly Member[] }[] }>('{ ensembles { members { strategy { name } capital returns } } }');
  return ensembles.flatMap((one) => one.members);
}

test('strategies share capital from the page, which shows what each has as sessions go by; dissolved, they keep it', async () => {
  const page = await demonstration.open('/strategies', DESKTOP);
  await page.getByRole('button', { name: 'Share capital…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill('Side by side');
  const boxes = dialog.getByRole('checkbox');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await dialog.getByLabel(/^All together/).fill('0');
  await dialog.getByLabel(/^One at most/).fill('10');
  await dialog.getByLabel(/^Every/).fill('1');
  await dialog.getByLabel(/^Reason/).fill('to see them side by side');
  await dialog.getByRole('button', { name: 'Allot capital' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/total is 0/)
    .waitFor();
  await dialog.getByLabel(/^All together/).fill('20');
  await dialog.getByRole('button', { name: 'Allot capital' }).click();
  await dialog.waitFor({ state: 'detached' });
  const card = page.getByRole('region', { name: 'Shared capital' });
  await card.getByText(/^20.?% of equity/).waitFor();
  expect((await members()).map(({ capital }) => capital)).toEqual(['0.1', '0.1']);
  await eventually('a whole session', async () => ((await members()).some(({ returns }) => returns.length > 0) ? true : undefined), 60_000);
  await page
    .getByText(/^[1-9]\d* sessions?$/)
    .first()
    .waitFor({ timeout: 30_000 });
  await page.screenshot({ path: screenshot('strategies-ensemble'), fullPage: true });
  const phone = await demonstration.open('/strategies', PHONE);
  await phone.getByText('Shared capital').waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  await phone.context().close();
  await page.getByRole('button', { name: 'Dissolve…' }).click();
  await dialog.getByLabel(/^Reason/).fill('apart again');
  await dialog.getByRole('button', { name: 'Dissolve it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Dissolve…' }).waitFor({ state: 'detached' });
  expect(await members()).toEqual([]);
  await page.context().close();
  expect(demonstration.complaints).toEqual([]);
}, 240_000);
