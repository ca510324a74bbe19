import type { Control } from '../control-input.ts';
import { buyingPower } from './buying-power.ts';
import { capitalDeployed } from './capital-deployed.ts';
import { clockSkew } from './clock-skew.ts';
import { concentration } from './concentration.ts';
import { duplicateOrder } from './duplicate-order.ts';
import { greeks } from './greeks.ts';
import { grossExposure } from './gross-exposure.ts';
import { liveGate } from './live-gate.ts';
import { marketHours } from './market-hours.ts';
import { minimumLiquidity } from './minimum-liquidity.ts';
import { minimumPrice } from './minimum-price.ts';
import { netExposure } from './net-exposure.ts';
import { openOrders } from './open-orders.ts';
import { openPositions } from './open-positions.ts';
import { optionExpiry } from './option-expiry.ts';
import { optionStrategy } from './option-strategy.ts';
import { orderNotional } from './order-notional.ts';
import { orderRate } from './order-rate.ts';
import { orderRiskControl } from './order-risk.ts';
import { orderSanity } from './order-sanity.ts';
import { orderVolume } from './order-volume.ts';
import { paused } from './paused.ts';
import { portfolioHeat } from './portfolio-heat.ts';
import { priceCollar } from './price-collar.ts';
import { reconciliation } from './reconciliation.ts';
import { repeatedExecution } from './repeated-execution.ts';
import { restrictedSymbol } from './restricted-symbol.ts';
import { sectorExposure } from './sector-exposure.ts';
import { shortSale } from './short-sale.ts';
import { staleData } from './stale-data.ts';
import { strategyAllocation } from './strategy-allocation.ts';
import { tradingState } from './trading-state.ts';
import { unknownOutcome } from './unknown-outcome.ts';
import { valueAtRisk } from './value-at-risk.ts';
import { washTrade } from './wash-trade.ts';

/** Every control, in the order in which denials are listed. All are always evaluated. */
export const CONTROLS: readonly Control[] = [
  tradingState,
  paused,
  orderSanity,
  restrictedSymbol,
  marketHours,
  staleData,
  clockSkew,
  minimumPrice,
  minimumLiquidity,
  priceCollar,
  orderRiskControl,
  orderNotional,
  orderVolume,
  concentration,
  sectorExposure,
  grossExposure,
  netExposure,
  capitalDeployed,
  openPositions,
  strategyAllocation,
  portfolioHeat,
  valueAtRisk,
  shortSale,
  buyingPower,
  optionStrategy,
  optionExpiry,
  greeks,
  openOrders,
  orderRate,
  duplicateOrder,
  repeatedExecution,
  washTrade,
  unknownOutcome,
  reconciliation,
  liveGate,
];
