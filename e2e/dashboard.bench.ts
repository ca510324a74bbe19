import { writeFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { DESKTOP } from './browser.ts';
import { openDemonstration, screenshot } from './demonstration.ts';
import type { Demonstration } from './demonstration.ts';
import { fillEveryPage, openPlace } from './every-page.ts';

/**
 * How the dashboard feels, by the browser's own measures: `node e2e/dashboard.bench.ts`. Per page the first and the largest
 * paint, how far things moved, and the worst of some real clicks and keys until the next paint. Then the price chart with
 * 100,000 bars panned, zoomed and brushed by the pointer, and the Overview at ten bars a second, by the frames that were shown.
 */
const BARS = 100_000;
const FRAME_MS = 1_000 / 60;

interface Paints {
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
  readonly delays: readonly number[];
}

/** Runs in the page before anything else: keeps what the browser reports. */
function observe(): void {
  const seen = { first: 0, largest: 0, shift: 0, delays: [] as number[], long: [] as number[] };
  Object.assign(window, { seen });
  const on = (type: string, take: (entry: PerformanceEntry & Record<string, number>) => void, options = {}): void =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) take(entry as PerformanceEntry & Record<string, number>);
    }).observe({ type, buffered: true, ...options });
  on('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') seen.first = entry.startTime;
  });
  on('largest-contentful-paint', (entry) => (seen.largest = entry.startTime));
  on('layout-shift', (entry) => (seen.shift += entry['value'] ?? 0));
  on('event', (entry) => seen.delays.push(entry.duration), { durationThreshold: 16 });
  on('long-animation-frame', (entry) => seen.long.push(entry.duration));
}

async function measurePage(demonstration: Demonstration, path: string): Promise<Paints> {
  const page = await demonstration.open('/help');
  await page.addInitScript(observe);
  await openPlace(page, demonstration.origin(), path);
  await page.waitForTimeout(800);
  const [paints] = await Promise.all([page.evaluate<Paints>('({ ...seen })')]);
  for (const press of ['Tab', 'Tab', 'Tab', 'Control+k', 'Escape', '?', 'Escape']) {
    await page.keyboard.press(press);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(200);
  const { delays } = await page.evaluate<Paints>('({ ...seen })');
  await page.context().close();
  return { ...paints, delays };
}

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
};

/** Minute bars of a walk that is the same each time. */
function manyBars(): readonly Record<string, unknown>[] {
  let close = 100;
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: BARS }, (_, index) => {
    const open = close;
    close = Math.max(1, open + (random() - 0.5) * 0.4);
    const at = new Date(Date.UTC(2024, 0, 1) + index * 60_000).toISOString();
    return {
      __typename: 'Bar',
      t: at,
      o: open,
      h: Math.max(open, close) + random() * 0.1,
      l: Math.min(open, close) - random() * 0.1,
      c: close,
      v: 100,
    };
  });
}

/** The server gives 5,000 bars at most: the answer to the chart's own question is made longer on its way to the page. */
async function withManyBars(page: Page): Promise<void> {
  const bars = manyBars();
  await page.route('**/graphql', async (route) => {
    const asked = route.request().postData() ?? '';
    if (!asked.includes('StrategyChart')) {
      await route.continue();
      return;
    }
    const response = await route.fetch();
    const body = (await response.json()) as {
      data: { series: { bars: unknown; indicators: { values: (number | null)[] }[]; fills: unknown[] } };
    };
    body.data.series.bars = bars;
    body.data.series.fills = [];
    for (const column of body.data.series.indicators) column.values = bars.map((bar) => Number(bar['c']) + 1);
    await route.fulfill({ response, json: body });
  });
}

interface Frames {
  readonly times: readonly number[];
  readonly scripts: readonly number[];
}

/** Frames that the compositor presented and tasks of the main thread, by the browser's own tracing. */
async function traced(page: Page, act: () => Promise<void>): Promise<Frames> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: {
    name: string;
    ts: number;
    dur?: number;
    ph: string;
    args?: { frame_reporter?: { state?: string }; chrome_frame_reporter?: { state?: string } };
  }[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as typeof events)));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'devtools.timeline.frame', 'disabled-by-default-devtools.timeline'] },
  });
  await act();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  if (process.env['TIDEMARK_TRACE'] !== undefined) writeFileSync(process.env['TIDEMARK_TRACE'], JSON.stringify(events));
  const times = events
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts / 1_000)
    .sort((a, b) => a - b);
  const scripts = events.filter(({ name, dur }) => name === 'RunTask' && (dur ?? 0) > 0).map(({ dur }) => (dur ?? 0) / 1_000);
  await session.detach();
  return { times, scripts };
}

