import type { Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderIntent, Origin, Side } from '../orders/order.ts';

/** One order that came to the gate. */
export interface OrderRequest {
  readonly at: Instant;
  /** Who wanted it: `strategy:…` or the principal. */
  readonly by: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  readonly entry: boolean;
  readonly approved: boolean;
}

/** The first fill of an order of a strategy. */
export interface OrderExecuted {
  readonly at: Instant;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
}

/** What has been going on lately, oldest first. Denied orders count as well: a flood is a flood. */
export interface Activity {
  /** Of the last minute. */
  readonly requests: readonly OrderRequest[];
  /** Of the last ten minutes. */
  readonly executed: readonly OrderExecuted[];
}

export const NO_ACTIVITY: Activity = Object.freeze({ requests: [], executed: [] });

export const REQUESTS_MS = 60_000;
export const EXECUTED_MS = 600_000;
/** More than any limit can ask for: what a flood brings beyond is not remembered. */
const KEPT_MAX = 1_000;

/** How a request names who wanted it. */
export const requesterOf = (origin: Origin): string => (origin.kind === 'strategy' ? `strategy:${origin.strategyId}` : origin.principal);

/** Programs that decide by themselves have principals of their own. */
export const isAgent = (origin: Origin): boolean => origin.kind === 'ticket' && origin.principal.startsWith('agent:');

/** True of an instant that lies less than so many milliseconds back. */
export const within = (at: Instant, now: Instant, ms: number): boolean => now - at < ms;

const recent = <T extends { readonly at: Instant }>(list: readonly T[], now: Instant, ms: number): readonly T[] =>
  list.filter(({ at }) => within(at, now, ms)).slice(1 - KEPT_MAX);

export function withRequest(activity: Activity, intent: OrderIntent, entry: boolean, approved: boolean, now: Instant): Activity {
  const { symbol, side, quantity, limitPrice, stopPrice, origin } = intent;
  const request: OrderRequest = {
    at: now,
    by: requesterOf(origin),
    symbol,
    side,
    quantity,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    entry,
    approved,
  };
  return { ...activity, requests: [...recent(activity.requests, now, REQUESTS_MS), request] };
}

export const withExecuted = (activity: Activity, executed: OrderExecuted): Activity => ({
  ...activity,
  executed: [...recent(activity.executed, executed.at, EXECUTED_MS), executed],
});
