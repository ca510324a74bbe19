import { multiplierOf } from '../instruments/worth.ts';
import { divide, UNITS_PER_ONE } from '../money/fixed.ts';
import type { Ratio } from '../money/fixed.ts';
import { aggregateFigures, flowFigures } from './aggregate-use.ts';
import { breakerStates } from './breakers.ts';
import type { BreakerFigures } from './breakers.ts';
import { usableEquity } from './control-input.ts';
import { exposureOf, openEntries, worstValue } from './exposure.ts';
import type { Exposure } from './exposure.ts';
import { isUnlimited } from './limits.ts';
import type { LimitName, Limits } from './limits.ts';
import { entryRisk } from './heat.ts';
import { moneyOf, orderRiskRatio, shareOf } from './order-risk.ts';
import type { RiskContext } from './types.ts';
import { ageMs, isLiquid, referencePrice, worstPrice } from './valuation.ts';
import type { ExactMoney } from './valuation.ts';

/** How much of one limit is in use now. */
export interface LimitUse {
  readonly name: LimitName;
  /** In the limit's own unit: fixed point at 1e-9, or a whole number of things or milliseconds. */
  readonly actual: bigint | number;
  /** `actual` as a fraction of the limit, to show; `undefined` where the limit is zero or off. */
  readonly use: number | undefined;
  /** What the figure belongs to, a symbol or an order; `undefined` for the account. */
  readonly subject: string | undefined;
}

/** The limits for which a figure exists, each with its largest figure. Breakers need the equity figures. */
export function limitUse(context: RiskContext, figures?: BreakerFigures): readonly LimitUse[] {
  const exposure = exposureOf(context);
  return [
    ...orderUse(context),
    ...concentrationUse(context, exposure),
    ...accountUse(context, exposure),
    ...aggregateUse(context, exposure),
    ...staleUse(context),
    ...(figures === undefined ? [] : breakerUse(figures, context.limits)),
  ];
}

function useOf(limits: Limits, name: LimitName, actual: bigint | number, subject?: string): LimitUse {
  const limit = limits[name];
  const off = isUnlimited(limit) || Number(limit) === 0;
  return { name, actual, use: off ? undefined : Number(actual) / Number(limit), subject };
}

/** The largest of several figures, named after what it belongs to. */
function largest<T extends bigint | number>(figures: Iterable<readonly [string, T]>): readonly [string, T] | undefined {
  let top: readonly [string, T] | undefined;
  for (const figure of figures) if (top === undefined || figure[1] > top[1]) top = figure;
  return top;
}

/** Largest open entry: its notional in dollars and of equity, and its risk. */
function orderUse(context: RiskContext): readonly LimitUse[] {
  const equity = usableEquity(context);
  const notionals: (readonly [string, ExactMoney])[] = [];
  const risks: (readonly [string, Ratio])[] = [];
  for (const { open, entry } of openEntries(context)) {
    const { symbol } = open.intent;
    const reference = referencePrice(context.marks.get(symbol));
    const worst = worstPrice(open.intent, reference);
    if (entry === 0n || worst === undefined) continue;
    notionals.push([symbol, (open.remaining * multiplierOf(symbol) * worst) as ExactMoney]);
    const risk = entryRisk(open.intent, entry, context);
    if (risk !== undefined && equity !== undefined) risks.push([symbol, orderRiskRatio(risk, equity)]);
  }
  const uses: LimitUse[] = [];
  const risk = largest(risks);
  if (risk !== undefined) uses.push(useOf(context.limits, 'orderRiskRatioMax', risk[1], risk[0]));
  const notional = largest(notionals);
  if (notional === undefined) return uses;
  uses.push(useOf(context.limits, 'orderNotionalUsdMax', moneyOf(notional[1]), notional[0]));
  if (equity !== undefined) uses.push(useOf(context.limits, 'orderNotionalRatioMax', shareOf(notional[1], equity), notional[0]));
  return uses;
}

