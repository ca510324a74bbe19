import type { Axis } from './parallel.ts';

/** What lines are drawn with: pixels of an axis by its number, and of a place on it. */
export interface LinePen {
  readonly context: CanvasRenderingContext2D;
  readonly x: (axis: number) => number;
  readonly y: (place: number) => number;
  /** A colour of the theme, as `var(--up)`, in the canvas's own words. */
  readonly color: (name: string) => string;
}

/** A path of very many lines takes far longer to fill in than the same lines in some hundred paths. */
const LINES_A_PATH = 100;
/** Lines are drawn by tenths of their rank; the best tenth stands out. */
const TENTHS = 10;
const BEST = TENTHS - 1;

export interface Line {
  readonly row: number;
  /** Of the figure: above 0, below, or neither. */
  readonly sign: -1 | 0 | 1;
}

function strokeLines({ context, x, y }: LinePen, axes: readonly Axis[], rows: readonly number[]): void {
  for (let first = 0; first < rows.length; first += LINES_A_PATH) {
    context.beginPath();
    for (const row of rows.slice(first, first + LINES_A_PATH)) {
      let isOpen = false;
      for (const [index, { places }] of axes.entries()) {
        const place = places[row] ?? Number.NaN;
        if (Number.isNaN(place)) isOpen = false;
        else if (isOpen) context.lineTo(x(index), y(place));
        else {
          context.moveTo(x(index), y(place));
          isOpen = true;
        }
      }
    }
    context.stroke();
  }
}

/** Lines that a brush holds back: a shadow of what there is. */
export function drawShadow(pen: LinePen, axes: readonly Axis[], rows: readonly number[]): void {
  pen.context.lineWidth = 1;
  pen.context.strokeStyle = pen.color('var(--muted)');
  pen.context.globalAlpha = densityOf(rows.length);
  strokeLines(pen, axes, rows);
  pen.context.globalAlpha = 1;
}

const COLOR = { '-1': 'var(--warn)', '0': 'var(--muted)', '1': 'var(--accent)' } as const;

// A canvas has eight bits a colour: lines fainter than these would add up to another hue. Whole canvases are made fainter instead.
/** How dense each of so many lines is: of many each gives less, or they would be one block. */
const densityOf = (count: number): number => Math.max(0.08, Math.min(1, 300 / count));

function drawTenths({ context, color, ...pen }: LinePen, axes: readonly Axis[], lines: readonly Line[], from: number, to: number): void {
  for (let tenth = from; tenth < to; tenth += 1) {
    const own = lines.slice(Math.floor((tenth * lines.length) / TENTHS), Math.floor(((tenth + 1) * lines.length) / TENTHS));
    for (const sign of [-1, 0, 1] as const) {
      context.strokeStyle = color(COLOR[`${sign}`]);
      strokeLines(
        { context, color, ...pen },
        axes,
        own.flatMap((line) => (line.sign === sign ? [line.row] : [])),
      );
    }
  }
  context.globalAlpha = 1;
}

/** Of lines from the worst to the best, all but the best tenth. */
export function drawRest(pen: LinePen, axes: readonly Axis[], lines: readonly Line[]): void {
  pen.context.lineWidth = 1;
  pen.context.globalAlpha = densityOf(lines.length);
  drawTenths(pen, axes, lines, 0, BEST);
}

/** The best tenth, which lies above; few enough to be told apart, they are broader too. */
export function drawBest(pen: LinePen, axes: readonly Axis[], lines: readonly Line[]): void {
  const count = lines.length / TENTHS;
  pen.context.lineWidth = count <= LINES_A_PATH ? 2 : 1;
  pen.context.globalAlpha = densityOf(count * 2);
  drawTenths(pen, axes, lines, BEST, TENTHS);
}
