import { divide, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import { CONTRACT_SHARES } from './option-contract.ts';
import { isOptionSymbol } from './option-symbol.ts';

/**
 * What quantity × price is multiplied by to be money: 100 of an option, whose price is for one share, 1 of everything else. It follows from the symbol,
 * so that no position, lot or fill can carry another one. A corporate action that changes what a contract delivers gives it another root and leaves the
 * premium's multiplier as it is.
 */
export const multiplierOf = (symbol: string): bigint => (isOptionSymbol(symbol) ? CONTRACT_SHARES : 1n);

/** Signed units of a symbol at a price, in dollars, half-even at 1e-9. */
export const worthOf = (symbol: string, size: Quantity, at: Price): Money =>
  divide(size * at * multiplierOf(symbol), UNITS_PER_ONE, 'half-even') as Money;

/** Money ÷ units of a symbol: the price at which they are worth it, half-even at 1e-9. */
export const pricePaid = (symbol: string, amount: Money, size: Quantity): Price =>
  divide(amount * UNITS_PER_ONE, size * multiplierOf(symbol), 'half-even') as Price;
