import { isRecord } from './socket.ts';

/** Channels of the stock stream that a client may name; the last two follow `trades` by themselves. */
export const CHANNELS = ['trades', 'quotes', 'bars', 'updatedBars', 'dailyBars', 'statuses', 'lulds', 'imbalances'] as const;
export type Channel = (typeof CHANNELS)[number];

const SYMBOL = /^(?:\*|[A-Za-z0-9./_^-]{1,32})$/;

export type Subscriptions = ReadonlyMap<Channel, ReadonlySet<string>>;

export const noSubscriptions = (): Subscriptions => new Map(CHANNELS.map((channel) => [channel, new Set<string>()]));

export const wants = (subscriptions: Subscriptions, channel: Channel, symbol: string): boolean => {
  const set = subscriptions.get(channel);
  return set !== undefined && (set.has(symbol) || set.has('*'));
};

/** Symbols that count against a plan's limit: those of trades and quotes. */
export const symbolCount = (subscriptions: Subscriptions): number =>
  new Set([...(subscriptions.get('trades') ?? []), ...(subscriptions.get('quotes') ?? [])]).size;

/**
 * The subscriptions after a `subscribe` (additive) or `unsubscribe` frame. `undefined` when a channel or symbol in it is not valid: then
 * nothing is changed.
 */
export function resubscribed(current: Subscriptions, frame: unknown, add: boolean): Subscriptions | undefined {
  if (!isRecord(frame)) return undefined;
  const next = new Map<Channel, ReadonlySet<string>>();
  for (const channel of CHANNELS) {
    const named: unknown = frame[channel] ?? [];
    if (!Array.isArray(named) || !named.every((symbol): symbol is string => typeof symbol === 'string' && SYMBOL.test(symbol)))
      return undefined;
    const held = current.get(channel) ?? new Set<string>();
    next.set(channel, add ? held.union(new Set(named)) : held.difference(new Set(named)));
  }
  return next;
}

/** The acknowledgement: always the complete set. */
export function acknowledgement(subscriptions: Subscriptions): Record<string, unknown> {
  const lists = Object.fromEntries(CHANNELS.map((channel) => [channel, [...(subscriptions.get(channel) ?? [])]]));
  return { T: 'subscription', ...lists, corrections: lists['trades'], cancelErrors: lists['trades'] };
}
