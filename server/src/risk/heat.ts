import { multiplierOf } from '../instruments/worth.ts';
import type { Quantity, Ratio } from '../money/fixed.ts';
import type { OrderIntent } from '../orders/order.ts';
import { openEntries } from './exposure.ts';
import { orderRisk } from './order-risk.ts';
import type { OpenOrderView, PositionView, RiskContext } from './types.ts';
import { referencePrice } from './valuation.ts';
import type { FineMoney } from './valuation.ts';

/** What Δ of an open order can lose; `undefined` without a price. */
export const entryRisk = (intent: OrderIntent, entry: Quantity, context: RiskContext): FineMoney | undefined =>
  orderRisk({
    intent,
    entry,
    multiplier: multiplierOf(intent.symbol),
    reference: referencePrice(context.marks.get(intent.symbol)),
    dailyVolatility: context.profiles.get(intent.symbol)?.dailyVolatility60,
    feeRate: context.feeRate ?? (0n as Ratio),
  });

/** Open orders with a stop, by symbol. */
type Stops = ReadonlyMap<string, readonly OpenOrderView[]>;

const stopsOf = ({ openOrders }: RiskContext, except: string | undefined): Stops =>
  Map.groupBy(
    openOrders.filter(({ id, intent, remaining }) => intent.stopPrice !== undefined && remaining > 0n && id !== except),
    ({ intent }) => intent.symbol,
  );

/**
 * What a position can lose: the units that an open stop order would close at 1.25 times the distance to that stop, the rest at
 * stress. A stop beyond the price counts as no loss. `undefined` without a price.
 */
export const positionRisk = (position: PositionView, context: RiskContext): FineMoney | undefined =>
  riskWith(position, stopsOf(context, undefined), context);

function riskWith(position: PositionView, stops: Stops, context: RiskContext): FineMoney | undefined {
  const side = position.quantity > 0n ? 'buy' : 'sell';
  const reference = referencePrice(context.marks.get(position.symbol));
  const dailyVolatility = context.profiles.get(position.symbol)?.dailyVolatility60;
  const figures = { multiplier: multiplierOf(position.symbol), reference, dailyVolatility, feeRate: context.feeRate ?? (0n as Ratio) };
  let bare = position.quantity < 0n ? 0n - position.quantity : position.quantity;
  let total = 0n;
  for (const { intent, remaining } of stops.get(position.symbol) ?? []) {
    if (intent.side === side) continue;
    const covered = remaining < bare ? remaining : bare;
    const lossy = reference !== undefined && intent.stopPrice !== undefined && (side === 'buy') === intent.stopPrice < reference;
    const stop = lossy ? intent.stopPrice : reference;
    if (stop === undefined) return undefined;
    total += orderRisk({ intent: { side, protectiveStop: stop }, entry: covered as Quantity, ...figures }) ?? 0n;
    bare -= covered;
  }
  const rest = orderRisk({ intent: { side }, entry: bare as Quantity, ...figures });
  return rest === undefined ? undefined : ((total + rest) as FineMoney);
}

/**
 * Portfolio heat in dollars at 1e-27: Σ of what positions and open entries can lose, the order `except` left out; `undefined` where a price
 * is missing.
 */
export function heat(context: RiskContext, except?: string): FineMoney | undefined {
  const stops = stopsOf(context, except);
  let total = 0n;
  for (const position of context.positions.values()) {
    const risk = position.quantity === 0n ? (0n as FineMoney) : riskWith(position, stops, context);
    if (risk === undefined) return undefined;
    total += risk;
  }
  for (const { open, entry } of openEntries(context, except)) {
    const risk = entryRisk(open.intent, entry, context);
    if (risk === undefined) return undefined;
    total += risk;
  }
  return total as FineMoney;
}
