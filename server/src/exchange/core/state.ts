import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import type { Charge, Execution, VenueOrder, VenuePosition, VenueSession } from './types.ts';

/** One account's book. The maps change in place; what they hold does not. */
export interface AccountState {
  readonly id: string;
  readonly createdAt: Instant;
  cash: Money;
  /** All commissions ever charged. */
  fees: Money;
  /** Regulators' fees of the day, charged at its close, and those that were charged. */
  accruedFees: Money;
  readonly charges: Charge[];
  /** Equity and maintenance margin at the last session's close. */
  lastEquity: Money;
  lastMaintenance: Money;
  readonly positions: Map<string, VenuePosition>;
  /** Every order ever, and those of them that are not yet over. */
  readonly orders: Map<string, VenueOrder>;
  readonly open: Map<string, VenueOrder>;
  readonly orderIdByClientId: Map<string, string>;
  readonly executions: Execution[];
}

/** Everything that the venue must remember. Plain data: a snapshot is its JSON. */
export interface ExchangeState {
  readonly accounts: Map<string, AccountState>;
  session: VenueSession | undefined;
  /** The newest price of each symbol, and the price it had at the previous session's close. */
  readonly lastPrices: Map<string, Price>;
  readonly closePrices: Map<string, Price>;
  /** Symbols that have traded since the session opened. */
  readonly tradedToday: Set<string>;
  /** What can still be traded of each symbol before its next price; used where fills are bounded by volume. */
  readonly liquidity: Map<string, Quantity>;
  orderCount: number;
  executionCount: number;
  eventCount: number;
  drawCount: number;
}

export const emptyState = (): ExchangeState => ({
  accounts: new Map(),
  session: undefined,
  lastPrices: new Map(),
  closePrices: new Map(),
  tradedToday: new Set(),
  liquidity: new Map(),
  orderCount: 0,
  executionCount: 0,
  eventCount: 0,
  drawCount: 0,
});

/** JSON text of plain data that may hold bigints, maps and sets. */
export const encodeState = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return { $bigint: member.toString() };
    if (member instanceof Map) return { $map: [...member] };
    if (member instanceof Set) return { $set: [...member] };
    return member;
  });

function pairOf(member: unknown): [unknown, unknown] {
  if (!Array.isArray(member) || member.length !== 2) throw new Error('Invariant: a map in a snapshot holds pairs');
  const [key, value]: unknown[] = member;
  return [key, value];
}

/** Inverse of {@link encodeState}; the caller vouches for the shape, which its own checksum protects. */
export const decodeState = (text: string): unknown =>
  JSON.parse(text, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member;
    if ('$bigint' in member && typeof member.$bigint === 'string') return BigInt(member.$bigint);
    if ('$map' in member && Array.isArray(member.$map)) return new Map(member.$map.map(pairOf));
    if ('$set' in member && Array.isArray(member.$set)) return new Set(member.$set);
    return member;
  });
