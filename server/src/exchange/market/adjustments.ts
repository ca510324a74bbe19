import type { CorporateAction } from '../core/corporate-actions.ts';
import { roundToIncrement } from './laps.ts';
import type { VenueBar } from './laps.ts';
import { midnightOf, newYorkDateOf } from './sessions.ts';

/** What a recorded price of a symbol is multiplied by at a time, after the splits that the venue has carried out; `by` hides later ones. */
export function splitFactor(actions: readonly CorporateAction[], symbol: string, atMs: number, by = Number.POSITIVE_INFINITY): number {
  let factor = 1;
  for (const action of actions) {
    if (action.kind !== 'split' || action.symbol !== symbol || action.doneAt === undefined || action.doneAt > by) continue;
    // A day's bar is stamped before the open at which its split was carried out.
    if (midnightOf(newYorkDateOf(action.doneAt)) <= atMs) factor *= Number(action.oldRate) / Number(action.newRate);
  }
  return factor;
}

/** Dividends that went off a symbol's price after a time, as shares of the close before each. */
export function dividendFactor(
  actions: readonly CorporateAction[],
  symbol: string,
  atMs: number,
  closeBefore: (dateMs: number) => number | undefined,
): number {
  let factor = 1;
  for (const action of actions) {
    if (action.kind !== 'cash-dividend' || action.symbol !== symbol || action.doneAt === undefined) continue;
    const exMs = midnightOf(newYorkDateOf(action.doneAt));
    const close = exMs > atMs ? closeBefore(exMs) : undefined;
    if (close !== undefined) factor *= 1 - Number(action.rate) / 1e9 / close;
  }
  return factor;
}

/** A bar with its prices multiplied, and its volume in the shares that then were. */
export function adjusted(bar: VenueBar, factor: number, volumeFactor = factor): VenueBar {
  if (factor === 1) return bar;
  const at = (price: number): number => roundToIncrement(price * factor);
  return {
    ...bar,
    open: at(bar.open),
    high: at(bar.high),
    low: at(bar.low),
    close: at(bar.close),
    volume: Math.round(bar.volume / volumeFactor),
  };
}