function concentrationUse(context: RiskContext, exposure: Exposure): readonly LimitUse[] {
  const equity = usableEquity(context);
  if (equity === undefined) return [];
  const uses: LimitUse[] = [];
  for (const broad of [false, true]) {
    const shares: (readonly [string, Ratio])[] = [];
    for (const of of exposure.bySymbol.values()) {
      const worst = worstValue(of);
      if (worst !== undefined && (context.instruments.get(of.symbol)?.broad ?? false) === broad)
        shares.push([of.symbol, shareOf(worst, equity)]);
    }
    const top = largest(shares);
    if (top !== undefined) uses.push(useOf(context.limits, broad ? 'concentrationBroadRatioMax' : 'concentrationRatioMax', top[1], top[0]));
  }
  return uses;
}

function accountUse(context: RiskContext, exposure: Exposure): readonly LimitUse[] {
  const { limits, buyingPower } = context;
  const equity = usableEquity(context);
  const uses: LimitUse[] = [];
  if (equity !== undefined && exposure.gross !== undefined)
    uses.push(useOf(limits, 'grossExposureRatioMax', shareOf(exposure.gross, equity)));
  uses.push(useOf(limits, 'openPositionsMax', exposure.count));
  if (buyingPower !== undefined && buyingPower > 0n && exposure.reservedCost !== undefined) {
    uses.push(useOf(limits, 'buyingPowerRatioMax', divide(exposure.reservedCost, buyingPower * UNITS_PER_ONE, 'ceil')));
  }
  return uses;
}

function aggregateUse(context: RiskContext, exposure: Exposure): readonly LimitUse[] {
  const equity = usableEquity(context);
  const figures = [...(equity === undefined ? [] : aggregateFigures(context, exposure, equity)), ...flowFigures(context, exposure)];
  return figures.map(({ name, actual, subject }) => useOf(context.limits, name, actual, subject));
}

/** The oldest price among the symbols that are held or ordered, under each of the two limits. */
function staleUse(context: RiskContext): readonly LimitUse[] {
  const ages: Record<'staleDataMsMax' | 'staleDataLiquidMsMax', (readonly [string, number])[]> = {
    staleDataMsMax: [],
    staleDataLiquidMsMax: [],
  };
  const symbols = new Set([...context.positions.keys(), ...context.openOrders.map((open) => open.intent.symbol)]);
  for (const symbol of symbols) {
    const mark = context.marks.get(symbol);
    const age = mark === undefined ? undefined : ageMs(mark.at, context.now);
    if (age === undefined) continue;
    const tight = isLiquid(context.profiles.get(symbol)) && context.marketOpen;
    ages[tight ? 'staleDataLiquidMsMax' : 'staleDataMsMax'].push([symbol, age]);
  }
  return (['staleDataMsMax', 'staleDataLiquidMsMax'] as const).flatMap((name) => {
    const top = largest(ages[name]);
    return top === undefined ? [] : [useOf(context.limits, name, top[1], top[0])];
  });
}

/** A gain uses nothing of a loss limit. */
function breakerUse(figures: BreakerFigures, limits: Limits): readonly LimitUse[] {
  const loss = new Map(breakerStates(figures, limits).map(({ code, actual }) => [code, actual]));
  const use = (name: LimitName, actual: Ratio | undefined): readonly LimitUse[] =>
    actual === undefined ? [] : [useOf(limits, name, actual > 0n ? actual : 0n)];
  return [
    ...use('dailyLossHalfRatioMax', loss.get('DailyLoss')),
    ...use('dailyLossOffRatioMax', loss.get('DailyLoss')),
    ...use('drawdownHalfRatioMax', loss.get('Drawdown')),
    ...use('drawdownReduceRatioMax', loss.get('Drawdown')),
    ...use('drawdownKillRatioMax', loss.get('Drawdown')),
  ];
}
