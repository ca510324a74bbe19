import { format, UNITS_PER_ONE } from '../../../money/fixed.ts';
import type { Fixed, Ratio } from '../../../money/fixed.ts';
import type { ApprovedOrder } from '../../../risk/gate.ts';
import type { OrderIntent } from '../../order.ts';
import { isOfFamily } from '../../order-rules.ts';

const HUNDRED = 100n;

/** Decimals as text, and nothing for what there is not. */
const decimal = (name: string, value: Fixed | undefined): Record<string, string> => (value === undefined ? {} : { [name]: format(value) });

/** The broker counts a trailing distance in percent. */
const percent = (fraction: Ratio | undefined): Record<string, string> =>
  fraction === undefined ? {} : { trailPercent: format((fraction * HUNDRED) as Ratio) };

/** An order's fields as the broker takes them, for `POST /v2/orders`. */
export function requestOf({ intent }: ApprovedOrder) {
  const { stopLoss, orderClass } = intent;
  return {
    symbol: intent.symbol,
    qty: format(intent.quantity),
    side: intent.side,
    type: intent.type,
    timeInForce: intent.timeInForce,
    clientOrderId: intent.id,
    ...decimal('limitPrice', orderClass === 'oco' ? undefined : intent.limitPrice),
    ...decimal('stopPrice', intent.stopPrice),
    ...decimal('trailPrice', intent.trail),
    ...percent(intent.trailRatio),
    ...(orderClass === undefined ? {} : { orderClass }),
    ...(orderClass === undefined ? {} : takeProfitOf(intent)),
    ...(stopLoss === undefined || orderClass === undefined
      ? {}
      : { stopLoss: { stopPrice: format(stopLoss.stopPrice), ...decimal('limitPrice', stopLoss.limitPrice) } }),
    ...(intent.extendedHours === true ? { extendedHours: true } : {}),
  };
}

/** The take profit of an OCO is the order itself: the broker takes its price as a take profit all the same. */
function takeProfitOf({ orderClass, takeProfit, limitPrice }: OrderIntent): { readonly takeProfit?: { readonly limitPrice: string } } {
  const at = orderClass === 'oco' ? limitPrice : takeProfit?.limitPrice;
  return at === undefined ? {} : { takeProfit: { limitPrice: format(at) } };
}

/**
 * The changed fields as the broker takes them, for `PATCH /v2/orders/{id}`. The id is always ours: without one the broker would make one up, and the order
 * could not be found by it. A quantity is sent whole only: that of a fraction cannot change. Orders that hang together keep quantity and time in force: the broker
 * refuses a change that names them, even where they are the same.
 */
export function replacementOf({ intent }: ApprovedOrder) {
  const whole = intent.quantity % UNITS_PER_ONE === 0n;
  const trail = intent.trail ?? (intent.trailRatio === undefined ? undefined : ((intent.trailRatio * HUNDRED) as Ratio));
  return {
    clientOrderId: intent.id,
    ...(isOfFamily(intent) ? {} : { timeInForce: intent.timeInForce, ...(whole ? { qty: format(intent.quantity) } : {}) }),
    ...decimal('limitPrice', intent.limitPrice),
    ...decimal('stopPrice', intent.stopPrice),
    ...decimal('trail', trail),
  };
}
