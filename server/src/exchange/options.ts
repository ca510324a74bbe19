import type { Instrument } from '../instruments/instrument.ts';
import type { BarColumns } from '../market-data/bar.ts';
import { price, ratio } from '../money/fixed.ts';
import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { coreOptions } from './core/core.ts';
import type { CoreOptions } from './core/types.ts';
import { isSpeed } from './http/admin.ts';
import type { KeyPair } from './http/authentication.ts';
import type { SessionTimes } from './market/sessions.ts';

export const EXCHANGE_MODES = ['alpaca-paper', 'realistic'] as const;
export type ExchangeMode = (typeof EXCHANGE_MODES)[number];

/** What a simulated exchange can be given. Only the bars and their instruments are needed. */
export interface ExchangeOptions {
  /** Bars of one timeframe, one entry a symbol. */
  readonly bars: readonly BarColumns[];
  readonly instruments: readonly Instrument[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** The address to listen on; loopback by default. */
  readonly host?: string;
  /** With both, only this pair is let in; without, each pair has an account of its own. */
  readonly keyId?: string | undefined;
  readonly secret?: string | undefined;
  /** Bars a minute of real time, 60 by default; 0 moves only by {@link Exchange.step} or the admin path. */
  readonly speed?: number;
  /** Where the played span begins; bars before it are history. */
  readonly from?: Instant | undefined;
  readonly mode?: ExchangeMode;
  /** A folder that keeps everything over a crash; without it the venue is forgotten at the end. */
  readonly dataDir?: string | undefined;
  readonly startCash?: Money;
  readonly commissionRate?: Ratio;
  readonly multiplier?: 1 | 2 | 4;
  /** Seed of random partial fills; whole fills without. */
  readonly partialFills?: number | undefined;
  /** Mode `realistic`: the share of each step's volume that orders may take together; a tenth by default. */
  readonly participation?: Ratio;
  readonly penny?: boolean;
  /** A touched buy stop becomes a collared limit, as the broker documents. Off by default: a gap fills at the open. */
  readonly buyStopCollar?: boolean;
  /** Between bid and ask; a cent by default. */
  readonly spread?: Price;
  /** Behaviours that the broker leaves uncertain, and rules that a mode decides; see the core's options for each. */
  readonly switches?: Partial<Switches>;
  /** Seed of the faults that happen to a share of their occasions. */
  readonly faultSeed?: number;
  /** Calls a minute and account, apart for trading and data. */
  readonly rateLimitPerMinute?: number;
  readonly symbolLimit?: number | undefined;
  readonly connectionLimit?: number | undefined;
  readonly authTimeoutMs?: number;
  /** Trade updates as JSON in binary frames, as the paper server sends them; on by default. */
  readonly binaryTradeUpdates?: boolean;
  readonly sessions?: SessionTimes;
  /** Goes into all ids; random by default, and kept with the folder. */
  readonly venueId?: string;
  /** Hears of warnings and internal errors. */
  readonly onWarning?: (message: string) => void;
}

export type Switches = Pick<
  CoreOptions,
  | 'auctionTif'
  | 'auctionWindows'
  | 'replaceCarriesFills'
  | 'routingDelay'
  | 'legEvents'
  | 'doneForDay'
  | 'extendedSessions'
  | 'limitDistanceMax'
  | 'luldBand'
  | 'dividends'
  | 'optionEndsNextDay'
  | 'longFullBelow'
  | 'closingOnlyRatio'
  | 'washTradeChecks'
>;

/** What is unlike the broker's paper account in a venue that wants to be like a market. */
const REALISTIC: Partial<Switches> = { routingDelay: true, dividends: true };
/** Limit up and limit down are told by the minute: coarser bars jump over them. */
const LULD_TIMEFRAMES: ReadonlySet<string> = new Set(['1Min', '5Min']);
const LULD_BAND = ratio('0.05');

/** Options that contradict each other or the data; the message says what to do. */
export class ExchangeOptionsError extends Error {
  override readonly name = 'ExchangeOptionsError';
}

export const DEFAULTS = {
  speed: 60,
  spread: price('0.01'),
  rateLimitPerMinute: 6_000,
  participation: ratio('0.1'),
  authTimeoutMs: 10_000,
} as const;

/** The one key pair that is let in, if there is one. */
export function expectedPair({ keyId, secret }: ExchangeOptions): KeyPair | undefined {
  if (keyId === undefined && secret === undefined) return undefined;
  if (!keyId || !secret) throw new ExchangeOptionsError('Give both a key id and a secret, or neither');
  return { keyId, secret };
}

export function checkOptions({ bars, instruments, speed }: ExchangeOptions): void {
  if (speed !== undefined && !isSpeed(speed))
    throw new ExchangeOptionsError(`The speed ${speed} is not a number of bars a minute, 0 to 60000`);
  const known = new Set(instruments.map(({ symbol }) => symbol));
  if (known.size !== instruments.length) throw new ExchangeOptionsError('An instrument is given twice');
  for (const { symbol } of bars) if (!known.has(symbol)) throw new ExchangeOptionsError(`The bars of ${symbol} have no instrument`);
}

const defined = <T extends object>(given: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

export function rulesOf(options: ExchangeOptions, venueId: string): CoreOptions {
  const { startCash, commissionRate, multiplier, partialFills, penny, buyStopCollar, participation } = options;
  const realistic = options.mode === 'realistic';
  const banded = realistic && LULD_TIMEFRAMES.has(options.bars[0]?.timeframe ?? '');
  return coreOptions({
    instruments: new Map(options.instruments.map((instrument) => [instrument.symbol, instrument])),
    venueId,
    regulatoryFees: realistic,
    ...(realistic ? { participation: participation ?? DEFAULTS.participation } : {}),
    ...(realistic ? REALISTIC : {}),
    ...(banded ? { luldBand: LULD_BAND } : {}),
    spread: options.spread ?? DEFAULTS.spread,
    ...defined(options.switches ?? {}),
    ...defined({ startCash, commissionRate, multiplier, partialFills, penny, buyStopCollar }),
  });
}
