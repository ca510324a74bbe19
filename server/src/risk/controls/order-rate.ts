import type { OrderIntent } from '../../orders/order.ts';
import { isAgent, requesterOf, within } from '../activity.ts';
import type { Activity, OrderRequest } from '../activity.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import type { Limits } from '../limits.ts';
import { countDenial } from './denial.ts';

/** Orders a second that the reduce-only lane takes in one symbol. A basket of exits is no flood: each symbol has its own. */
export const EXITS_A_SECOND_MAX = 10;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** One rate: which requests count, and how many may come in how long. */
interface Rate {
  readonly what: string;
  readonly ms: number;
  readonly limit: number;
  readonly counts: (request: OrderRequest) => boolean;
}

function entryRates(intent: OrderIntent, limits: Limits): readonly Rate[] {
  const by = requesterOf(intent.origin);
  const isEntry = ({ entry }: OrderRequest): boolean => entry;
  const isOwn = (request: OrderRequest): boolean => request.entry && request.by === by;
  const rates: Rate[] = [
    { what: 'Entries of the account within 1 s:', ms: SECOND_MS, limit: limits.orderRateSecondMax, counts: isEntry },
    { what: 'Entries of the account within 60 s:', ms: MINUTE_MS, limit: limits.orderRateMinuteMax, counts: isEntry },
  ];
  if (intent.origin.kind === 'strategy')
    rates.push({ what: 'Entries of the strategy within 60 s:', ms: MINUTE_MS, limit: limits.orderRateStrategyMinuteMax, counts: isOwn });
  if (isAgent(intent.origin))
    rates.push({ what: 'Entries of the agent within 60 s:', ms: MINUTE_MS, limit: limits.orderRateAgentMinuteMax, counts: isOwn });
  return rates;
}

const exitRate = ({ symbol }: OrderIntent): Rate => ({
  what: `Exits of ${symbol} within 1 s:`,
  ms: SECOND_MS,
  limit: EXITS_A_SECOND_MAX,
  counts: (request) => !request.entry && request.symbol === symbol,
});

const countWith = ({ ms, counts }: Rate, { requests }: Activity, now: Parameters<typeof within>[1]): number =>
  1 + requests.filter((request) => within(request.at, now, ms) && counts(request)).length;

/**
 * Orders that come to the gate, denied ones too, this one included. Exits have a lane of their own, which entries cannot fill; closing a
 * position for the kill switch is exempt even of that, because it sends one order a symbol and is shown before.
 */
export const orderRate: Control = ({ isEntry, intent }, { limits, activity, now }) => {
  if (limits.unchecked === true || (!isEntry && intent.origin.kind === 'flatten')) return [];
  const rates = isEntry ? entryRates(intent, limits) : [exitRate(intent)];
  return rates.flatMap((rate) => {
    const actual = countWith(rate, activity, now);
    return isUnlimited(rate.limit) || actual <= rate.limit ? [] : [countDenial('OrderRate', rate.what, rate.limit, actual)];
  });
};
