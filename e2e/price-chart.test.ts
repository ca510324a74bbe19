import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { INDICATORS_WASM, openIndicators } from '@tidemark/compute/indicators';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, PHONE } from './browser.ts';
import { screenshot } from './demonstration.ts';
import { openAllBars, openLongChart } from './long-chart.ts';
import type { LongChart } from './long-chart.ts';

/** More than two pages of bars. */
const BARS = 9_000;
const CHART = 'figure[aria-label="AAPL price"] .plot';

let chart: LongChart;
beforeAll(async () => {
  chart = await openLongChart(BARS, 10, ['--speed', '1']);
}, 300_000);
afterAll(() => chart.demonstration.close());

interface Told {
  readonly computed: readonly (readonly { readonly label: string; readonly values: readonly (number | null)[] }[] | string)[];
}

type Prices = Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', readonly number[]>>;

/** Keeps the addresses of the page's workers. */
function listen(): void {
  const found = globalThis as unknown as { workers: string[] };
  found.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      found.workers.push(String(url));
    }
  };
}

/** Asks the worker that the dashboard asks: all bars at once, or so many first and then the others. Numbers come as the bits of their doubles. */
async function inBrowser(page: Page, prices: Prices, names: readonly string[], first: number): Promise<Told['computed']> {
  return page.evaluate(
    async ({ columns, indicators, cut }) => {
      const { workers } = globalThis as unknown as { workers: string[] };
      const worker = new Worker(workers.find((url) => url.includes('indicators')) ?? '', { type: 'module' });
      const hear = (): Promise<{ value?: Told }> =>
        new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data as { value?: Told }), { once: true }));
      await hear();
      const ask = (from: number, to: number): Promise<{ value?: Told }> => {
        const part = (values: readonly number[]): Float64Array => Float64Array.from(values.slice(from, to));
        const told = {
          open: part(columns.open),
          high: part(columns.high),
          low: part(columns.low),
          close: part(columns.close),
          volume: part(columns.volume),
        };
        const wanted = indicators.map((indicator) => ({ request: { indicator, parameters: [] }, from }));
        worker.postMessage({ id: 1, request: { wanted, from, prices: told } });
        return hear();
      };
      const answers = [...(cut > 0 ? [await ask(0, cut)] : []), await ask(cut, columns.close.length)];
      worker.terminate();
      return indicators.map((_, at) => {
        const parts = answers.map(({ value }) => value?.computed[at] ?? 'no answer');
        const wrong = parts.find((part) => typeof part === 'string');
        if (typeof wrong === 'string') return wrong;
        const outputs = parts as Exclude<Told['computed'][number], string>[];
        return (outputs[0] ?? []).map(({ label }, output) => ({
          label,
          values: outputs.flatMap((part) => [...(part[output]?.values ?? [])]).map((value) => (Number.isNaN(value) ? null : value)),
        }));
      });
    },
    { columns: prices, indicators: names, cut: first },
  );
}

describe('indicators of a chart', () => {
  test('are the server’s, of the same bytes and bit for bit, for every indicator that there is; whether bars come at once or later', async () => {
    const { series } = await chart.demonstration
      .api()
      .query<{ series: { columns: Prices } }>(
        '{ series(symbol: "AAPL", timeframe: MIN30, last: 3000) { columns { open high low close volume } } }',
      );
    const page = await chart.demonstration.open('/help', DESKTOP);
    await page.addInitScript(listen);
    await page.goto(`${chart.demonstration.origin()}${chart.path}`);
    await page.getByRole('button', { name: '+ Indicator' }).and(page.locator(':enabled')).waitFor();
    const url = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .find((name) => name.endsWith('.wasm')),
    );
    const served = url ?? (await wasmOf(page));
    const bytes = await (await fetch(served)).arrayBuffer();
    const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
    expect(hash(new Uint8Array(bytes))).toBe(hash(await readFile(INDICATORS_WASM)));

    const indicators = await openIndicators();
    const names = indicators.specs.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(40);
    const { columns } = series;
    const prices = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])) as never;
    const whole = await inBrowser(page, columns, names, 0);
    const parts = await inBrowser(page, columns, names, 2_900);
    for (const [at, name] of names.entries()) {
      const expected = indicators
        .compute(name, {}, prices)
        .map(({ values }) => Array.from(values, (value) => (Number.isNaN(value) ? null : value)));
      for (const told of [whole[at], parts[at]]) {
        if (typeof told === 'string' || told === undefined) throw new Error(`${name}: ${told ?? 'no answer'}`);
        // `toEqual` tells 0 from -0: playwright carries both, and every double whole.
        expect(
          told.map(({ values }) => values),
          name,
        ).toEqual(expected);
      }
    }
    await page.context().close();
  }, 120_000);
});

