import type { Price, Ratio } from '../../money/fixed.ts';
import { ONE, add, max, min, roundToTick, scale, subtract } from '../../money/money.ts';
import type { Instant } from '../../money/instant.ts';
import type { Halt } from './state.ts';
import { tickAt } from './trailing.ts';

/** The reference is the mean price of so long, and a pause lasts so long. */
const WINDOW_MS = 300_000;

export const PAUSE = { code: 'P', reason: 'LUDP' } as const;

/** A price and when it was shown. */
export interface Shown {
  readonly at: Instant;
  readonly price: Price;
}

export interface Band {
  readonly up: Price;
  readonly down: Price;
}

/** Prices of the last five minutes, the newest among them. */
export const remembered = (shown: readonly Shown[], next: Shown): readonly Shown[] => [
  ...shown.filter(({ at }) => at > next.at - WINDOW_MS),
  next,
];

/** Limit up and limit down around the mean of what was shown lately; `undefined` while nothing was. */
export function bandAround(shown: readonly Shown[], width: Ratio): Band | undefined {
  if (shown.length === 0) return undefined;
  const total = shown.reduce((sum, { price }) => sum + price, 0n);
  const mean = (total / BigInt(shown.length)) as Price;
  const up = scale(mean, add(ONE, width));
  const down = scale(mean, subtract(ONE, width));
  return { up: roundToTick(up, tickAt(up), 'floor'), down: roundToTick(down, tickAt(down), 'ceil') };
}

export const within = ({ up, down }: Band, price: Price): Price => max(min(price, up), down);

/** Whether a halt is a pause of its own making that has lasted long enough. */
export const isOver = (halt: Halt, at: Instant): boolean => halt.reason === PAUSE.reason && at >= halt.since + WINDOW_MS;
