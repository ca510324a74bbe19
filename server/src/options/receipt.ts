import { format, price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { ValuationReceipt } from './quote.ts';

/** A receipt as JSON: prices as decimal text, times in milliseconds. */
export interface ReceiptJson extends Omit<ValuationReceipt, 'spot' | 'spotAt' | 'price' | 'strike'> {
  readonly spot: string;
  readonly spotAt: number;
  readonly price?: string;
  readonly strike: string;
}

export function encodeReceipt({ spot, spotAt, price: quoted, strike, ...rest }: ValuationReceipt): ReceiptJson {
  return { ...rest, spot: format(spot), spotAt, strike: format(strike), ...(quoted === undefined ? {} : { price: format(quoted) }) };
}

const isReceipt = (value: unknown): value is ReceiptJson =>
  typeof value === 'object' &&
  value !== null &&
  'model' in value &&
  value.model === 'black-scholes-merton' &&
  'spot' in value &&
  typeof value.spot === 'string' &&
  'strike' in value &&
  typeof value.strike === 'string' &&
  'spotAt' in value &&
  typeof value.spotAt === 'number';

/** Reads what {@link encodeReceipt} wrote. */
export function decodeReceipt(value: unknown): ValuationReceipt {
  if (!isReceipt(value)) throw new Error('Invariant: a stored receipt names its model, the price of the underlying and the strike');
  const { spot, spotAt, price: quoted, strike, ...rest } = value;
  return {
    ...rest,
    spot: price(spot),
    spotAt: instantFromMs(spotAt),
    strike: price(strike),
    ...(quoted === undefined ? {} : { price: price(quoted) }),
  };
}
