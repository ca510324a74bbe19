import { format } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { InstrumentSource } from './instrument.ts';
import { CalendarRangeError, previousSession, sessionOn } from './calendar.ts';
import type { Session } from './calendar.ts';
import { optionTermsOf } from './option-symbol.ts';
import type { OptionStyle, OptionTermsText } from './option-symbol.ts';

/** A listed option. */
export interface OptionContract extends OptionTermsText {
  /** Of the Options Clearing Corporation, compact. */
  readonly symbol: string;
  readonly underlying: string;
  readonly style: OptionStyle;
  /** Units of the underlying that one contract's price is multiplied by. */
  readonly multiplier: number;
  readonly tradable: boolean;
  readonly source: InstrumentSource;
  /** Contracts open at the end of `openInterestOn`. */
  readonly openInterest?: number;
  readonly openInterestOn?: string;
  readonly name: string;
}

/** Shares of a contract that no corporate action has changed. */
export const STANDARD_MULTIPLIER = 100;
/** The same, as money is counted. */
export const CONTRACT_SHARES = BigInt(STANDARD_MULTIPLIER);

const YEAR_MS = 365 * 86_400_000;

const TERMS = ['root', 'expiresOn', 'right', 'strike'] as const satisfies readonly (keyof OptionTermsText)[];

/** Why a contract cannot be believed; `undefined` where it can. Its symbol must say what its fields say. */
export function contractProblem(contract: OptionContract): string | undefined {
  const { symbol, root, underlying, multiplier } = contract;
  const said = optionTermsOf(symbol);
  if (said === undefined || TERMS.some((name) => said[name] !== contract[name]))
    return `${symbol} does not say ${root} ${contract.expiresOn} ${contract.right} ${format(contract.strike)}`;
  if (!Number.isSafeInteger(multiplier) || multiplier <= 0) return `its multiplier is ${multiplier}`;
  if (underlying === '') return 'it names no underlying';
  return undefined;
}

/** What is delivered was changed by a corporate action: another multiplier, or a root with a digit. */
export const isAdjusted = ({ root, multiplier }: OptionContract): boolean => multiplier !== STANDARD_MULTIPLIER || /\d$/.test(root);

/**
 * The last session in which an option that expires on that date trades: the day itself, or the session before it where the exchange is
 * closed (monthly contracts before 2015 expired on Saturdays).
 */
export const lastTradingSession = (expiresOn: string): Session => sessionOn(expiresOn) ?? previousSession(expiresOn);

/** The end of an option's life: the close of its last session. Some indices and funds trade a quarter of an hour longer. */
export const expiresAt = (expiresOn: string): Instant => lastTradingSession(expiresOn).closeAt;

/** Time to the end in years of 365 days; 0 when it is over. */
export const yearsToExpiry = (expiresOn: string, at: Instant): number => Math.max(0, expiresAt(expiresOn) - at) / YEAR_MS;

/** Whole New York calendar days from `today` to the expiration; negative when it is past. */
export const daysToExpiry = (expiresOn: string, today: string): number =>
  Math.round((Date.parse(`${expiresOn}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);

/** A date of options that our calendar can place. */
export function isExpiration(text: string): boolean {
  if (!/^20\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text)) return false;
  try {
    return lastTradingSession(text).date <= text;
  } catch (error) {
    if (error instanceof CalendarRangeError) return false;
    throw error;
  }
}
