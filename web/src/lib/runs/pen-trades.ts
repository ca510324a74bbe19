import type { Pen } from '#lib/charts/pen.ts';
import type { Outcome } from './excursions.ts';

const SIZE = 5;
const COLOR: Readonly<Record<Outcome, string>> = { won: 'var(--up)', lost: 'var(--down)', even: 'var(--muted)' };

/** Trades that won point up and are hollow, those that lost point down and are filled: their colours need not be told apart. */
export function drawTrades(
  { context, x, y, color }: Pen,
  places: readonly { readonly x: number; readonly y: number; readonly outcome: Outcome }[],
): void {
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  for (const { x: across, y: up, outcome } of places) {
    const [left, top] = [x(across), y(up)];
    const tip = outcome === 'won' ? -SIZE : SIZE;
    context.beginPath();
    if (outcome === 'even') context.rect(left - SIZE + 1, top - SIZE + 1, 2 * SIZE - 2, 2 * SIZE - 2);
    else {
      context.moveTo(left, top + tip);
      context.lineTo(left - SIZE, top - tip * 0.7);
      context.lineTo(left + SIZE, top - tip * 0.7);
      context.closePath();
    }
    context.strokeStyle = color(COLOR[outcome]);
    context.fillStyle = context.strokeStyle;
    if (outcome === 'lost') {
      context.globalAlpha = 0.55;
      context.fill();
      context.globalAlpha = 1;
    }
    context.stroke();
  }
}
