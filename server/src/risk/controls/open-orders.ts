import type { Denial } from '../../orders/order.ts';
import type { Control } from '../control-input.ts';
import { isUnlimited } from '../limits.ts';
import { countDenial } from './denial.ts';

/** Orders that would be open, this one included, on the account and in the symbol. */
export const openOrders: Control = ({ isEntry, intent, after }, { limits }) => {
  if (!isEntry) return [];
  const check = (what: string, limit: number, actual: number): readonly Denial[] =>
    isUnlimited(limit) || actual <= limit ? [] : [countDenial('OpenOrders', what, limit, actual)];
  const ofSymbol = after.bySymbol.get(intent.symbol)?.orders ?? 1;
  return [
    ...check('Open orders:', limits.openOrdersMax, after.orders),
    ...check(`Open orders in ${intent.symbol}:`, limits.openOrdersSymbolMax, ofSymbol),
  ];
};
