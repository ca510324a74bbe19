import type { Control } from '../control-input.ts';
import { buyingPower } from './buying-power.ts';
import { concentration } from './concentration.ts';
import { grossExposure } from './gross-exposure.ts';
import { minimumPrice } from './minimum-price.ts';
import { openPositions } from './open-positions.ts';
import { orderNotional } from './order-notional.ts';
import { orderRiskControl } from './order-risk.ts';
import { orderSanity } from './order-sanity.ts';
import { priceCollar } from './price-collar.ts';
import { staleData } from './stale-data.ts';
import { tradingState } from './trading-state.ts';

/** Every control, in the order in which denials are listed. All are always evaluated. */
export const CONTROLS: readonly Control[] = [
  tradingState,
  orderSanity,
  staleData,
  minimumPrice,
  priceCollar,
  orderRiskControl,
  orderNotional,
  concentration,
  grossExposure,
  openPositions,
  buyingPower,
];
