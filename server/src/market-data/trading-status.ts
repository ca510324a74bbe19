import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

/** A word of an exchange on whether a symbol is traded. */
export interface TradingStatus {
  readonly symbol: string;
  readonly at: Instant;
  readonly trading: boolean;
  /** The exchange's own code and words, for people. */
  readonly words: string;
}

/** What can be asked of a symbol at any time: what the stream of statuses has told meanwhile is not among it. */
export interface SymbolStanding {
  readonly symbol: string;
  /** Whether the broker takes orders in it; `undefined` where it does not say. */
  readonly tradable: boolean | undefined;
  readonly tradedAt?: Instant;
  readonly quotedAt?: Instant;
}

/** Nasdaq's codes (tape C), where `Q` lets quotes come back before trades, and those of tapes A and B. */
const TRADING: ReadonlySet<string> = new Set(['T', '3']);
/** Indications, imbalances and a restriction of short sales: trading goes on, or stays halted, as it was. */
const INFORMATION: ReadonlySet<string> = new Set(['5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E']);
/** Of tapes A and B: limit up and limit down, which is a pause where the reason says so, and the state of the bands otherwise. */
const LIMIT_CODE = 'F';
const LIMIT_PAUSE = 'M';

/** A status as the stream gives it, once the SDK has named its fields. */
export interface WireStatus {
  readonly statusCode?: string;
  readonly statusMessage?: string;
  readonly reasonCode?: string;
  readonly reasonMessage?: string;
  readonly timestamp: Date;
}

/** What a code says of trading; one that is not known stops it until a code that is known lets it go on. `undefined`: nothing. */
export function statusOf(symbol: string, wire: WireStatus, heardAt: Instant): TradingStatus | undefined {
  const { statusCode = '', statusMessage = '', reasonCode = '', reasonMessage = '', timestamp } = wire;
  if (INFORMATION.has(statusCode) || (statusCode === LIMIT_CODE && reasonCode !== LIMIT_PAUSE)) return undefined;
  const told = timestamp.getTime();
  const part = (code: string, message: string): string => [code, message].filter((text) => text !== '').join(' ');
  const words = [part(statusCode, statusMessage), part(reasonCode, reasonMessage)].filter((text) => text !== '').join(', ');
  return { symbol, at: Number.isNaN(told) ? heardAt : instantFromMs(told), trading: TRADING.has(statusCode), words: words.slice(0, 200) };
}
