import type { Money, Price, Ratio } from '../money/fixed.ts';
import type { DenialCode } from '../orders/order.ts';

/** Which of the numbers a limit is made of, and what it may be. Values are decimal text in JSON and GraphQL. */
export interface LimitDefinition {
  readonly name: LimitName;
  readonly code: DenialCode | BreakerCode;
  readonly title: string;
  readonly description: string;
  readonly unit: 'ratio' | 'usd' | 'count' | 'ms';
  readonly default: string;
  /** Compiled in: cannot be raised by anybody. `undefined` where none. */
  readonly ceiling: string | undefined;
  /** The direction that lets more risk through. */
  readonly looser: 'higher' | 'lower';
}

export type BreakerCode = 'DailyLoss' | 'Drawdown';

export interface Limits {
  readonly orderRiskRatioMax: Ratio;
  readonly orderNotionalUsdMax: Money;
  readonly orderNotionalRatioMax: Ratio;
  readonly concentrationRatioMax: Ratio;
  readonly concentrationBroadRatioMax: Ratio;
  readonly grossExposureRatioMax: Ratio;
  readonly openPositionsMax: number;
  readonly priceCollarRatioMax: Ratio;
  readonly priceCollarLiquidRatioMax: Ratio;
  readonly minimumPriceUsdMin: Price;
  readonly staleDataMsMax: number;
  readonly staleDataLiquidMsMax: number;
  readonly buyingPowerRatioMax: Ratio;
  readonly dailyLossHalfRatioMax: Ratio;
  readonly dailyLossOffRatioMax: Ratio;
  readonly drawdownHalfRatioMax: Ratio;
  readonly drawdownReduceRatioMax: Ratio;
  readonly drawdownKillRatioMax: Ratio;
}
export type LimitName = keyof Limits;
