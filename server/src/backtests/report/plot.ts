import { html } from './html.ts';
import type { Html } from './html.ts';
import { decimate } from './scale.ts';
import type { Scale, TimeTick } from './scale.ts';

/** Width of every drawing in its own units: it is stretched to the page, while strokes and letters keep their size. */
export const WIDTH = 1_000;
const COLUMNS = 500;

/** Two decimals are a tenth of a pixel at any size. */
export const at = (value: number): string => String(Math.round(value * 100) / 100);

export interface Series {
  readonly values: ArrayLike<number>;
  readonly x: Scale;
  readonly y: Scale;
}

/** Path of a line; it breaks where a value is not a number. */
export function linePath({ values, x, y }: Series): string {
  let path = '';
  let drawing = false;
  for (const index of decimate(values, COLUMNS)) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) path += `${drawing ? 'L' : 'M'}${at(x(index))} ${at(y(value))}`;
    drawing = Number.isFinite(value);
  }
  return path;
}

/** Path of the surface between a line and a level. */
export function areaPath(series: Series, level: number): string {
  const { values, x, y } = series;
  if (values.length === 0) return '';
  return `${linePath(series)}L${at(x(values.length - 1))} ${at(y(level))}L${at(x(0))} ${at(y(level))}Z`;
}

/** Path of the surface between two lines with the same places. */
export function bandPath({
  low,
  high,
  x,
  y,
}: Omit<Series, 'values'> & { readonly low: readonly number[]; readonly high: readonly number[] }): string {
  const pointsOf = (values: readonly number[]): readonly string[] => values.map((value, index) => `${at(x(index))} ${at(y(value))}`);
  return high.length === 0 ? '' : `M${[...pointsOf(high), ...pointsOf(low).toReversed()].join('L')}Z`;
}

const percentOf = (value: number, whole: number): string => `${at((value / whole) * 100)}%`;

export interface YTick {
  readonly y: number;
  readonly label: string;
}

export interface Plot {
  /** Said to who cannot see the drawing. */
  readonly label: string;
  readonly height: number;
  readonly marks: Html;
  readonly yTicks: readonly YTick[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  /** The last value: a dot of its own. */
  readonly dot?: { readonly x: number; readonly y: number; readonly kind: string };
}

/** A drawing with its axes: prices on the right, times below, as text of the page. */
export function plot({ label, height, marks, yTicks, xTicks, dot }: Plot): Html {
  return html`<div class="plot" style="height:${height}px">
    <svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">
      ${yTicks.map(({ y }) => html`<line class="grid" x1="0" x2="${WIDTH}" y1="${at(y)}" y2="${at(y)}" />`)}${marks}
    </svg>
    ${yTicks.map((tick) => html`<span class="y" style="top:${percentOf(tick.y, height)}">${tick.label}</span>`)}
    ${xTicks.map((tick) => html`<span class="x" style="left:${percentOf(tick.x, WIDTH)}">${tick.label}</span>`)}
    ${dot !== undefined && html`<span class="dot ${dot.kind}" style="left:${percentOf(dot.x, WIDTH)};top:${percentOf(dot.y, height)}"></span>`}
  </div>`;
}

/** Labels too near the edges would stand outside the drawing. */
export const timeLabels = (ticks: readonly TimeTick[], x: Scale): Plot['xTicks'] =>
  ticks.map(({ index, label }) => ({ x: x(index), label })).filter((tick) => tick.x > 15 && tick.x < WIDTH - 15);

const HOVER_COLUMNS = 160;

/** Invisible columns that tell the values under the pointer, without a script. */
export function hoverColumns(count: number, x: Scale, height: number, tell: (index: number) => string): Html {
  const columns = Math.min(count, HOVER_COLUMNS);
  const rects = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * count) / columns);
    const to = Math.max(from, Math.floor(((column + 1) * count) / columns) - 1);
    const [left, right] = [column === 0 ? 0 : x(from), column === columns - 1 ? WIDTH : x(to + 1)];
    return html`<rect x="${at(left)}" y="0" width="${at(Math.max(1, right - left))}" height="${height}"><title>${tell(to)}</title></rect>`;
  });
  return html`<g class="hover">${rects}</g>`;
}
