import { openStatistics } from '@tidemark/compute/statistics';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../../../e2e/browser.ts';
import { PLAIN_WISH } from '../../strategies/plain-wish.ts';
import { renderComparison } from '../comparison/comparison-report.ts';
import { renderReport } from './report.ts';
import { plainResult, realRun } from './test/results.ts';

const statistics = await openStatistics();

/** The pages as a reader has them: a file, in a real browser, with no network. */
const HOSTILE = `</script><script>alert(1)</script>"'><img src=x onerror=alert(2)><!--\u2028&amp;`;
const PLAIN_TARGET = { ...PLAIN_WISH, kind: 'target', measure: 'exposure' } as const;

const run = await realRun('sma-crossover', { fast: 10, slow: 50 }, { slippageBps: 2, length: 2_500 });
const other = await realRun('sma-crossover', { fast: 20, slow: 100 }, { length: 2_000 });
const reruns = [5, 10, 25].map((extraBps) => ({ extraBps, totalReturn: 0.1, sharpe: 0.2 }));
const PAGES = {
  report: renderReport(run.result, { series: run.series, reruns, command: 'npx tidemark backtest', engineVersion: '1.2.3' }, statistics),
  comparison: renderComparison([run.result, other.result, run.result, other.result, run.result], { engineVersion: '1.2.3' }, statistics),
};
const NAMES = ['report', 'comparison'] as const;

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  for (const name of NAMES) await writeFile(join(folder, `${name}.html`), PAGES[name]);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Opened {
  readonly tab: Page;
  /** Requests, messages and errors: nothing is expected but the file itself. */
  readonly heard: string[];
}

async function open(name: string, options: { width: number; colorScheme?: 'light' | 'dark' }): Promise<Opened> {
  const { width, colorScheme = 'light' } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, offline: true });
  const tab = await context.newPage();
  const heard: string[] = [];
  tab.on('console', (message) => heard.push(message.text()));
  tab.on('pageerror', (error) => heard.push(String(error)));
  tab.on('dialog', (dialog) => heard.push(dialog.message()));
  const file = pathToFileURL(join(folder, `${name}.html`)).href;
  tab.on('request', (request) => {
    if (request.url() !== file && !request.url().startsWith('data:')) heard.push(request.url());
  });
  await tab.goto(file);
  return { tab, heard };
}

/** What stands out of the page to the right. */
const SIDEWAYS = `[...document.querySelectorAll('main *')]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && each.closest('.scroll') === null)
  .map((each) => each.outerHTML.slice(0, 120))`;

const BACKGROUNDS = { light: 'rgb(245, 246, 248)', dark: 'rgb(11, 14, 20)' } as const;

describe.each(NAMES)('the %s', (name) => {
  test('opens offline in light and dark, on a desk and on a phone, and asks for nothing', async () => {
    const { tab, heard } = await open(name, { width: 1280 });
    expect(await tab.evaluate('document.querySelectorAll("svg").length')).toBeGreaterThan(5);
    for (const width of [1280, 390]) {
      await tab.setViewportSize({ width, height: 900 });
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await tab.evaluate(SIDEWAYS)).toEqual([]);
    }
    for (const [colorScheme, background] of Object.entries(BACKGROUNDS)) {
      await tab.emulateMedia({ colorScheme: colorScheme as keyof typeof BACKGROUNDS });
      expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background);
    }
    expect(heard).toEqual([]);
    await tab.context().close();
  });

  test('prints to A4, light, with nothing cut off sideways', async () => {
    // The width of A4 within its margins of 12 mm, at 96 dots an inch.
    const { tab, heard } = await open(name, { width: 703, colorScheme: 'dark' });
    await tab.emulateMedia({ media: 'print' });
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(703);
    expect(await tab.evaluate(SIDEWAYS.replace("&& each.closest('.scroll') === null", ''))).toEqual([]);
    expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const pdf = (await tab.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(12);
    for (const box of pdf.match(/\/MediaBox\s*\[[^\]]*\]/g) ?? []) expect(box).toMatch(/\[0 0 59[45][\d.]* 84[12][\d.]*\]/);
    expect(heard).toEqual([]);
    await tab.context().close();
  });
});

test('one cursor tells what all runs stand at', async () => {
  const { tab } = await open('comparison', { width: 1280 });
  const box = await tab.locator('.readouts').boundingBox();
  if (box === null) throw new Error('The cursor has no place');
  await tab.mouse.move(box.x + box.width / 2, box.y + box.height - 5);
  const told = await tab.locator('.readouts p:visible').allInnerTexts();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^\d{4}-\d\d-\d\d[\s\S]*A [+−]?\d[\s\S]*B [\s\S]*E /);
  await tab.context().close();
});

test('hostile texts stay texts', async () => {
  const trade = { ...run.result.trades[0], symbol: HOSTILE } as (typeof run.result.trades)[number];
  const hostile = plainResult([100, 90, 95], {
    strategy: { name: HOSTILE, version: HOSTILE, parameters: { [HOSTILE]: HOSTILE } },
    data: { hash: HOSTILE, symbols: [HOSTILE], from: HOSTILE, to: HOSTILE, bars: 3 },
    trades: [trade],
    denials: [{ time: HOSTILE, code: HOSTILE, symbol: HOSTILE, limit: null, actual: 1 }],
    decisions: [{ ...PLAIN_TARGET, time: HOSTILE, symbol: HOSTILE, exposure: 1, amount: 1, reason: HOSTILE }],
    equity: [{ time: '2024-01-02T00:00:00Z', equity: 90 }],
  });
  const calm = { ...hostile, strategy: { ...hostile.strategy, version: 'x' } };
  for (const [name, text] of [
    ['hostile-report', renderReport(hostile, { title: HOSTILE, command: HOSTILE, engineVersion: HOSTILE }, statistics)],
    ['hostile-comparison', renderComparison([hostile, calm], { title: HOSTILE, engineVersion: HOSTILE }, statistics)],
  ] as const) {
    await writeFile(join(folder, `${name}.html`), text);
    const { tab, heard } = await open(name, { width: 1280 });
    expect(await tab.evaluate('document.querySelectorAll("script, img").length')).toBe(1);
    expect(await tab.evaluate('document.querySelector("h1").textContent')).toBe(HOSTILE);
    expect(heard).toEqual([]);
    await tab.context().close();
  }
});
