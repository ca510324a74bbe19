import type { Price } from '../money/fixed.ts';

export type OptionRight = 'call' | 'put';

/** When it may be exercised: at any time, or at expiry only. */
export type OptionStyle = 'american' | 'european';

/** What an option's symbol says. */
export interface OptionTermsText {
  /** The underlying's symbol, with a digit behind it where a corporate action changed what is delivered. */
  readonly root: string;
  /** New York date, `YYYY-MM-DD`: never an instant. */
  readonly expiresOn: string;
  readonly right: OptionRight;
  /** Dollars a share, in whole thousandths. */
  readonly strike: Price;
}

/** Text that is not the symbol of an option: which part is wrong, and how it is written. */
export class OptionSymbolError extends Error {
  override readonly name = 'OptionSymbolError';
  constructor(text: string, why: string) {
    super(
      `"${text.slice(0, 40)}" is not an option's symbol: ${why}; expected root, YYMMDD, C or P and eight digits, like AAPL240119C00190000`,
    );
  }
}

/** One thousandth of a dollar, at 1e-9. */
const STRIKE_STEP = 1_000_000n;
const STRIKE_DIGITS = 8;
const STRIKES = 10n ** BigInt(STRIKE_DIGITS);
const ROOT = /^[A-Z]{1,6}$|^[A-Z]{1,5}[0-9]$/;
const SYMBOL = /^([A-Z0-9]{1,6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;
const CENTURY = '20';

const RIGHTS = { C: 'call', P: 'put' } as const;
const LETTERS = { call: 'C', put: 'P' } as const satisfies Record<OptionRight, string>;

/** A date of the calendar, so that 30 February is none. */
function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/**
 * Reads the 21 places of the Options Clearing Corporation in the compact form that brokers use: no blanks behind the root. The fifteen
 * places from the end are fixed, so a root that ends in a digit is read as one. Throws {@link OptionSymbolError}.
 */
export function parseOptionSymbol(text: string): OptionTermsText {
  const match = SYMBOL.exec(text);
  if (match === null) throw new OptionSymbolError(text, 'its shape is another');
  const [, root = '', year = '', month = '', day = '', letter = '', digits = ''] = match;
  if (!ROOT.test(root)) throw new OptionSymbolError(text, `the root ${root} is not one to six letters with at most one digit at the end`);
  const expiresOn = `${CENTURY}${year}-${month}-${day}`;
  if (!isDate(expiresOn)) throw new OptionSymbolError(text, `there is no day ${expiresOn}`);
  const strike = (BigInt(digits) * STRIKE_STEP) as Price;
  if (strike === 0n) throw new OptionSymbolError(text, 'a strike is above zero');
  return { root, expiresOn, right: letter === 'C' ? RIGHTS.C : RIGHTS.P, strike };
}

/** The compact symbol. Throws {@link OptionSymbolError} for terms that no symbol can say. */
export function formatOptionSymbol({ root, expiresOn, right, strike }: OptionTermsText): string {
  const shown = `${root} ${expiresOn} ${right} ${strike}`;
  if (!ROOT.test(root)) throw new OptionSymbolError(shown, `the root ${root} is not one to six letters with at most one digit at the end`);
  if (!/^20\d{2}-\d{2}-\d{2}$/.test(expiresOn) || !isDate(expiresOn))
    throw new OptionSymbolError(shown, `${expiresOn} is no day of this century`);
  if (strike % STRIKE_STEP !== 0n) throw new OptionSymbolError(shown, 'its strike is finer than a thousandth of a dollar');
  const thousandths = strike / STRIKE_STEP;
  if (thousandths <= 0n || thousandths >= STRIKES) throw new OptionSymbolError(shown, 'its strike is not from 0.001 to 99999.999');
  const [year = '', month = '', day = ''] = expiresOn.split('-');
  return `${root}${year.slice(CENTURY.length)}${month}${day}${LETTERS[right]}${thousandths.toString().padStart(STRIKE_DIGITS, '0')}`;
}

/** What the symbol says, or `undefined` where it is not an option's. */
export function optionTermsOf(text: string): OptionTermsText | undefined {
  try {
    return parseOptionSymbol(text);
  } catch (error) {
    if (error instanceof OptionSymbolError) return undefined;
    throw error;
  }
}

/** The shortest symbol: a root of one letter before the fifteen places that are fixed. Every price of every position asks, and shares have shorter ones. */
const LENGTH_MIN = 16;

export const isOptionSymbol = (text: string): boolean => text.length >= LENGTH_MIN && optionTermsOf(text) !== undefined;
