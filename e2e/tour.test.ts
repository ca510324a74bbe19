import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '60']);
});
afterAll(() => demonstration.close());

test.each([
  ['desktop', DESKTOP, ['Whose money it is', 'The kill switch', 'Every number shows its receipts', 'The pages', 'Find anything']],
  ['phone', PHONE, ['Whose money it is', 'The kill switch', 'Every number shows its receipts', 'The pages']],
] as const)(
  'a first visit is offered a tour, which shows what is there on a %s, and is offered once',
  async (device, viewport, expected) => {
    for (const theme of ['dark', 'light'] as const) {
      const page = await demonstration.open('/', viewport, theme);
      await page.getByRole('button', { name: 'Take the tour' }).click();
      const stop = page.locator('.driver-popover');
      const titles: string[] = [];
      for (;;) {
        await stop.getByRole('button', { name: /^(?:Next|Done)$/ }).waitFor();
        titles.push((await stop.locator('.driver-popover-title').textContent()) ?? '');
        const box = await stop.boundingBox();
        expect(box !== null && box.x >= 0 && box.x + box.width <= viewport.width, `${titles.at(-1)} is on the page`).toBe(true);
        if (titles.length === 4) {
          await page.screenshot({ path: screenshot(`tour-${device}-${theme}`) });
          expect(await seriousFindings(page)).toEqual([]);
        }
        if (await stop.getByRole('button', { name: 'Done' }).isVisible()) break;
        // As fingers do on one device, and keys on the other: a key that comes within the frame of the last is not heard, and pressed again.
        await eventually('the next stop', async () => {
          if (device === 'phone') await stop.getByRole('button', { name: 'Next' }).click();
          else await page.keyboard.press('ArrowRight');
          return await page
            .waitForFunction((last) => document.querySelector('.driver-popover-title')?.textContent !== last, titles.at(-1), {
              timeout: 1_500,
            })
            .then(
              () => true,
              () => undefined,
            );
        });
      }
      expect(titles).toEqual(expect.arrayContaining([...expected]));
      expect(new Set(titles).size).toBe(titles.length);
      await page.keyboard.press('Escape');
      await stop.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByText('Since your last visit').waitFor();
      expect(await page.getByRole('button', { name: 'Take the tour' }).count()).toBe(0);
      await page.context().close();
    }
  },
);

test('who needs none is asked no more, and finds it on the page Help', async () => {
  const page = await demonstration.open('/');
  await page.getByRole('button', { name: 'No, thanks' }).click();
  await page.reload();
  await page.getByText('Since your last visit').waitFor();
  expect(await page.getByRole('button', { name: 'Take the tour' }).count()).toBe(0);
  await page.goto(`${demonstration.origin()}/help`);
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await page.getByText('Whose money it is').waitFor();
  await page.keyboard.press('Escape');
  await page.context().close();
  expect(demonstration.complaints).toEqual([]);
});
