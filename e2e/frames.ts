import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  /** Of the processor, where `dur` is by the clock: what else the machine does is not in it. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

/** What the browser's own tracing says of a stretch of time. */
export interface Frames {
  readonly seconds: number;
  /** Frames that reached the screen, a second. */
  readonly perSecond: number;
  /** Between one frame on the screen and the next. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** Tasks of the page's own thread above 50 ms. */
  readonly longTasks: number;
  /** Of the processor in the page's own thread, a frame: drawing by the processor is in it, and what else the machine does is not. */
  readonly workMs: number;
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  '__metadata',
];
const LONG_US = 50_000;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function framesOf(events: readonly TraceEvent[]): Frames {
  const drawn = events
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b);
  const gaps = drawn
    .slice(1)
    .map((at, index) => (at - (drawn[index] ?? at)) / 1_000)
    .toSorted((a, b) => a - b);
  const pages = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && pages.has(`${pid} ${tid}`));
  const seconds = ((drawn.at(-1) ?? 0) - (drawn[0] ?? 0)) / 1e6;
  return {
    seconds,
    perSecond: gaps.length / seconds,
    p50Ms: quantile(gaps, 0.5),
    p95Ms: quantile(gaps, 0.95),
    longestMs: gaps.at(-1) ?? Number.NaN,
    longTasks: tasks.filter(({ dur = 0 }) => dur > LONG_US).length,
    workMs: tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1_000 / Math.max(1, gaps.length),
  };
}

/** Traces the page while `work` is done to it. */
export async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<Frames> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: readonly TraceEvent[] };
  return framesOf(traceEvents);
}

/** Drags to and fro over an element for so long, a step a frame. */
export async function drag(page: Page, selector: string, ms: number): Promise<void> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not on the page`);
  const y = box.y + box.height / 2;
  const reach = box.width * 0.6;
  const left = box.x + box.width * 0.15;
  await page.mouse.move(left, y);
  await page.mouse.down();
  const endAt = performance.now() + ms;
  for (let step = 0; performance.now() < endAt; step += 1) await page.mouse.move(left + Math.abs(((step * 7) % (2 * reach)) - reach), y);
  await page.mouse.up();
}
