import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { contrastFindings, seriousFindings } from './axe.ts';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { fillEveryPage, openPlace } from './every-page.ts';
import type { Place } from './every-page.ts';
import { walkByTab } from './keyboard.ts';

/** What somebody who means harm would write into a field: each of it does something wherever text is taken for markup, an address or code. */
const HOSTILE = `<img src=x onerror=hacked()>"'</pre></textarea><svg/onload=hacked()></script><script>hacked()</script> javascript:hacked() {{hacked()}}`;

let demonstration: Demonstration;
let places: readonly Place[] = [];

beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '240']);
  places = await fillEveryPage(demonstration.api(), HOSTILE);
  expect(await demonstration.server().stop('SIGTERM')).toBe(0);
  await demonstration.resume(['--speed', '0']);
}, 600_000);
afterAll(() => demonstration.close());

describe('with something on every page', () => {
  test('nothing serious is found, dark and light, desktop and phone, and Tab reaches all of it', async () => {
    const found: string[] = [];
    const page = await demonstration.open('/', DESKTOP, 'dark');
    for (const { name, path } of places) {
      await page.setViewportSize(DESKTOP);
      await page.emulateMedia({ colorScheme: 'dark' });
      await openPlace(page, demonstration.origin(), path);
      const note = (where: string, problems: readonly string[]): unknown =>
        found.push(...problems.map((one) => `${name} ${where}: ${one}`));
      note('dark desktop', await seriousFindings(page));
      note('desktop by Tab', (await walkByTab(page)).problems);
      await page.emulateMedia({ colorScheme: 'light' });
      note('light desktop', await contrastFindings(page));
      await page.setViewportSize(PHONE);
      note('light phone', await seriousFindings(page));
      await page.emulateMedia({ colorScheme: 'dark' });
      note('dark phone', await contrastFindings(page));
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  test('a full click-through: the content security policy is never broken, and stored script stays text', async () => {
    const page = await demonstration.open('/help');
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.addInitScript(() => {
      Object.assign(window, { hacked: () => console.error('stored script ran') });
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
      );
    });
    const shownOn: string[] = [];
    let clicks = 0;
    for (const { name, path } of places) {
      await openPlace(page, demonstration.origin(), path);
      clicks += await clickThrough(page, demonstration.origin(), path);
      await openPlace(page, demonstration.origin(), path);
      const text = (await page.locator('body').textContent()) ?? '';
      if (text.includes('onerror=hacked()')) shownOn.push(name);
      expect(await page.locator('[onerror], [onload], [href^="javascript:" i], svg[onload], main script').count(), name).toBe(0);
    }
    await page.context().close();
    expect(dialogs).toEqual([]);
    expect(clicks).toBeGreaterThan(100);
    expect(shownOn).toEqual(expect.arrayContaining(['strategies', 'approvals', 'health', 'model']));
  });

  test('the browser complained of nothing', () => expect(demonstration.complaints).toEqual([]));
});

/** What asks for nothing but the click and changes what the page is about, or leaves it: pressed elsewhere, by the tests of what it does. */
const NOT_PRESSED = /^(Acknowledge|Backtest|Abort|Cancel|Run |Sweep |Walk |Train |Log out|End |Revoke|Remove|Invite again|New link)/;

/** Presses every button of the page once, and closes what it opens; how many there were. */
async function clickThrough(page: Page, origin: string, path: string): Promise<number> {
  let clicks = 0;
  const total = Math.min(await page.locator('main button').count(), 25);
  for (let at = 0; at < total; at += 1) {
    const button = page.locator('main button').nth(at);
    if (!(await button.isVisible()) || !(await button.isEnabled())) continue;
    if (NOT_PRESSED.test(((await button.textContent()) ?? '').trim())) continue;
    // What a click before has opened may lie over it: the click is given to the button itself.
    await button.dispatchEvent('click');
    clicks += 1;
    for (let open = 0; open < 3 && (open === 0 || (await page.getByRole('dialog').count()) > 0); open += 1) {
      await page.keyboard.press('Escape');
      await page.waitForTimeout(50);
    }
    if (page.url() !== `${origin}${path}`) await openPlace(page, origin, path);
  }
  return clicks;
}
