import type { Instrument } from '../instruments/instrument.ts';
import { money, price, quantity, ratio } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderIntent, Side } from '../orders/order.ts';
import { NO_ACTIVITY } from './activity.ts';
import { controlInput, scopedContext } from './control-input.ts';
import type { Control } from './control-input.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { NOBODY_LIVE } from './live-gate.ts';
import type { InstrumentProfile, Mark, OpenOrderView, PositionView, RiskContext } from './types.ts';

/** A small account that tests vary: $100,000, nothing held, everything fresh. */
export const NOW: Instant = instantFromMs(1_700_000_000_000);
export const before = (ms: number): Instant => instantFromMs(NOW - ms);

/** Quantities go down to one unit, so that tests can step one unit beyond a limit. */
export const ACME: Instrument = {
  symbol: 'ACME',
  name: 'Acme',
  assetClass: 'us_equity',
  source: 'synthetic',
  tick: price('0.01'),
  lot: quantity('0.000000001'),
  broad: false,
  tradable: true,
  shortable: true,
  easyToBorrow: true,
  sector: 'Industrials',
};
export const BROAD: Instrument = { ...ACME, symbol: 'BROAD', name: 'Broad fund', broad: true };

export const markOf = (at: string, ageMs = 0): Mark => ({ price: price(at), at: before(ageMs), basis: 'trade' });
export const profileOf = (symbol: string, figures: Partial<InstrumentProfile> = {}): InstrumentProfile => ({
  symbol,
  dailyVolatility60: ratio('0.02'),
  averageVolume20: quantity('1000000'),
  averageDollarVolume20: money('1000000'),
  asOf: NOW,
  ...figures,
});
export const positionOf = (symbol: string, units: string): PositionView => ({
  symbol,
  quantity: quantity(units),
  averagePrice: price('100'),
});

/** A buy of ACME at the limit of 100, where its price stands. */
export const intentOf = (size: string, fields: Partial<OrderIntent> = {}): OrderIntent => ({
  id: 'intent-1',
  symbol: 'ACME',
  side: 'buy',
  quantity: quantity(size),
  type: 'limit',
  timeInForce: 'day',
  limitPrice: price('100'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'owner' },
  reason: 'test',
  createdAt: NOW,
  ...fields,
});
/** The same without a price of its own. */
export function marketOf(size: string, side: Side, fields: Partial<OrderIntent> = {}): OrderIntent {
  const { limitPrice: _limitPrice, ...rest } = intentOf(size, { side });
  return { ...rest, type: 'market', ...fields };
}

export const openOf = (size: string, fields: Partial<OrderIntent> = {}): OpenOrderView => {
  const intent = intentOf(size, { id: 'open-1', ...fields });
  return { id: intent.id, intent, remaining: intent.quantity };
};

export const bySymbol = <T extends { readonly symbol: string }>(...items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.symbol, item]));

export const contextOf = (fields: Partial<RiskContext> = {}): RiskContext => ({
  now: NOW,
  tradingState: 'ACTIVE',
  equity: money('100000'),
  equityAt: NOW,
  buyingPower: money('100000'),
  positions: new Map(),
  openOrders: [],
  marks: new Map([
    ['ACME', markOf('100')],
    ['BROAD', markOf('100')],
  ]),
  profiles: bySymbol(profileOf('ACME'), profileOf('BROAD')),
  instruments: bySymbol(ACME, BROAD),
  limits: DEFAULT_LIMITS,
  marketOpen: true,
  mode: 'paper',
  session: { openAt: before(3_600_000), closeAt: instantFromMs(NOW + 3_600_000) },
  halted: new Set(),
  clockSkewMs: 0,
  shortingEnabled: true,
  activity: NO_ACTIVITY,
  strategies: new Map(),
  brakes: [],
  restrictions: { denied: new Set(), allowed: new Set(), excepted: new Set() },
  differences: [],
  liveGate: NOBODY_LIVE,
  layers: new Map(),
  ...fields,
});

/** What one control alone says: `limit actual` of each denial. */
export const saysOf = (control: Control, intent: OrderIntent, context: RiskContext): readonly string[] =>
  control(controlInput(intent, context), scopedContext(context, intent)).map(({ limit, actual }) => `${limit} < ${actual}`);