/** The module's address stands in the worker's text: what a worker fetches is not among the page's resources. */
async function wasmOf(page: Page): Promise<string> {
  const worker = await page.evaluate(() =>
    (globalThis as unknown as { workers: string[] }).workers.find((url) => url.includes('indicators')),
  );
  const address = new URL(worker ?? '', page.url());
  const text = await (await fetch(address)).text();
  const path = /[\w./-]*indicators[\w.-]*\.wasm/.exec(text)?.[0];
  if (path === undefined) throw new Error(`no module is named in ${address.href}`);
  return new URL(path, address).href;
}

describe('the chart', () => {
  test('loads older bars when one looks for them, and keys, pointer, table and indicators work over all of them', async () => {
    const page = await openAllBars(chart);
    await page.getByText(/9,\d{3} bars loaded, all there are/).waitFor();
    const plot = page.locator(CHART);
    await plot.focus();
    await page.keyboard.press('Home');
    const readout = page.locator('figure[aria-label="AAPL price"] .readout');
    const first = await readout.textContent();
    await page.keyboard.press('+');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('End');
    expect(await readout.textContent()).not.toBe(first);

    await page.getByRole('button', { name: '+ Indicator' }).click();
    await page.getByRole('searchbox', { name: 'Search indicators' }).fill('relative strength');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Parameters of RSI(14)' }).click();
    await page.getByRole('textbox', { name: /timeperiod/ }).fill('9');
    await page.getByRole('button', { name: 'Apply' }).click();
    await readout.getByText('RSI(9)').waitFor();
    await page.screenshot({ path: screenshot('price-chart-dark') });
    // What was chosen is there the next time.
    await page.reload();
    await page.getByRole('button', { name: 'Remove RSI(9)' }).waitFor();
    await page.getByRole('button', { name: 'Show the numbers as a table' }).first().click();
    await page.getByRole('columnheader', { name: 'RSI(9)' }).waitFor();
    await page.context().close();
  });

  test('on a phone and in light it fits', async () => {
    const page = await chart.demonstration.open(chart.path, PHONE, 'light');
    await page.locator(CHART).waitFor();
    await page.getByRole('button', { name: '+ Indicator' }).and(page.locator(':enabled')).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await page.screenshot({ path: screenshot('price-chart-light-phone') });
    await page.context().close();
  });

  test('the browser complained of nothing', () => expect(chart.demonstration.complaints).toEqual([]));
});

/** Of a picture, drawn `times` as small: how much it differs from its background, which no smoothing changes, and of how many colours it is. */
const inked = (
  page: Page,
  png: Buffer,
  times: number,
): Promise<{ readonly width: number; readonly inked: number; readonly colours: number }> =>
  page.evaluate(
    async ({ base64, shrink }) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.fromBase64(base64)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(picture.width / shrink, picture.height / shrink);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const background = [data[0], data[1], data[2]];
      const colours = new Set<number>();
      let ink = 0;
      for (let at = 0; at < data.length; at += 4) {
        const off = background.reduce<number>((sum, of, channel) => sum + Math.abs((of ?? 0) - (data[at + channel] ?? 0)), 0);
        ink += off;
        colours.add(((data[at] ?? 0) >> 4) * 256 + ((data[at + 1] ?? 0) >> 4) * 16 + ((data[at + 2] ?? 0) >> 4));
      }
      return { width: canvas.width, inked: ink, colours: colours.size };
    },
    { base64: png.toString('base64'), shrink: times },
  );

test('a chart is saved as a picture that shows what the page shows, in either theme', async () => {
  const { demonstration } = chart;
  const page = await openAllBars(chart);
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const figure = page.getByRole('figure', { name: 'AAPL price' });
    const [file] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: 'Save as a picture' }).click()]);
    expect(file.suggestedFilename()).toBe('tidemark-aapl-price.png');
    await file.saveAs(screenshot(`saved-chart-${theme}`));
    const saved = await inked(page, await readFile(await file.path()), 2);
    const shown = await inked(page, await figure.screenshot(), 1);
    expect(saved.width).toBeGreaterThan(shown.width);
    expect(saved.colours).toBeGreaterThan(10);
    // Its title and the last price may differ; without its candles it would have a fraction of this.
    expect(saved.inked / shown.inked).toBeGreaterThan(0.85);
    expect(saved.inked / shown.inked).toBeLessThan(1.25);
  }
  expect(demonstration.complaints).toEqual([]);
  await page.context().close();
});
