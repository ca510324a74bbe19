import type { RandomRuns } from './baselines/random-runs.ts';
import type { Distribution } from './distribution.ts';
import type { ReportFigures } from './figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { directionOf, formatPercent, formatSignedPercent, plural } from './number-format.ts';
import { at, plot, WIDTH } from './plot.ts';
import { linear, monthName, ticksOf } from './scale.ts';

const HISTOGRAM_HEIGHT = 170;
const CELL = { up: 'gain', down: 'loss', '': 'flat' } as const;
const MONTHS = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0'));

/** A cell's tint: full at a month of ±10 %, or at the largest month where all are smaller. */
function tintOf(value: number, largest: number): Html {
  const share = Math.min(1, Math.abs(value) / Math.min(0.1, Math.max(largest, 1e-9)));
  return html`style="--tint:${Math.round(8 + share * 52)}%"`;
}

/** Months across, years down, the year's own return at the end. Signs are printed, so that colour is not alone. */
export function monthlyHeatMap({ months, years }: ReportFigures): Html {
  const byMonth = new Map(months.map((each) => [each.period, each.return]));
  const largest = months.reduce((most, each) => Math.max(most, Math.abs(each.return)), 0);
  const cell = (value: number | undefined, label: string): Html =>
    value === undefined
      ? html`<td class="none">·</td>`
      : html`<td class="${CELL[directionOf(value * 100, 1)]}" ${tintOf(value, largest)} title="${label}: ${formatSignedPercent(value)}">
          ${formatSignedPercent(value, 1).replace(' %', '')}
        </td>`;
  const rows = years.map(
    (year) =>
      html`<tr>
        <th scope="row">${year.period}</th>
        ${MONTHS.map((month) => cell(byMonth.get(`${year.period}-${month}`), `${year.period}-${month}`))}
        <td class="total ${directionOf(year.return * 100, 1)}">${formatSignedPercent(year.return, 1)}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table class="heat">
      <thead>
        <tr>
          <th scope="col">%</th>
          ${MONTHS.map((month) => html`<th scope="col">${monthName(`0000-${month}`)}</th>`)}
          <th scope="col">Year</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** How often which return of a bar came, with the value at risk marked. */
export function histogramChart({ histogram, tail95 }: Distribution): Html {
  const [low, high] = [histogram[0]?.from ?? 0, histogram.at(-1)?.to ?? 1];
  const most = histogram.reduce((greatest, { count }) => Math.max(greatest, count), 1);
  const x = linear([low, high], [0, WIDTH]);
  const y = linear([0, most * 1.05], [HISTOGRAM_HEIGHT, 0]);
  const bars = histogram.map(({ from, to, count }) => {
    const label = `${formatSignedPercent(from)} to ${formatSignedPercent(to)}: ${plural(count, 'bar')}`;
    return html`<rect
      class="${from < 0 && to > 0 ? 'flat' : to <= 0 ? 'loss' : 'gain'}"
      x="${at(x(from) + 1)}"
      width="${at(Math.max(1, x(to) - x(from) - 2))}"
      y="${at(y(count))}"
      height="${at(HISTOGRAM_HEIGHT - y(count))}"
      ><title>${label}</title></rect
    >`;
  });
  const risk = tail95?.valueAtRisk ?? undefined;
  return plot({
    label: `Distribution of returns of a bar, from ${formatPercent(low)} to ${formatPercent(high)}`,
    height: HISTOGRAM_HEIGHT,
    marks: html`${bars}${
      risk !== undefined &&
      html`<line class="cut" x1="${at(x(risk))}" x2="${at(x(risk))}" y1="0" y2="${HISTOGRAM_HEIGHT}"
        ><title>Value at risk, 95 %: ${formatPercent(risk)}</title></line
      >`
    }`,
    yTicks: ticksOf([0, most], 3).map((value) => ({ y: y(value), label: String(Math.round(value)) })),
    xTicks: ticksOf([low, high], 7)
      .map((value) => ({ x: x(value), label: formatPercent(value, Math.abs(high - low) < 0.05 ? 1 : 0) }))
      .filter((tick) => tick.x > 15 && tick.x < WIDTH - 15),
  });
}

const RANDOM_HEIGHT = 90;

/** Total returns of the random runs, and where this run lies. */
export function randomChart({ histogram, runs }: RandomRuns, own: number): Html {
  if (histogram.length === 0) return html``;
  const [low, high] = [Math.min(histogram[0]?.from ?? 0, own), Math.max(histogram.at(-1)?.to ?? 1, own)];
  const most = histogram.reduce((greatest, { count }) => Math.max(greatest, count), 1);
  const x = linear([low, high], [0, WIDTH]);
  const y = linear([0, most * 1.05], [RANDOM_HEIGHT, 0]);
  const bars = histogram.map(
    ({ from, to, count }) =>
      html`<rect
        class="flat"
        x="${at(x(from) + 1)}"
        width="${at(Math.max(1, x(to) - x(from) - 2))}"
        y="${at(y(count))}"
        height="${at(RANDOM_HEIGHT - y(count))}"
        ><title>${formatSignedPercent(from, 1)} to ${formatSignedPercent(to, 1)}: ${plural(count, 'random run')}</title></rect
      >`,
  );
  return plot({
    label: `Total returns of ${runs} random runs, from ${formatPercent(low, 1)} to ${formatPercent(high, 1)}; this run ${formatSignedPercent(own, 1)}`,
    height: RANDOM_HEIGHT,
    marks: html`${bars}<line class="own" x1="${at(x(own))}" x2="${at(x(own))}" y1="0" y2="${RANDOM_HEIGHT}"
        ><title>This run: ${formatSignedPercent(own)}</title></line
      >`,
    yTicks: ticksOf([0, most], 2).map((value) => ({ y: y(value), label: String(Math.round(value)) })),
    xTicks: ticksOf([low, high], 5)
      .map((value) => ({ x: x(value), label: formatSignedPercent(value, 0) }))
      .filter((tick) => tick.x > 15 && tick.x < WIDTH - 15),
  });
}
