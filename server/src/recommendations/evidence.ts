import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { limitUse } from '../risk/limit-use.ts';
import type { LimitName } from '../risk/limits.ts';
import { previewOrder } from '../risk/order-preview.ts';
import type { RiskPreview } from '../risk/order-preview.ts';
import { scopedContext } from '../risk/control-input.ts';
import type { RiskContext } from '../risk/types.ts';

/** A limit whose use the order would change, as fractions of the limit; `undefined` where there is no figure. */
export interface LimitMove {
  readonly name: LimitName;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** What is known when an order is recommended. Every figure is `undefined` where the data cannot support it. */
export interface Evidence {
  readonly referencePrice: Price | undefined;
  readonly notional: Money | undefined;
  readonly orderRisk: Money | undefined;
  readonly orderRiskRatio: Ratio | undefined;
  readonly exposureBefore: Money | undefined;
  readonly exposureAfter: Money | undefined;
  readonly grossBefore: Money | undefined;
  readonly grossAfter: Money | undefined;
  readonly limits: readonly LimitMove[];
}

/** Every limit that the order would bring nearer, with the tightest of account and strategy. */
function limitMoves(intent: OrderIntent, account: RiskContext): readonly LimitMove[] {
  const context = scopedContext(account, intent);
  const order = { id: intent.id, intent, remaining: intent.quantity };
  const before = new Map(limitUse(context).map(({ name, use }) => [name, use]));
  return limitUse({ ...context, openOrders: [...context.openOrders, order] }).flatMap(({ name, use: after }) =>
    after === undefined || after === before.get(name) ? [] : [{ name, before: before.get(name), after }],
  );
}

/** The order's figures, as its preview on the ticket reckons them. */
export function evidenceOf(intent: OrderIntent, context: RiskContext, collarMarketOrders: boolean): Evidence {
  const preview: RiskPreview = previewOrder(intent, context, { collarMarketOrders });
  const { referencePrice, notional, orderRisk, orderRiskRatio, exposureBefore, exposureAfter, grossBefore, grossAfter } = preview;
  return {
    referencePrice,
    notional,
    orderRisk,
    orderRiskRatio,
    exposureBefore,
    exposureAfter,
    grossBefore,
    grossAfter,
    limits: limitMoves(preview.intent, context),
  };
}
