import { CONTRACT_SHARES } from '../../instruments/option-contract.ts';
import { optionTermsOf } from '../../instruments/option-symbol.ts';
import type { OptionTermsText } from '../../instruments/option-symbol.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { notional } from '../../money/money.ts';

const known = new Map<string, OptionTermsText | undefined>();
const KNOWN_MAX = 10_000;

/** What an option's symbol says; `undefined` of a share's. A pure function's results, kept because every mark of every position asks. */
export function termsOf(symbol: string): OptionTermsText | undefined {
  if (symbol.length < 16) return undefined;
  const held = known.get(symbol);
  if (held !== undefined || known.has(symbol)) return held;
  if (known.size >= KNOWN_MAX) known.clear();
  const terms = optionTermsOf(symbol);
  known.set(symbol, terms);
  return terms;
}

export const isOption = (symbol: string): boolean => termsOf(symbol) !== undefined;

/** What a position is worth: an option's price is for one share. */
export const worth = (symbol: string, quantity: Quantity, at: Price): Money =>
  isOption(symbol) ? ((notional(quantity, at) * CONTRACT_SHARES) as Money) : notional(quantity, at);
