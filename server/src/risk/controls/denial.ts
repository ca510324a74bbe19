import { format } from '../../money/fixed.ts';
import type { Money, Price, Ratio } from '../../money/fixed.ts';
import { formatDuration } from '../../money/instant.ts';
import type { Denial, DenialCode } from '../../orders/order.ts';
import type { ControlInput } from '../control-input.ts';
import { isUnlimited, percent } from '../limits.ts';
import { shareOf } from '../order-risk.ts';
import type { ExactMoney } from '../valuation.ts';

/** What stands in a denial where a figure is missing. */
export const UNKNOWN = 'unknown';

/** A share beyond its limit. `what` begins the sentence: `The order's risk`. */
export const ratioDenial = (code: DenialCode, what: string, limit: Ratio, actual: Ratio): Denial => ({
  code,
  message: `${what} is ${percent(actual)}; the limit is ${percent(limit)}.`,
  limit: format(limit),
  actual: format(actual),
  unit: 'ratio',
});

export const moneyDenial = (code: DenialCode, what: string, limit: Money, actual: Money): Denial => ({
  code,
  message: `${what} is $${format(actual)}; the limit is $${format(limit)}.`,
  limit: format(limit),
  actual: format(actual),
  unit: 'usd',
});

export const priceDenial = (code: DenialCode, what: string, limit: Price, actual: Price): Denial => ({
  code,
  message: `${what} is $${format(actual)}; the limit is $${format(limit)}.`,
  limit: format(limit),
  actual: format(actual),
  unit: 'price',
});

/** An input is missing, so the entry is denied: `why` is the rest of the sentence. */
export const unknownDenial = (code: DenialCode, unit: Denial['unit'], limit: string, why: string): Denial => ({
  code,
  message: `No position is opened: ${why}; the limit is ${limit}.`,
  limit,
  actual: UNKNOWN,
  unit,
});

/** Why the figures of a control are not known. */
export const EQUITY_UNKNOWN = 'equity is missing, not positive, or older than 60 s';
export const REFERENCE_UNKNOWN = 'the symbol has no usable price';
export const EXPOSURE_UNKNOWN = 'a symbol that is held or ordered has no price';

/** Something that is not a number: `limit` says what passes. */
export const textDenial = (code: DenialCode, message: string, limit: string, actual: string): Denial => ({
  code,
  message,
  limit,
  actual,
  unit: 'text',
});

/** `what` begins the sentence; the figures follow. */
export const countDenial = (code: DenialCode, what: string, limit: number, actual: number): Denial => ({
  code,
  message: `${what} ${actual}; the limit is ${limit}.`,
  limit: String(limit),
  actual: String(actual),
  unit: 'count',
});

export const msDenial = (code: DenialCode, what: string, limit: number, actual: number): Denial => ({
  code,
  message: `${what} ${formatDuration(actual)}; the limit is ${formatDuration(limit)}.`,
  limit: String(limit),
  actual: String(actual),
  unit: 'ms',
});

/** A sum of dollars as a share of equity. A sum or an equity that is not known denies; a limit that is off asks for neither. */
export function shareDenials(
  code: DenialCode,
  what: string,
  limit: Ratio,
  sum: ExactMoney | undefined,
  { equity, reference }: Pick<ControlInput, 'equity' | 'reference'>,
): readonly Denial[] {
  if (isUnlimited(limit)) return [];
  if (sum === undefined || reference === undefined) return [unknownDenial(code, 'ratio', format(limit), EXPOSURE_UNKNOWN)];
  if (equity === undefined) return [unknownDenial(code, 'ratio', format(limit), EQUITY_UNKNOWN)];
  if (sum <= limit * equity) return [];
  return [ratioDenial(code, what, limit, shareOf(sum, equity))];
}
