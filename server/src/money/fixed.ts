import type { Brand } from './brand.ts';

/** Units in one whole: prices, quantities, money and ratios are integers of 1e-9. */
export const UNITS_PER_ONE = 1_000_000_000n;
const FRACTION_DIGITS = 9;
/** 18 whole digits: far beyond any account, and small enough that every product stays a sane bigint. */
const WHOLE_DIGITS_MAX = 18;

/** Dollars a share, at 1e-9. */
export type Price = Brand<bigint, 'Price'>;
/** Signed shares, contracts or coins, at 1e-9. Negative is short. */
export type Quantity = Brand<bigint, 'Quantity'>;
/** Signed dollars, at 1e-9. */
export type Money = Brand<bigint, 'Money'>;
/** A dimensionless fraction, at 1e-9: 2 % is 20_000_000n. */
export type Ratio = Brand<bigint, 'Ratio'>;
/** Any of the fixed-point kinds. */
export type Fixed = Price | Quantity | Money | Ratio;

export type Rounding = 'floor' | 'ceil' | 'toward-zero' | 'away-from-zero' | 'half-even';

/** Text that is not a plain decimal of at most 18 whole and 9 fractional digits. */
export class DecimalTextError extends Error {
  override readonly name = 'DecimalTextError';
  readonly text: string;
  constructor(text: string, why: string) {
    super(`"${text.slice(0, 60)}" is not a decimal number: ${why}`);
    this.text = text;
  }
}

const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

function parseUnits(text: string): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) throw new DecimalTextError(text, 'expected digits, with at most one point and a leading minus');
  const [, sign, whole = '', fraction = ''] = match;
  if (whole.replace(/^0+/, '').length > WHOLE_DIGITS_MAX) throw new DecimalTextError(text, 'more than 18 digits before the point');
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > FRACTION_DIGITS) throw new DecimalTextError(text, 'more than 9 digits after the point');
  const units = BigInt(whole) * UNITS_PER_ONE + BigInt(kept.padEnd(FRACTION_DIGITS, '0'));
  if (sign === '-' && units === 0n) throw new DecimalTextError(text, 'negative zero');
  return sign === '-' ? -units : units;
}

/** Parse decimal text exactly; throws {@link DecimalTextError}. */
export const price = (text: string): Price => parseUnits(text) as Price;
export const quantity = (text: string): Quantity => parseUnits(text) as Quantity;
export const money = (text: string): Money => parseUnits(text) as Money;
export const ratio = (text: string): Ratio => parseUnits(text) as Ratio;

/** Shortest exact decimal text: no exponent, no trailing zeros, no negative zero. */
export function format(value: Fixed): string {
  const negative = value < 0n;
  const units: bigint = negative ? -value : value;
  const whole = units / UNITS_PER_ONE;
  const fraction = (units % UNITS_PER_ONE).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The door out of fixed point: the nearest double. Never feed the result back into money. */
export const toNumber = (value: Fixed): number => Number(format(value));

/**
 * The door into fixed point from doubles (bars, indicators): the shortest decimal of the double, rounded half-even at 1e-9.
 * Throws on NaN and infinities.
 */
export function unitsFromNumber(value: number): bigint {
  if (!Number.isFinite(value)) throw new DecimalTextError(String(value), 'not finite');
  const [mantissa = '0', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace('-', '').replace('.', '');
  const shift = exponent - (digits.length - 1) + FRACTION_DIGITS;
  if (exponent >= WHOLE_DIGITS_MAX) throw new DecimalTextError(String(value), 'more than 18 digits before the point');
  const raw = BigInt(digits);
  const units = shift >= 0 ? raw * 10n ** BigInt(shift) : divide(raw, 10n ** BigInt(-shift), 'half-even');
  return negative ? -units : units;
}
export const priceFromNumber = (value: number): Price => unitsFromNumber(value) as Price;
export const quantityFromNumber = (value: number): Quantity => unitsFromNumber(value) as Quantity;
export const moneyFromNumber = (value: number): Money => unitsFromNumber(value) as Money;
export const ratioFromNumber = (value: number): Ratio => unitsFromNumber(value) as Ratio;

/** Integer division with a named rounding. Throws RangeError when the divisor is zero. */
export function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  if (remainder === 0n) return quotient;
  const step = dividend < 0n === divisor < 0n ? 1n : -1n;
  switch (rounding) {
    case 'toward-zero':
      return quotient;
    case 'away-from-zero':
      return quotient + step;
    case 'floor':
      return step < 0n ? quotient - 1n : quotient;
    case 'ceil':
      return step > 0n ? quotient + 1n : quotient;
    case 'half-even': {
      const twice = (remainder < 0n ? -remainder : remainder) * 2n;
      const size = divisor < 0n ? -divisor : divisor;
      if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient;
      return quotient + step;
    }
  }
}
