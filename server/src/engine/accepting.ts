import type { Change } from '../approvals/proposal.ts';
import { abs, subtract } from '../money/money.ts';
import { CASH_DIFFERENCE_MAX } from './cash-reconcile.ts';
import type { EngineState } from './state.ts';

/** By then an execution that one of the broker's answers showed, and another did not, is in all of them. */
const STOOD_MS_MIN = 10_000;
/** An older look is no look: what differed may be over. */
const SEEN_MS_MAX = 10_000;

/** Booked since the look, by a fill or an activity that the look may have held already: ours at the look was the broker's figure less what differed. */
const isMovedSince = ({ account, cash, cashDifference }: EngineState): boolean =>
  account !== undefined && abs(subtract(subtract(account.cash, cashDifference), cash)) > CASH_DIFFERENCE_MAX;

/**
 * Why the broker's view of positions and cash could not be taken over now, in one sentence; `undefined` where it could, or where nothing differs. A fill
 * that one answer of the broker shows and the stream has not told yet is a difference for seconds: accepted too early, it would be booked twice.
 */
export function acceptProblem(state: EngineState): string | undefined {
  const { differences, cashDifference, reconciledAt, now } = state;
  if (differences.size === 0 && cashDifference === 0n) return undefined;
  const seenMs = now - (reconciledAt ?? 0);
  if (seenMs > SEEN_MS_MAX)
    return `The broker's books were compared ${Math.round(seenMs / 1_000)} s ago: what differs is accepted only as it is now. Try again when the broker answers.`;
  if (isMovedSince(state))
    return "Our own books have moved since the broker's were compared: what differs may be explained by it. Try again in a moment.";
  for (const { symbol, at, explained } of differences.values()) {
    // What an order in doubt may have filled, or the end of a contract have done, is booked when it is told, and accepted by nobody.
    if (explained === true) continue;
    const stoodMs = (reconciledAt ?? at) - at;
    if (stoodMs < STOOD_MS_MIN)
      return `${symbol} differs from the broker's since ${Math.round(stoodMs / 1_000)} s: it may still be a fill on its way. Try again in ${Math.ceil((STOOD_MS_MIN - stoodMs) / 1_000)} s.`;
  }
  return undefined;
}

/** Whether a change takes over what the broker holds. */
export const takesBrokersView = ({ kind }: Change): boolean => kind === 'release' || kind === 'accept';
