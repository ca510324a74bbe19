import { format } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import type { Refusal } from './types.ts';

const FORBIDDEN = 40310000;
const NOT_FOUND = 40410000;
const UNPROCESSABLE = 42210000;
const DUPLICATE = 40010001;

export const unprocessable = (message: string): Refusal => ({ status: 422, code: UNPROCESSABLE, message });
export const forbidden = (message: string, extra: Readonly<Record<string, string | readonly string[]>> = {}): Refusal => ({
  status: 403,
  code: FORBIDDEN,
  message,
  extra,
});
export const notFound = (message: string): Refusal => ({ status: 404, code: NOT_FOUND, message });

export const duplicateClientId = (): Refusal => ({ status: 422, code: DUPLICATE, message: 'client_order_id must be unique' });

export const insufficientBuyingPower = (buyingPower: Money, cost: Money): Refusal =>
  forbidden('insufficient buying power', { buying_power: format(buyingPower), cost_basis: format(cost) });

export const insufficientQuantity = (
  symbol: string,
  requested: Quantity,
  available: Quantity,
  existing: Quantity,
  held: Quantity,
  related: readonly string[],
): Refusal =>
  forbidden(`insufficient qty available for order (requested: ${format(requested)}, available: ${format(available)})`, {
    symbol,
    available: format(available),
    existing_qty: format(existing),
    held_for_orders: format(held),
    ...(related.length === 0 ? {} : { related_orders: related }),
  });

export const washTrade = (existingOrderId: string, type: string): Refusal =>
  forbidden('potential wash trade detected. use complex orders', {
    existing_order_id: existingOrderId,
    reject_reason: `opposite side ${type} order exists`,
  });

export const subPenny = (field: string, value: Price): Refusal =>
  unprocessable(`invalid ${field} ${format(value)}. sub-penny increment does not fulfill minimum pricing criteria`);
