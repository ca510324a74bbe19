import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Bar, Timeframe } from './bar.ts';

export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  '1Min': 60_000,
  '5Min': 300_000,
  '15Min': 900_000,
  '30Min': 1_800_000,
  '1Hour': 3_600_000,
  '1Day': 86_400_000,
};

export interface BarRules {
  /** Spreads and some test series go below zero; prices of shares never do. */
  readonly allowNonPositive?: boolean;
  /** The bar before this one, of the same symbol and timeframe. */
  readonly previousStartAt?: Instant;
}

export type BarVerdict = { readonly ok: true; readonly bar: Bar } | { readonly ok: false; readonly reason: string };

const PRICE_FIELDS = ['open', 'high', 'low', 'close'] as const;

function priceProblem(bar: Bar, allowNonPositive: boolean): string | undefined {
  for (const field of PRICE_FIELDS) {
    const value = bar[field];
    if (!Number.isFinite(value)) return `${field} is ${value}, not a finite number`;
    if (value <= 0 && !allowNonPositive) return `${field} is ${value}, and a price must be above zero`;
  }
  if (bar.high < bar.low) return `high ${bar.high} is below low ${bar.low}`;
  for (const field of ['open', 'close'] as const) {
    if (bar[field] > bar.high || bar[field] < bar.low) return `${field} ${bar[field]} is outside low ${bar.low} to high ${bar.high}`;
  }
  return undefined;
}

function timeProblem(bar: Bar, previous: Instant | undefined): string | undefined {
  if (!Number.isSafeInteger(bar.startAt)) return `start ${bar.startAt} is not an instant in milliseconds`;
  if (bar.startAt % TIMEFRAME_MS[bar.timeframe] !== 0) return `start ${formatInstant(bar.startAt)} is not a multiple of ${bar.timeframe}`;
  if (previous === undefined) return undefined;
  if (bar.startAt === previous) return `a second bar at ${formatInstant(bar.startAt)}`;
  if (bar.startAt < previous) return `start ${formatInstant(bar.startAt)} is before the bar at ${formatInstant(previous)}`;
  return undefined;
}

/** Whether a bar may be believed: a refused one is journalled with the reason and never traded on. */
export function validateBar(bar: Bar, rules: BarRules = {}): BarVerdict {
  const reason =
    priceProblem(bar, rules.allowNonPositive ?? false) ??
    (Number.isFinite(bar.volume) && bar.volume >= 0 ? undefined : `volume is ${bar.volume}`) ??
    timeProblem(bar, rules.previousStartAt);
  return reason === undefined ? { ok: true, bar } : { ok: false, reason };
}
