import { drag, traced } from './frames.ts';
import type { Frames } from './frames.ts';
import { openAllBars, openLongChart } from './long-chart.ts';

/**
 * The price chart of a strategy, dragged over a hundred thousand bars and over two thousand, while nothing comes and while ten updates a second come. Frames
 * are counted by the browser's own tracing, drawn by the processor alone; look at the ratios, for times are this machine's.
 * `node price-chart.bench.ts 8` drags for eight seconds each.
 */
const DRAG_MS = Number(process.argv[2] ?? 5) * 1_000;
const MANY = 100_000;
const FEW = 2_000;
/** For a minute and a half at ten days a second. */
const DAYS_AFTER = 860;
const CHART = 'figure[aria-label="AAPL price"] .plot';

const line = (name: string, text: string): void => void process.stdout.write(`${name.padEnd(58)} ${text}\n`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const told = ({ perSecond, p50Ms, p95Ms, longestMs, longTasks, workMs }: Frames): string =>
  `${perSecond.toFixed(1)} frames/s, p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, longest ${ms(longestMs)}, ${longTasks} long tasks, ${ms(workMs)} of work a frame`;

/** At speed 600 the venue plays ten days a second, and each brings thirteen half hours. */
async function measured(
  bars: number,
  speed: string,
  indicators: readonly string[],
): Promise<{ readonly zoomed: Frames; readonly near: Frames }> {
  const chart = await openLongChart(bars, DAYS_AFTER, ['--speed', speed]);
  try {
    const page = await openAllBars(chart);
    for (const name of indicators) {
      await page.getByRole('button', { name: '+ Indicator' }).click();
      await page.getByRole('searchbox', { name: 'Search indicators' }).fill(name);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: `Remove ${name}` }).waitFor();
    }
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const work = (): Promise<void> => drag(page, CHART, DRAG_MS);
    const zoomed = await traced(chart.demonstration.browser, page, work);
    for (let times = 0; times < 10; times += 1) await page.getByRole('button', { name: 'Zoom in' }).click();
    return { zoomed, near: await traced(chart.demonstration.browser, page, work) };
  } finally {
    await chart.demonstration.close();
  }
}

const INDICATORS = ['BBANDS', 'RSI', 'MACD'];
for (const { name, speed } of [
  { name: 'still', speed: '1' },
  { name: 'ten updates a second', speed: '600' },
]) {
  const many = await measured(MANY, speed, INDICATORS);
  const few = await measured(FEW, speed, INDICATORS);
  line(`${name}: two thirds of 100,000 bars in view`, told(many.zoomed));
  line(`${name}: a thousand of 100,000 bars in view`, told(many.near));
  line(`${name}: two thirds of 2,000 bars in view`, told(few.zoomed));
  line(`${name}: work a frame, 100,000 bars against 2,000`, `${(many.zoomed.workMs / few.zoomed.workMs).toFixed(2)} ×`);
}
