import type { Money } from '../money/fixed.ts';
import { notional, subtract } from '../money/money.ts';
import type { Position } from './position.ts';

/** Signed quantity × (mark − average price), in dollars, without fees; `undefined` where there is no mark. */
export const unrealizedPnl = (
  position: Pick<Position, 'quantity' | 'averagePrice'>,
  mark: { readonly price: Position['averagePrice'] } | undefined,
): Money | undefined => (mark === undefined ? undefined : notional(position.quantity, subtract(mark.price, position.averagePrice)));
