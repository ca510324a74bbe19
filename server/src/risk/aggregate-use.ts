import { divide } from '../money/fixed.ts';
import type { Money, Ratio } from '../money/fixed.ts';
import { within } from './activity.ts';
import { sectorValue } from './controls/sector-exposure.ts';
import type { Exposure } from './exposure.ts';
import { heat } from './heat.ts';
import type { LimitName } from './limits.ts';
import { orderRiskRatio, shareOf } from './order-risk.ts';
import type { RiskContext } from './types.ts';
import { tailOf } from './value-at-risk.ts';
import type { ExactMoney } from './valuation.ts';

/** A figure of the account beside the limit that it belongs to. */
export interface AggregateFigure {
  readonly name: LimitName;
  readonly actual: bigint | number;
  readonly subject?: string;
}

/** Shares of equity of what the account holds and has ordered; what is not known is not listed. */
export function aggregateFigures(context: RiskContext, exposure: Exposure, equity: Money): readonly AggregateFigure[] {
  const share = (name: LimitName, sum: ExactMoney | undefined): AggregateFigure[] =>
    sum === undefined ? [] : [{ name, actual: sum > 0n ? shareOf(sum, equity) : 0n }];
  const { long, short } = exposure;
  const net = long !== undefined && short !== undefined && short > long ? short : long;
  const risk = heat(context);
  return [
    ...share('netExposureRatioMax', net),
    ...share('capitalDeployedRatioMax', exposure.cost),
    ...sectorFigures(context, exposure, equity),
    ...(risk === undefined ? [] : [{ name: 'portfolioHeatRatioMax' as const, actual: orderRiskRatio(risk, equity) }]),
    ...tailFigures(context, exposure, equity),
    ...share('shortExposureRatioMax', exposure.shorts),
  ];
}

/** The largest sector that is known, and all symbols of none. */
function sectorFigures({ instruments }: RiskContext, exposure: Exposure, equity: Money): readonly AggregateFigure[] {
  const held = [...exposure.bySymbol.keys()].flatMap((symbol) => instruments.get(symbol) ?? []).filter(({ broad }) => !broad);
  const sums = [...new Set(held.map(({ sector }) => sector))].flatMap((sector) => {
    const sum = sectorValue(exposure, sector, instruments);
    return sum === undefined ? [] : [{ sector, actual: shareOf(sum, equity) }];
  });
  const unknown = sums.find(({ sector }) => sector === undefined);
  const [largest] = sums.filter(({ sector }) => sector !== undefined).sort((left, right) => Number(right.actual - left.actual));
  return [
    ...(largest?.sector === undefined
      ? []
      : [{ name: 'sectorExposureRatioMax' as const, actual: largest.actual, subject: largest.sector }]),
    ...(unknown === undefined ? [] : [{ name: 'sectorUnknownRatioMax' as const, actual: unknown.actual }]),
  ];
}

function tailFigures(context: RiskContext, exposure: Exposure, equity: Money): readonly AggregateFigure[] {
  const tail = tailOf(exposure, equity, context);
  if (tail === undefined) return [];
  const loss = (units: bigint, scale: bigint): Ratio => (units > 0n ? divide(units, scale, 'ceil') : 0n) as Ratio;
  return [
    { name: 'valueAtRiskRatioMax', actual: loss(tail.valueAtRisk, 1_000n) },
    { name: 'expectedShortfallRatioMax', actual: loss(tail.fiveShortfalls, 5_000n) },
  ];
}

/** Open orders, and entries that came to the gate lately: counts need no equity. */
export function flowFigures({ activity, now }: RiskContext, exposure: Exposure): readonly AggregateFigure[] {
  const [busiest] = [...exposure.bySymbol.values()].sort((left, right) => right.orders - left.orders);
  const entries = (ms: number): number => activity.requests.filter(({ entry, at }) => entry && within(at, now, ms)).length;
  return [
    { name: 'openOrdersMax', actual: exposure.orders },
    ...(busiest === undefined ? [] : [{ name: 'openOrdersSymbolMax' as const, actual: busiest.orders, subject: busiest.symbol }]),
    { name: 'orderRateSecondMax', actual: entries(1_000) },
    { name: 'orderRateMinuteMax', actual: entries(60_000) },
  ];
}
