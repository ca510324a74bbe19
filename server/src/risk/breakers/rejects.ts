import { format, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Ratio } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { isUnlimited, percent } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { CALM } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What the broker said of one order. */
export interface OrderOutcome {
  readonly orderId: string;
  readonly at: Instant;
  readonly rejected: boolean;
}

export const REJECTS_MS = 300_000;
const ORDERS_MIN = 10;
/** More are not needed for a share, and a row is no longer than its limit. */
const KEPT_MAX = 200;

/** The outcomes with one more; a later word on an order takes the place of an earlier one. */
export function withOutcome(outcomes: readonly OrderOutcome[], outcome: OrderOutcome): readonly OrderOutcome[] {
  return [...outcomes.filter(({ orderId }) => orderId !== outcome.orderId), outcome].slice(-KEPT_MAX);
}

function inARow(outcomes: readonly OrderOutcome[]): number {
  let count = 0;
  for (const { rejected } of outcomes) count = rejected ? count + 1 : 0;
  return count;
}

/** More than a share of at least ten orders in 5 min, or so many one after the other. */
export function rejects(outcomes: readonly OrderOutcome[], now: Instant, { rejectsRatioMax, rejectsRowMax }: Limits): Verdict {
  const row = inARow(outcomes);
  if (!isUnlimited(rejectsRowMax) && row >= rejectsRowMax)
    return { effect: 'pause', because: `The broker rejected ${row} orders one after the other; the limit is ${rejectsRowMax}.` };
  const recent = outcomes.filter(({ at }) => now - at < REJECTS_MS);
  const rejected = recent.filter((outcome) => outcome.rejected).length;
  if (recent.length < ORDERS_MIN || BigInt(rejected) * UNITS_PER_ONE <= rejectsRatioMax * BigInt(recent.length)) return CALM;
  const share = format(((BigInt(rejected) * UNITS_PER_ONE) / BigInt(recent.length)) as Ratio);
  return {
    effect: 'pause',
    because: `The broker rejected ${rejected} of ${recent.length} orders in 5 min, ${share}; the limit is ${percent(rejectsRatioMax)}.`,
  };
}
