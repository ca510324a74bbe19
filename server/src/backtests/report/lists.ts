import { html } from './html.ts';
import type { Html } from './html.ts';

export const pair = (label: string, value: Html | string): Html =>
  html`<dt>${label}</dt>
    <dd>${value}</dd>`;

/** Names and figures, a line each. */
export const listOf = (rows: readonly (readonly [string, string])[]): Html =>
  html`<dl class="pairs figures-list">${rows.map(([label, value]) => pair(label, value))}</dl>`;

/** A figure as text, or why there is none. */
export const orReason = (value: number | null | undefined, format: (value: number) => string, reason: string): string =>
  value === null || value === undefined || !Number.isFinite(value) ? `n/a: ${reason}` : format(value);
