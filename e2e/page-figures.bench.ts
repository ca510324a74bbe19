import { DESKTOP, PHONE } from './browser.ts';
import { openDemonstration } from './demonstration.ts';
import { FIXED_PLACES } from './every-page.ts';
import { pageFigures } from './page-figures.ts';
import type { Device, PageFigures } from './page-figures.ts';

/**
 * How soon each page is there and how soon it answers, by the browser's own performance entries, as somebody meets it who has never been there: on a desk, and on a phone whose processor is
 * four times as slow, over a mobile line of 1.6 Mbit/s and 150 ms (the line and the slowdown that Lighthouse takes for a phone). Beside the field's bounds for "good": first paint 1.8 s,
 * largest paint 2.5 s, shift 0.1, interaction 200 ms. `node page-figures.bench.ts 3` loads each page three times and shows the medians.
 */
const TIMES = Number(process.argv[2] ?? 3);
const DEVICES: readonly Device[] = [
  { name: 'desktop', viewport: DESKTOP, slowdown: 1 },
  { name: 'phone', viewport: PHONE, slowdown: 4, line: { roundTripMs: 150, bitsPerSecond: 1_600_000 } },
];
const GOOD: Partial<PageFigures> = { firstPaint: 1_800, largestPaint: 2_500, shift: 0.1, interaction: 200 };
const FIGURES = ['firstPaint', 'largestPaint', 'loaded', 'blocked', 'shift', 'interaction', 'kilobytes'] as const;
const HEADS = ['first paint', 'largest', 'loaded', 'blocked', 'shift', 'interaction', 'KiB'];

const row = (cells: readonly string[]): void =>
  void process.stdout.write(`${cells.map((cell, at) => (at === 0 ? cell.padEnd(30) : cell.padStart(13))).join('')}\n`);

function told(figures: PageFigures, name: (typeof FIGURES)[number]): string {
  const value = figures[name];
  const text = name === 'shift' ? value.toFixed(3) : name === 'kilobytes' ? value.toFixed(0) : `${value.toFixed(0)} ms`;
  const bound = GOOD[name];
  return bound !== undefined && value > bound ? `▲ ${text}` : text;
}

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const demonstration = await openDemonstration(['--speed', '60'], { withWindows: true });
try {
  const first = await demonstration.open('/');
  const cookies = await first.context().cookies();
  await first.context().close();
  for (const device of DEVICES) {
    row([device.name, ...HEADS]);
    for (const { path } of FIXED_PLACES) {
      const all: PageFigures[] = [];
      try {
        for (let time = 0; time < TIMES; time += 1)
          all.push(await pageFigures(demonstration.browser, device, cookies, demonstration.origin(), path));
      } catch (error) {
        // A page that is too slow to be waited for is a figure, too; the others are measured all the same.
        row([path, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)]);
        process.exitCode = 1;
        continue;
      }
      const median = Object.fromEntries(FIGURES.map((name) => [name, medianOf(all.map((each) => each[name]))])) as unknown as PageFigures;
      row([path, ...FIGURES.map((name) => told(median, name))]);
    }
  }
} finally {
  await demonstration.close();
}
