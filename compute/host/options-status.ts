/** What is said of each row of a chain, by number; `assembly/options/inputs.ts` has the same. */
export const OPTION_STATUSES = [
  'Ok',
  'BadRight',
  'BadSpot',
  'BadStrike',
  'BadYears',
  'BadRate',
  'BadDividendYield',
  'BadVolatility',
  'BadPrice',
  'NegativePrice',
  'Expired',
  'BelowIntrinsic',
  'AboveMaximum',
  'Unidentifiable',
  'UnstableTree',
] as const;

export type OptionStatus = (typeof OPTION_STATUSES)[number];

/** Why a price has no implied volatility. */
export type NoVolatility = Extract<OptionStatus, 'NegativePrice' | 'Expired' | 'BelowIntrinsic' | 'AboveMaximum' | 'Unidentifiable'>;

/** The name of a number in a `status` column. */
export function optionStatus(code: number): OptionStatus {
  const status = OPTION_STATUSES[code];
  if (status === undefined) throw new RangeError(`There is no option status ${code}; they are 0 to ${OPTION_STATUSES.length - 1}.`);
  return status;
}

export type OptionField = 'right' | 'spot' | 'strike' | 'years' | 'rate' | 'dividendYield' | 'volatility' | 'price' | 'steps' | 'tree';

const PRICE = 'from 1e-50 to 1e50';
const RATE = 'from -100 to 100, and from -100 to 100 when multiplied by the years';

/** Of each status that says that an input is bad: which, and what it may be. */
export const BAD_INPUTS: Readonly<Partial<Record<OptionStatus, readonly [OptionField, string]>>> = {
  BadRight: ['right', 'call or put'],
  BadSpot: ['spot', PRICE],
  BadStrike: ['strike', PRICE],
  BadYears: ['years', 'from 0 to 10000'],
  BadRate: ['rate', RATE],
  BadDividendYield: ['dividendYield', RATE],
  BadVolatility: ['volatility', 'from 0 to 1000'],
  BadPrice: ['price', 'a finite number'],
};

/** An input that no option can have: which, its value, and what it may be. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
  readonly field: OptionField;
  readonly value: unknown;
  /** In words: `from 0 to 10000`. */
  readonly allowed: string;

  constructor(field: OptionField, value: unknown, allowed: string, message = `${field} is ${String(value)}, but must be ${allowed}.`) {
    super(message);
    this.field = field;
    this.value = value;
    this.allowed = allowed;
  }
}
