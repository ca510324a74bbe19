/** Exact decimals: text of at most nine decimals is a whole number of billionths, and stays one. */
const SCALE = 1_000_000_000n;
const DECIMALS = 9;
const PLAIN = /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/;

/** Billionths of decimal text; `undefined` for what is no plain decimal. */
export function billionths(text: string): bigint | undefined {
  const match = PLAIN.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '0', part = ''] = match;
  const size = BigInt(whole) * SCALE + BigInt(part.padEnd(DECIMALS, '0'));
  return sign === '-' ? -size : size;
}

/** Decimal text of billionths, without noughts at its end. */
export function decimalText(value: bigint): string {
  const size = value < 0n ? -value : value;
  const part = (size % SCALE).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${size / SCALE}${part === '' ? '' : `.${part}`}`;
}

/** Product of two numbers of billionths, cut to a billionth towards nought. */
export const times = (left: bigint, right: bigint): bigint => (left * right) / SCALE;

/** Whether it has no part of a unit. */
export const isWhole = (value: bigint): boolean => value % SCALE === 0n;

/** Its whole units, towards nought. */
export const wholePart = (value: bigint): bigint => value - (value % SCALE);
