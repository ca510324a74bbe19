import type { OrderType, RecommendationState, TimeInForce } from '@tidemark/schema/documents';
import { price } from '#lib/format.ts';

interface OrderLike {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
}

const TYPES: Readonly<Record<OrderType, string>> = {
  MARKET: 'at the market',
  LIMIT: 'limit',
  STOP: 'stop',
  STOP_LIMIT: 'stop limit',
  TRAILING_STOP: 'trailing stop',
};

/** What kind of order it is, with its prices: `limit $95.00, until cancelled`. */
export function orderText({ type, timeInForce, limitPrice, stopPrice }: OrderLike): string {
  const prices = [stopPrice, limitPrice].flatMap((one) => (one === null ? [] : [price(one)]));
  const lasts = timeInForce === 'GTC' ? ', until cancelled' : '';
  return `${[TYPES[type], ...prices].join(' ')}${lasts}`;
}

export const ENDINGS: Readonly<
  Record<RecommendationState, { readonly text: string; readonly tone: 'up' | 'down' | 'warn' | 'accent' | 'plain' }>
> = {
  WAITING: { text: 'Waits', tone: 'accent' },
  APPROVED: { text: 'Approved', tone: 'up' },
  REDUCED: { text: 'Reduced', tone: 'accent' },
  REJECTED: { text: 'Rejected', tone: 'down' },
  DENIED: { text: 'Denied by the gate', tone: 'warn' },
  EXPIRED: { text: 'Expired', tone: 'plain' },
  SUPERSEDED: { text: 'Superseded', tone: 'plain' },
  REFUSED: { text: 'Refused by the gate', tone: 'warn' },
  WITHDRAWN: { text: 'Withdrawn', tone: 'plain' },
};
