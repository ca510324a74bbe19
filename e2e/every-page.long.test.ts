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
    expect(clicks).toBeGreaterThan(200);
    expect(shownOn).toEqual(expect.arrayContaining(['strategies', 'approvals', 'health', 'model']));
  });

  test('the browser complained of nothing', () => expect(demonstration.complaints).toEqual([]));
});

/** What asks for nothing but the click and changes what the page is about, or leaves it: pressed elsewhere, by the tests of what it does. */
const NOT_PRESSED = /^(Acknowledge|Backtest|Abort|Cancel|Run |Sweep |Walk |Train |Log out|End |Revoke|Remove|Invite again|New link)/;

/** Of things that are told apart by their names only (the rows of a table, say) so many are pressed. */
const ALIKE_MAX = 2;

interface Button {
  readonly label: string;
  /** The label without what differs from row to row: letters only. */
  readonly kind: string;
  readonly isReady: boolean;
}

/** Runs in the page: every button of its content, in order. */
function buttonsOf(): readonly Button[] {
  return [...document.querySelectorAll<HTMLButtonElement>('main button')].map((button) => {
    const label = (button.textContent || button.getAttribute('aria-label') || '').trim();
    return {
      label,
      kind: `${button.className} ${label.replace(/[^\p{L} ]/gu, '')}`,
      isReady: !button.disabled && button.checkVisibility({ visibilityProperty: true }),
    };
  });
}

/** Runs in the page: what a key or a click has set off is drawn. */
const drawn = (): Promise<number> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelectorAll('[role=dialog]').length)));
  });

/** Presses every button of the page once, and closes what it opens; how many there were. */
async function clickThrough(page: Page, origin: string, path: string): Promise<number> {
  const all = await page.evaluate(buttonsOf);
  const pressed = new Map<string, number>();
  let clicks = 0;
  for (const [at, { label, kind, isReady }] of all.entries()) {
    const before = pressed.get(kind) ?? 0;
    if (!isReady || NOT_PRESSED.test(label) || before >= ALIKE_MAX) continue;
    // A click before may have left the page, or have taken this button away with a list that it has emptied.
    const isThere = page.url() === `${origin}${path}` && (await page.evaluate(buttonsOf))[at]?.kind === kind;
    if (!isThere) await page.goto(`${origin}${path}`);
    await openPlace(page, origin, path);
    const button = page.locator('main button').nth(at);
    // A figure that has changed meanwhile can change what is there: then the rest is pressed as it is.
    if ((await page.evaluate(buttonsOf))[at]?.isReady !== true) continue;
    pressed.set(kind, before + 1);
    // What a click before has opened may lie over it: the click is given to the button itself.
    await button.dispatchEvent('click');
    clicks += 1;
    for (let open = await page.evaluate(drawn), times = 0; times === 0 || (open > 0 && times < 3); times += 1) {
      await page.keyboard.press('Escape');
      open = await page.evaluate(drawn);
    }
  }
  return clicks;
}
