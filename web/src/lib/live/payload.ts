const BILLION = 1_000_000_000n;
const DIGITS = /^-?\d+$/;

/** Billionths as decimal text: "100665075000000" is "100665.075". */
function decimal(digits: string): string {
  const value = BigInt(digits);
  const size = value < 0n ? -value : value;
  const part = (size % BILLION).toString().padStart(9, '0').replace(/0+$/, '');
  return `${value < 0n ? '\u2212' : ''}${size / BILLION}${part === '' ? '' : `.${part}`}`;
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$n' in value)) return value;
  const { $n: digits } = value;
  return typeof digits === 'string' && DIGITS.test(digits) ? decimal(digits) : value;
}

/** A journal payload for reading: indented, fixed-point numbers as decimals. The hash covers the text as it was written. */
export function readablePayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload, readable), undefined, 2);
  } catch {
    // Not JSON: what was written is what is shown.
    return payload;
  }
}
