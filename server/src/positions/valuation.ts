import { worthOf } from '../instruments/worth.ts';
import type { Money } from '../money/fixed.ts';
import { subtract } from '../money/money.ts';
import type { Position } from './position.ts';

/** Signed quantity × multiplier × (mark − average price), in dollars, without fees; `undefined` where there is no mark. */
export const unrealizedPnl = (
  position: Pick<Position, 'symbol' | 'quantity' | 'averagePrice'>,
  mark: { readonly price: Position['averagePrice'] } | undefined,
): Money | undefined =>
  mark === undefined ? undefined : worthOf(position.symbol, position.quantity, subtract(mark.price, position.averagePrice));
