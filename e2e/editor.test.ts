import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { eventually } from './product.ts';

let demonstration: Demonstration;
beforeAll(async () => {
  demonstration = await openDemonstration(['--speed', '60']);
});
afterAll(() => demonstration.close());

/** A busy machine compiles slowly. */
const COMPILED = { timeout: 120_000 } as const;

const STRATEGY = (type: string): string => `import { Sma, Strategy, integer, Parameter } from 'tidemark';

export default class AboveAverage extends Strategy {
  private period: Parameter = integer('period', 20, 2, 200, 'Bars of the average.');
  private averages: Sma[] = [];

  constructor() {
    super('above-average', 'Above its average', 'Long while the close is above its average.');
  }

  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.averages.push(new Sma(this.period.int));
  }

  onBar(symbol: i32): void {
    const close: ${type} = this.bar(symbol).close;
    const average = this.averages[symbol].next(close);
    if (close > average && this.position(symbol) == 0) this.target(symbol, 1, 'above the average');
    else if (close < average && this.position(symbol) > 0) this.target(symbol, 0, 'below the average');
  }
}
`;

/** Keeps what the workers of a page answer, as the page gets it. */
function listen(): void {
  const found = globalThis as unknown as { lastRun?: unknown };
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<{ value?: { metrics?: unknown } }>) => {
        if (data.value?.metrics !== undefined) found.lastRun = data.value;
      });
    }
  };
}

async function write(page: Page, source: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+a');
  // As one piece: typing would close its brackets and complete its words.
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document
      .querySelector('.cm-content')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, source);
}

const hashShown = async (page: Page): Promise<string> => (await page.locator('[data-version]').first().getAttribute('data-version')) ?? '';

test('written, mended, run and saved in the browser; the server makes the same bytes and the same run of it', async () => {
  const page = await demonstration.open('/help', DESKTOP);
  await page.addInitScript(listen);
  await page.goto(`${demonstration.origin()}/strategies/editor`);
  await page.getByText('compiles to').waitFor(COMPILED);

  await write(page, STRATEGY('i32'));
  await page.getByText('line 16, column 24').waitFor(COMPILED);
  await page.getByRole('button', { name: /line 16, column 24 Conversion from type 'f64' to 'i32'/ }).waitFor();
  expect(await page.locator('.cm-lintRange-error').first().textContent()).toBe('this');
  await page.screenshot({ path: screenshot('editor-error'), fullPage: true });

  await write(page, STRATEGY('f64'));
  await page.getByText('compiles to').waitFor(COMPILED);
  const version = await hashShown(page);
  expect(version).toMatch(/^[0-9a-f]{64}$/);
  await page.locator(`.outcome[data-version="${version}"]`).waitFor(COMPILED);

  await page.getByRole('button', { name: 'Save as a version' }).click();
  await page.getByText(/is saved: the server compiled the same bytes/).waitFor(COMPILED);
  const kept = await demonstration
    .api()
    .query<{ strategyVersion: { source: string; savedBy: string } }>(`{ strategyVersion(version: "${version}") { source savedBy } }`);
  expect(kept.strategyVersion).toEqual({ source: STRATEGY('f64'), savedBy: expect.stringMatching(/^user:/) });
  await page.screenshot({ path: screenshot('editor-dark'), fullPage: true });

  const mine = await page.evaluate(() => JSON.stringify((globalThis as unknown as { lastRun: unknown }).lastRun));
  await page.getByRole('button', { name: 'Backtest on the server' }).click();
  await page.waitForURL(/\/runs\/./, COMPILED);
  const id = page.url().split('/').at(-1) ?? '';
  const run = await eventually(
    'the run of the server',
    async () => {
      const { run: found } = await demonstration
        .api()
        .query<{ run: { state: string; jsonUrl: string | null } }>(`{ run(id: "${id}") { state jsonUrl } }`);
      return found.state === 'DONE' ? found : undefined;
    },
    60_000,
  );
  const theirs = await page.evaluate(async (url) => await (await fetch(url)).text(), run.jsonUrl ?? '');
  expect(JSON.parse(theirs)).toEqual(JSON.parse(mine));
  expect(JSON.stringify(JSON.parse(theirs))).toBe(mine);
  expect(JSON.parse(mine).metrics.trades).toBeGreaterThan(5);
  await page.context().close();
}, 300_000);

test('a saved version becomes a strategy, whose page shows versions with their difference', async () => {
  const { strategyVersions } = await demonstration
    .api()
    .query<{ strategyVersions: { version: string }[] }>('{ strategyVersions(name: "above-average") { version } }');
  const version = strategyVersions[0]?.version ?? '';
  const page = await demonstration.open(`/strategies?new&version=${version}`, DESKTOP, 'light');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill('Mine');
  await dialog.getByLabel(/^Symbols/).fill('AAPL');
  await dialog.getByRole('button', { name: 'Create as a draft' }).click();
  await page.waitForURL(/\/strategies\/mine-/, COMPILED);
  await page.getByRole('region', { name: 'Versions' }).getByText('this one').waitFor();
  await page.screenshot({ path: screenshot('strategy-versions-light'), fullPage: true });
  const id = page.url().split('/').at(-1) ?? '';
  const answer = await demonstration.api().query<{ strategy: { version: string } }>(`{ strategy(id: "${id}") { version } }`);
  expect(answer.strategy.version).toBe(version);
  await page.context().close();
}, 180_000);

test('an endless loop is ended by typing on; a text that is not saved is kept, and leaving asks', async () => {
  const page = await demonstration.open('/strategies/editor?template=sma-crossover', DESKTOP, 'light');
  await page.locator('.outcome').waitFor(COMPILED);
  await page.screenshot({ path: screenshot('editor-light'), fullPage: true });
  const endless = STRATEGY('f64').replace('const average', 'while (close > 0) {}\n    const average');
  await write(page, endless);
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor(COMPILED);
  await write(page, STRATEGY('f64'));
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
  await page.getByText('compiles to').waitFor(COMPILED);
  const version = await hashShown(page);
  await page.locator(`.outcome[data-version="${version}"]`).waitFor(COMPILED);

  await page.getByRole('button', { name: 'Changes' }).click();
  await page.locator('.cm-deletedChunk').first().waitFor();
  await page.screenshot({ path: screenshot('editor-changes-light'), fullPage: true });
  await page.getByRole('link', { name: 'Runs' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Leave with changes that are not saved?').waitFor();
  await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
  await page.waitForURL(/\/runs/);
  await page.goBack();
  await page.getByText('not saved').waitFor(COMPILED);
  await page.getByText('Above its average').first().waitFor();
  await page.context().close();
}, 300_000);

test('the SDK is completed and explained, Escape and Tab leave the text, and a phone can read it', async () => {
  const page = await demonstration.open('/strategies/editor', DESKTOP);
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.insertText('class Another extends Strategy { onBar(symbol: i32): void { const bar = this.bar(symbol); bar');
  await page.keyboard.type('.');
  const options = page.locator('.cm-tooltip-autocomplete');
  await options.getByText('close').first().waitFor();
  await page.screenshot({ path: screenshot('editor-completion'), fullPage: false });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('.cm-content') ?? null)).toBeNull();
  await page.context().close();

  const phone = await demonstration.open('/strategies/editor', PHONE);
  await phone.locator('.outcome').waitFor(COMPILED);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  await phone.screenshot({ path: screenshot('editor-phone'), fullPage: true });
  await phone.context().close();
  expect(demonstration.complaints).toEqual([]);
}, 240_000);
