import type { Instant } from '../money/instant.ts';
import type { Mark } from '../risk/types.ts';
import type { Adjustment, Bar, Timeframe } from './bar.ts';
import type { Notice } from './notice.ts';
import type { SymbolStanding, TradingStatus } from './trading-status.ts';

export interface HistoryRequest {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Included. */
  readonly from: Instant;
  /** Included; as late as the provider has bars where absent. */
  readonly to?: Instant;
  readonly adjustment: Adjustment;
  readonly signal?: AbortSignal;
}

/** A bar that the provider sent and that cannot be believed. */
export interface RefusedBar {
  readonly symbol: string;
  readonly reason: string;
  /** What was sent, as JSON. */
  readonly raw: string;
}

export interface HistoryPage {
  readonly bars: readonly Bar[];
  readonly refused: readonly RefusedBar[];
}

/** What a live subscription tells. Each call is one message from the outside, already parsed. */
export interface FeedListener {
  onMark(symbol: string, mark: Mark): void;
  /** A bar that is closed and final. */
  onBar(bar: Bar): void;
  onRefused(bar: RefusedBar): void;
  /** An exchange has halted trading in a symbol, or lets it go on. */
  onStatus?(status: TradingStatus): void;
  onConnected(): void;
  onDisconnected(reason: string): void;
  /** Something a person should know of: refused symbols, a stream that stopped for good. */
  onNotice?(notice: Notice): void;
}

export interface FeedRequest {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
}

/** A source of market data: history in pages, and a live feed that reconnects by itself. */
export interface Provider {
  readonly name: string;
  /** Pages of validated bars, by symbol and then time, until there are no more. Throws {@link ProviderError}. */
  history(request: HistoryRequest): AsyncIterable<HistoryPage>;
  /** Listens until the returned function is called. */
  subscribe(request: FeedRequest, listener: FeedListener): Promise<() => Promise<void>>;
  /** Whether these symbols can be traded, and when each last had a price. Throws {@link ProviderError}. Without it halts are known by the feed alone. */
  standings?(symbols: readonly string[]): Promise<readonly SymbolStanding[]>;
}

/** The provider refused or could not be reached: what it said, and what to do. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
}
