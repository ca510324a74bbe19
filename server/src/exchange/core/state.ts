import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import type { CorporateAction } from './corporate-actions.ts';
import type { Shown } from './luld.ts';
import type { Charge, Entry, Execution, VenueOrder, VenuePosition, VenueSession } from './types.ts';

/** Orders that belong together: the ids that its members have now, for a replaced one has a new id. */
export interface Family {
  /** The entry; of an `oco` the take-profit. */
  readonly head: string;
  /** The exits; of an `oco` the stop alone. */
  readonly legs: readonly string[];
}

/** What the broker's staff and the account's owner have set. */
export interface AccountSettings {
  readonly status: string;
  readonly accountBlocked: boolean;
  readonly tradingBlocked: boolean;
  readonly transfersBlocked: boolean;
  /** Set by the broker after positions grew out of proportion to the equity; taken back by hand. */
  readonly closingOnly: boolean;
  readonly suspendTrade: boolean;
  readonly noShorting: boolean;
  readonly fractionalTrading: boolean;
  readonly disableOvernight: boolean;
  readonly maxMultiplier: 1 | 2 | 4;
  readonly maxOptionsLevel: 0 | 1 | 2 | 3;
  readonly tradeConfirmEmail: 'all' | 'none';
  readonly ptpNoExceptionEntry: boolean;
}

export const NEW_SETTINGS: AccountSettings = {
  status: 'ACTIVE',
  accountBlocked: false,
  tradingBlocked: false,
  transfersBlocked: false,
  closingOnly: false,
  suspendTrade: false,
  noShorting: false,
  fractionalTrading: true,
  disableOvernight: false,
  maxMultiplier: 4,
  maxOptionsLevel: 3,
  tradeConfirmEmail: 'none',
  ptpNoExceptionEntry: false,
};

/** What changed of an asset since it was listed. */
export interface AssetChange {
  readonly tradable?: boolean | undefined;
  readonly active?: boolean | undefined;
  readonly borrow?: 'easy_to_borrow' | 'hard_to_borrow' | undefined;
  readonly overnightTradable?: boolean | undefined;
  readonly overnightHalted?: boolean | undefined;
  readonly fractionalExtended?: boolean | undefined;
  readonly ipo?: boolean | undefined;
}

/** Why a symbol is not traded now, in the words of the status stream. */
export interface Halt {
  readonly code: string;
  readonly reason: string;
  readonly since: Instant;
}

/** One point of an account's equity. */
export interface EquityPoint {
  readonly at: Instant;
  readonly equity: Money;
}

/** Which hours are being traded. `closed` is what lies between, and every hour outside of the core session where no others are played. */
export type Phase = 'closed' | 'pre' | 'core' | 'post' | 'overnight';

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
  settings: AccountSettings;
  readonly families: Map<string, Family>;
  /** Dividends, splits and what else moves cash or shares without a trade. */
  readonly entries: Entry[];
  /** Equity at each close, and at what happened in between. */
  readonly history: EquityPoint[];
}

/** Everything that the venue must remember. Plain data: a snapshot is its JSON. */
export interface ExchangeState {
  readonly accounts: Map<string, AccountState>;
  session: VenueSession | undefined;
  phase: Phase;
  /** The newest price of each symbol, and the price it had at the previous session's close. */
  readonly lastPrices: Map<string, Price>;
  readonly closePrices: Map<string, Price>;
  /** Symbols that have traded since the session opened. */
  readonly tradedToday: Set<string>;
  /** What can still be traded of each symbol before its next price; used where fills are bounded by volume. */
  readonly liquidity: Map<string, Quantity>;
  readonly halts: Map<string, Halt>;
  /** Symbols whose next price is a gap, whatever way it came: they were halted. */
  readonly resumed: Set<string>;
  readonly assets: Map<string, AssetChange>;
  /** Prices of the last minutes, where limit up and limit down are watched. */
  readonly shown: Map<string, readonly Shown[]>;
  readonly corporateActions: CorporateAction[];
  /** Requests reach the matching with the next price only. */
  delayed: boolean;
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
  phase: 'closed',
  halts: new Map(),
  resumed: new Set(),
  assets: new Map(),
  shown: new Map(),
  corporateActions: [],
  delayed: false,
  orderCount: 0,
  executionCount: 0,
  eventCount: 0,
  drawCount: 0,
});

/** A state as it may have been written before some of its fields were there. */
export type HeldState = Omit<Partial<ExchangeState>, 'accounts'> & {
  readonly accounts: ReadonlyMap<string, Omit<AccountState, LaterField> & Partial<Pick<AccountState, LaterField>>>;
};
type LaterField = 'settings' | 'families' | 'entries' | 'history';

const laterFields = (): Pick<AccountState, LaterField> => ({
  settings: NEW_SETTINGS,
  families: new Map(),
  entries: [],
  history: [],
});

/** Fills in what a state does not have that was written before these fields were. */
export function completed(held: HeldState): ExchangeState {
  const phase = held.session === undefined ? 'closed' : 'core';
  const accounts = new Map<string, AccountState>();
  for (const [id, account] of held.accounts) accounts.set(id, Object.assign(laterFields(), account));
  return Object.assign(emptyState(), { phase }, held, { accounts });
}

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