function frameRow(name: string, { times, scripts }: Frames): readonly string[] {
  const gaps = times
    .slice(1)
    .map((time, at) => time - (times[at] ?? time))
    .sort((a, b) => a - b);
  const at = (share: number): number => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0;
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
  const worst = Math.max(0, ...scripts);
  const late = gaps.filter((gap) => gap > FRAME_MS * 1.5).length;
  return [
    name,
    (gaps.length / seconds).toFixed(1),
    at(0.5).toFixed(1),
    at(0.95).toFixed(1),
    String(late),
    String(gaps.length),
    worst.toFixed(1),
  ];
}

async function drag(page: Page, box: { x: number; y: number; width: number; height: number }, moves: number): Promise<void> {
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  for (let move = 1; move <= moves; move += 1) await page.mouse.move(box.x + box.width * (0.2 + 0.6 * (move / moves)), y);
  await page.mouse.up();
}

async function measureChart(demonstration: Demonstration): Promise<readonly (readonly string[])[]> {
  const page = await demonstration.open('/help', DESKTOP);
  await withManyBars(page);
  await openPlace(page, demonstration.origin(), '/strategies/trend');
  const chart = page.getByRole('figure', { name: /price$/ });
  const plot = chart.getByRole('group');
  await plot.waitFor();
  await plot.focus();
  const box = await plot.boundingBox();
  if (!box) throw new Error('the chart is not to be seen');
  const rows: (readonly string[])[] = [];
  const { width, x, y, height } = box;
  rows.push(frameRow('crosshair over 100,000 bars', await traced(page, () => hover(page, box))));
  rows.push(
    frameRow(
      'zoom by the wheel',
      await traced(page, async () => {
        await page.mouse.move(x + width / 2, y + height / 2);
        for (let turn = 0; turn < 60; turn += 1) await page.mouse.wheel(0, turn < 30 ? -30 : 30);
      }),
    ),
  );
  for (let press = 0; press < 2; press += 1) await page.keyboard.press('+');
  rows.push(frameRow('pan 44,000 of them in view', await traced(page, () => drag(page, box, 120))));
  for (let press = 0; press < 8; press += 1) await page.keyboard.press('+');
  rows.push(frameRow('pan 1,700 of them in view', await traced(page, () => drag(page, box, 120))));
  await page.keyboard.press('0');
  rows.push(
    frameRow(
      'brush',
      await traced(page, async () => {
        await page.keyboard.down('Shift');
        await drag(page, box, 60);
        await page.keyboard.up('Shift');
      }),
    ),
  );
  await page.screenshot({ path: screenshot('price-100000-bars') });
  await page.context().close();
  return rows;
}

async function hover(page: Page, box: { x: number; y: number; width: number; height: number }): Promise<void> {
  for (let move = 0; move < 120; move += 1) await page.mouse.move(box.x + box.width * (0.1 + 0.8 * (move / 120)), box.y + box.height / 2);
}

const demonstration = await openDemonstration(['--speed', '600']);
const places = await fillEveryPage(demonstration.api());
const live = await demonstration.open('/', DESKTOP);
await openPlace(live, demonstration.origin(), '/');
await live.waitForTimeout(2_000);
const ticking = await traced(live, () => live.waitForTimeout(5_000));
await live.context().close();
await demonstration.server().stop('SIGTERM');
await demonstration.resume(['--speed', '0']);
const pages = [['page', 'first paint ms', 'largest paint ms', 'shift', 'worst interaction ms']];
for (const { name, path } of places) {
  const { first, largest, shift, delays } = await measurePage(demonstration, path);
  pages.push([name, first.toFixed(0), largest.toFixed(0), shift.toFixed(3), Math.max(0, ...delays).toFixed(0)]);
}
const frames = [
  ['what', 'frames/s', 'median ms', '95 % ms', 'late', 'frames', 'longest task ms'],
  frameRow('the Overview at ten bars a second', ticking),
  ...(await measureChart(demonstration)),
];
console.log(`${table(pages)}\n\n${table(frames)}`);
await demonstration.close();
