/** What a wish says of itself besides kind, symbol and amount, where it wants nothing more: no price, no protection, no group, no number. */
export const PLAIN_WISH = {
  limit: null,
  stop: null,
  trail: null,
  trailFraction: null,
  stopLoss: null,
  takeProfit: null,
  day: false,
  reduceOnly: false,
  group: 0,
  orderId: 0,
} as const;
