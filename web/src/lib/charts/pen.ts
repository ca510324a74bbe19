import type { Candle } from './price-bars.ts';
import type { Series } from './series.ts';

/** What marks are drawn with: a canvas, and where values lie on it. */
export interface Pen {
  readonly context: CanvasRenderingContext2D;
  /** Pixels of an index and of a value. */
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly width: number;
  readonly height: number;
  /** A colour of the theme, as `var(--up)`, in the canvas's own words. */
  readonly color: (name: string) => string;
}

const BODY_SHARE = 0.68;
const BODY_MOST = 12;
/** A body that is narrower has no room for a hole. */
const HOLLOW_LEAST = 3;
/** Room of a candle, with its gap: narrower ones are joined. */
export const CANDLE_PIXELS = 3;

/** Room of a candle's body in whole pixels, by the room between candles. */
function bodyOf(candles: readonly Candle[], x: Pen['x']): number {
  const step = Math.abs(x(candles[1]?.x ?? 1) - x(candles[0]?.x ?? 0)) || 1;
  return Math.max(1, Math.round(Math.min(BODY_MOST, step * BODY_SHARE)));
}

// Whole pixels and rectangles all over: nothing has to be smoothed, which costs a processor ten times as much as filling.

/** Rising candles are hollow and falling ones filled, so that the direction does not hang on colour alone. */
export function drawCandles({ context, x, y, color }: Pen, candles: readonly Candle[]): void {
  const body = bodyOf(candles, x);
  const [panel, up, down] = [color('var(--panel)'), color('var(--up)'), color('var(--down)')];
  for (const rises of [true, false]) {
    context.fillStyle = rises ? up : down;
    for (const { x: at, o, h, l, c } of candles) {
      if (c >= o !== rises) continue;
      const middle = Math.round(x(at));
      const highest = Math.round(y(h));
      const top = Math.round(y(Math.max(o, c)));
      context.fillRect(middle, highest, 1, Math.max(1, Math.round(y(l)) - highest));
      context.fillRect(middle - (body >> 1), top, body, Math.max(1, Math.round(y(Math.min(o, c))) - top));
    }
  }
  if (body < HOLLOW_LEAST) return;
  context.fillStyle = panel;
  for (const { x: at, o, c } of candles) {
    const top = Math.round(y(Math.max(o, c)));
    const height = Math.round(y(Math.min(o, c))) - top;
    if (c >= o && height > 2) context.fillRect(Math.round(x(at)) - (body >> 1) + 1, top + 1, body - 2, height - 2);
  }
}

export function drawVolume({ context, x, y, color, height }: Pen, candles: readonly Candle[]): void {
  const body = bodyOf(candles, x);
  context.globalAlpha = 0.55;
  for (const rises of [true, false]) {
    context.fillStyle = color(rises ? 'var(--up)' : 'var(--down)');
    for (const { x: at, o, c, v } of candles) {
      const top = Math.round(y(v));
      if (c >= o === rises) context.fillRect(Math.round(x(at)) - (body >> 1), top, body, Math.max(0, Math.round(height) - top));
    }
  }
  context.globalAlpha = 1;
}

/**
 * A line through the values `from` to `to`, both included; `shift` bars lie before its first. Where a pixel has several, a stroke from the lowest to the
 * highest of them, so that no peak is lost.
 */
export function drawSeries(pen: Pen, series: Series, hue: string, [from, to]: readonly [number, number], shift: number): void {
  const pixel = Math.abs(pen.x(1) - pen.x(0));
  // From one before what is in view and to one after it, or the line would begin and end inside.
  const [first, last] = [Math.max(0, from - shift - 1), Math.min(series.length - 1, to - shift + 1)];
  if (pixel < 1) drawDense(pen, series, hue, [first, last], shift, Math.ceil(Math.log2(1 / pixel)));
  else drawPath(pen, series, hue, [first, last], shift);
}

function drawPath(
  { context, x, y, color }: Pen,
  series: Series,
  hue: string,
  [first, last]: readonly [number, number],
  shift: number,
): void {
  let isOpen = false;
  context.beginPath();
  for (let index = first; index <= last; index += 1) {
    const value = series.at(index);
    if (value === undefined || !Number.isFinite(value)) isOpen = false;
    else if (isOpen) context.lineTo(x(shift + index), y(value));
    else {
      context.moveTo(x(shift + index), y(value));
      isOpen = true;
    }
  }
  context.lineWidth = 1.3;
  context.lineJoin = 'bevel';
  context.strokeStyle = color(hue);
  context.stroke();
}

/** Buckets of `2 ** level` values, each narrower than a pixel or two: upright strokes that reach as far as the one before. */
function drawDense(
  { context, x, y, color }: Pen,
  series: Series,
  hue: string,
  [first, last]: readonly [number, number],
  shift: number,
  level: number,
): void {
  const size = 2 ** level;
  context.fillStyle = color(hue);
  let before: readonly [number, number] | undefined;
  for (let bucket = Math.floor(first / size); bucket * size <= last; bucket += 1) {
    const [low, high] = series.bucket(level, bucket);
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      before = undefined;
      continue;
    }
    const [highest, lowest] = [Math.round(y(high)), Math.round(y(low))];
    const top = before === undefined ? highest : Math.min(highest, before[1]);
    const bottom = before === undefined ? lowest : Math.max(lowest, before[0]);
    const left = Math.round(x(shift + (bucket + 0.5) * size - 0.5));
    const right = Math.round(x(shift + (bucket + 1.5) * size - 0.5));
    context.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
    before = [highest, lowest];
  }
}
