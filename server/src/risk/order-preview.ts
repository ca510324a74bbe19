import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Denial, OrderIntent } from '../orders/order.ts';
import { controlInput, scopedContext } from './control-input.ts';
import type { ControlInput } from './control-input.ts';
import { malformedIntent } from './controls/order-sanity.ts';
import { collaredLimit } from './controls/price-collar.ts';
import { symbolExposure, worstValue } from './exposure.ts';
import { evaluate } from './gate.ts';
import { moneyOf, orderRisk, orderRiskMoney, orderRiskRatio } from './order-risk.ts';
import type { RiskContext } from './types.ts';
import { worstPrice } from './valuation.ts';
import type { ExactMoney } from './valuation.ts';

/** What the ticket shows before anything is sent. Every figure is `undefined` where the data cannot support it. */
export interface RiskPreview {
  readonly verdict: 'approved' | 'denied';
  readonly denials: readonly Denial[];
  /** The order as it would be sent: a market entry has become a marketable limit. */
  readonly intent: OrderIntent;
  readonly referencePrice: Price | undefined;
  /** Quantity × multiplier × the higher of its own price and the reference. */
  readonly notional: Money | undefined;
  /** What the order can lose, and that as a share of equity. */
  readonly orderRisk: Money | undefined;
  readonly orderRiskRatio: Ratio | undefined;
  /** Units by which the position grows; 0 for an exit. */
  readonly entry: Quantity;
  /** Worst case of position and open orders in the symbol, before and with the order. */
  readonly exposureBefore: Money | undefined;
  readonly exposureAfter: Money | undefined;
  /** The same over all symbols. */
  readonly grossBefore: Money | undefined;
  readonly grossAfter: Money | undefined;
}

/** A market order as the marketable limit it becomes; an exit and an unpriced symbol's order stay as they are. */
export function collaredIntent(intent: OrderIntent, context: RiskContext): OrderIntent {
  const mark = context.marks.get(intent.symbol);
  const instrument = context.instruments.get(intent.symbol);
  if (intent.type !== 'market' || mark === undefined || instrument === undefined || malformedIntent(intent).length > 0) return intent;
  if (!controlInput(intent, context).isEntry) return intent;
  const limitPrice = collaredLimit(
    intent.side,
    mark,
    instrument,
    scopedContext(context, intent).limits,
    context.profiles.get(intent.symbol),
  );
  return { ...intent, type: 'limit', limitPrice };
}

/** Asks the gate without placing anything. `collarMarketOrders` says whether market entries are sent as marketable limits. */
export function previewOrder(
  wanted: OrderIntent,
  context: RiskContext,
  { collarMarketOrders }: { readonly collarMarketOrders: boolean },
): RiskPreview {
  const intent = collarMarketOrders ? collaredIntent(wanted, context) : wanted;
  const { verdict, decision } = evaluate(intent, context);
  const asked = { verdict, denials: decision.denials, intent, referencePrice: decision.referencePrice };
  if (malformedIntent(intent).length > 0) return { ...asked, ...NO_FIGURES };
  const input = controlInput(intent, context);
  return { ...asked, ...riskFigures(input), ...exposureFigures(input, context), entry: input.entry };
}

const NO_FIGURES = {
  notional: undefined,
  orderRisk: undefined,
  orderRiskRatio: undefined,
  entry: 0n as Quantity,
  exposureBefore: undefined,
  exposureAfter: undefined,
  grossBefore: undefined,
  grossAfter: undefined,
} as const;

function riskFigures(input: ControlInput): Pick<RiskPreview, 'notional' | 'orderRisk' | 'orderRiskRatio'> {
  const worst = worstPrice(input.intent, input.reference);
  const risk = orderRisk(input);
  return {
    notional: worst === undefined ? undefined : moneyOf((input.intent.quantity * input.multiplier * worst) as ExactMoney),
    orderRisk: risk === undefined ? undefined : orderRiskMoney(risk),
    orderRiskRatio: risk === undefined || input.equity === undefined ? undefined : orderRiskRatio(risk, input.equity),
  };
}

function exposureFigures(
  { intent, before, after }: ControlInput,
  context: RiskContext,
): Pick<RiskPreview, 'exposureBefore' | 'exposureAfter' | 'grossBefore' | 'grossAfter'> {
  const dollars = (exact: ExactMoney | undefined): Money | undefined => (exact === undefined ? undefined : moneyOf(exact));
  return {
    exposureBefore: dollars(worstValue(symbolExposure(before, intent.symbol, context))),
    exposureAfter: dollars(worstValue(symbolExposure(after, intent.symbol, context))),
    grossBefore: dollars(before.gross),
    grossAfter: dollars(after.gross),
  };
}
