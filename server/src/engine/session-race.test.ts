import { expect, test } from 'vitest';
import { price, quantity, ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderIntent } from '../orders/order.ts';
import { UNLIMITED, withLimit } from '../risk/limits.ts';
import type { LimitName, LimitValue } from '../risk/limits.ts';
import { ALDER, openWorld } from './test/session-world.ts';

const ORDERS = 100;
/** Far below the market, so that none of them fills. */
const intent = (name: string, index: number, at: Instant): OrderIntent => ({
  id: `${name}-${index}`,
  symbol: 'ALDR',
  side: 'buy',
  quantity: quantity('10'),
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: price('1'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'ada' },
  reason: 'race',
  createdAt: at,
});

/** How many of 100 orders that come at once pass, where one limit holds and the rest is off. */
async function race(name: LimitName, value: LimitValue): Promise<number> {
  const fresh = await openWorld({ limits: withLimit(UNLIMITED, name, value) });
  try {
    await fresh.day(100, 100);
    await fresh.session.command({ kind: 'InstrumentListed', at: fresh.session.state().now, instrument: ALDER });
    const now = fresh.session.state().now;
    await Promise.all(
      Array.from({ length: ORDERS }, (_, index) =>
        fresh.session.command({ kind: 'OrderRequested', at: now, by: 'user:ada', intent: intent(name, index, now) }),
      ),
    );
    const orders = [...fresh.session.state().orders.values()].filter(({ id }) => id.startsWith(name));
    expect(orders).toHaveLength(ORDERS);
    return orders.filter(({ state }) => state !== 'denied').length;
  } finally {
    await fresh.close();
  }
}

// Ten shares count at the price of 100, $1,000 of an equity of $100,000.
test.each([
  { name: 'concentrationRatioMax', value: ratio('0.17'), passes: 17 },
  { name: 'grossExposureRatioMax', value: ratio('0.23'), passes: 23 },
  { name: 'netExposureRatioMax', value: ratio('0.08'), passes: 8 },
  { name: 'capitalDeployedRatioMax', value: ratio('0.31'), passes: 31 },
  { name: 'sectorUnknownRatioMax', value: ratio('0.12'), passes: 12 },
  { name: 'portfolioHeatRatioMax', value: ratio('0.05'), passes: 5 },
  { name: 'valueAtRiskRatioMax', value: ratio('0.04'), passes: 4 },
  { name: 'openOrdersMax', value: 19, passes: 19 },
  { name: 'openOrdersSymbolMax', value: 6, passes: 6 },
  { name: 'openPositionsMax', value: 0, passes: 0 },
] as const)('of 100 orders at once exactly $passes pass $name', { timeout: 60_000 }, async ({ name, value, passes }) => {
  expect(await race(name, value)).toBe(passes);
});
