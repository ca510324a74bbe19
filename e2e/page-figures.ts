import type { Browser, BrowserContextOptions, Cookie, Page } from 'playwright-core';
import { openPlace } from './every-page.ts';

/** As a page is met: the screen, how much slower its processor is than this one, and the line to it (absent: as fast as it goes). */
export interface Device {
  readonly name: string;
  readonly viewport: NonNullable<BrowserContextOptions['viewport']>;
  readonly slowdown: number;
  readonly line?: { readonly roundTripMs: number; readonly bitsPerSecond: number };
}

/** What the browser itself says of one load and a few acts: by the names of the field, in milliseconds. */
export interface PageFigures {
  readonly firstPaint: number;
  readonly largestPaint: number;
  /** Until nothing on the page still loads. */
  readonly loaded: number;
  /** Of tasks longer than 50 ms, what is beyond it. */
  readonly blocked: number;
  /** How much moved by itself; no unit. */
  readonly shift: number;
  /** The longest of the acts, from the press of a key to the next picture. */
  readonly interaction: number;
  /** Over the line, as sent. */
  readonly kilobytes: number;
}

interface Seen {
  paint: number;
  largest: number;
  blocked: number;
  shift: number;
  interaction: number;
}

/** Runs in the page before anything of it: entries are not kept for whoever comes late. */
function watch(): void {
  const seen: Seen = { paint: 0, largest: 0, blocked: 0, shift: 0, interaction: 0 };
  Object.assign(globalThis, { seen });
  const on = (
    type: string,
    take: (entry: PerformanceEntry & Record<string, unknown>) => void,
    more: Record<string, unknown> = {},
  ): void => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) take(entry as PerformanceEntry & Record<string, unknown>);
    }).observe({ type, buffered: true, ...more });
  };
  on('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') seen.paint = startTime;
  });
  on('largest-contentful-paint', ({ startTime }) => (seen.largest = startTime));
  on('longtask', ({ duration }) => (seen.blocked += duration - 50));
  on('layout-shift', ({ value, hadRecentInput }) => {
    if (hadRecentInput !== true) seen.shift += Number(value);
  });
  on(
    'event',
    ({ duration, interactionId }) => {
      if (Number(interactionId) > 0) seen.interaction = Math.max(seen.interaction, duration);
    },
    { durationThreshold: 16 },
  );
}

const seenOn = (page: Page): Promise<Seen> => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);

async function slowed(page: Page, { slowdown, line }: Device): Promise<{ readonly bytes: () => number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  if (slowdown > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  if (line !== undefined) {
    const bytesPerSecond = line.bitsPerSecond / 8;
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: line.roundTripMs,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
  }
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  return { bytes: () => bytes };
}

/** Loads a page as somebody does who has never been there, and does what every page can: the search, a few letters, away again; the list of keys. */
export async function pageFigures(
  browser: Browser,
  device: Device,
  cookies: readonly Cookie[],
  origin: string,
  path: string,
): Promise<PageFigures> {
  const context = await browser.newContext({ viewport: device.viewport });
  try {
    await context.addCookies([...cookies]);
    const page = await context.newPage();
    await page.addInitScript(watch);
    const { bytes } = await slowed(page, device);
    const startedAt = performance.now();
    await page.goto(`${origin}${path}`);
    await openPlace(page, origin, path);
    const loaded = performance.now() - startedAt;
    await page.waitForTimeout(500);
    const { paint, largest, blocked, shift } = await seenOn(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search pages and things' }).waitFor();
    await page.keyboard.type('ord');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Elsewhere than in a text: there the key is a letter.
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForTimeout(300);
    const { interaction } = await seenOn(page);
    return { firstPaint: paint, largestPaint: largest, loaded, blocked, shift, interaction, kilobytes: bytes() / 1_024 };
  } finally {
    await context.close();
  }
}
