import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

/** What is held of one symbol, at average cost. */
export interface Position {
  readonly symbol: string;
  /** Signed; negative is short; never zero in a list of positions. */
  readonly quantity: Quantity;
  /** Average price paid (or received, when short), without fees. */
  readonly averagePrice: Price;
  readonly realizedPnl: Money;
  readonly fees: Money;
  readonly openedAt: Instant;
  readonly updatedAt: Instant;
}

/** A round trip, matched first in, first out. */
export interface Trade {
  readonly id: string;
  readonly symbol: string;
  readonly direction: 'long' | 'short';
  /** Positive. */
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly exitPrice: Price;
  readonly entryAt: Instant;
  readonly exitAt: Instant;
  /** Before fees. */
  readonly grossPnl: Money;
  readonly fees: Money;
  readonly strategyId?: string;
}
