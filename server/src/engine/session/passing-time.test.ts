import { expect, test } from 'vitest';
import { price, quantity } from '../../money/fixed.ts';
import type { OrderIntent } from '../../orders/order.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import { openWorld } from '../test/session-world.ts';
import { SYSTEM_CLOCK } from './clock.ts';

const ticket = (id: string): OrderIntent => ({
  id,
  symbol: 'ALDR',
  side: 'buy',
  quantity: quantity('5'),
  type: 'limit',
  timeInForce: 'gtc',
  limitPrice: price('99'),
  reduceOnly: false,
  origin: { kind: 'ticket', principal: 'test' },
  reason: 'test',
  createdAt: 0 as OrderIntent['createdAt'],
});

const MINUTE_MS = 60_000;

test('a price grows old while nothing happens: an order a minute later is decided by the time that it is', async () => {
  let addedMs = 0;
  const clock = { ...SYSTEM_CLOCK, nowMs: () => SYSTEM_CLOCK.nowMs() + addedMs };
  const world = await openWorld({ limits: DEFAULT_LIMITS, clock });
  await world.day(100, 100);
  const denials = async (id: string): Promise<readonly string[]> => {
    const intent = ticket(id);
    await world.session.command({ kind: 'OrderRequested', at: world.session.state().now, by: 'user:test', intent });
    return (
      world.session
        .state()
        .orders.get(id)
        ?.decision.denials.map(({ code }) => code) ?? []
    );
  };
  const before = world.session.state().now;
  expect(await denials('order-at-once')).not.toContain('StaleData');
  addedMs = MINUTE_MS;
  expect(await denials('order-a-minute-later')).toContain('StaleData');
  expect(world.session.state().now - before).toBeGreaterThanOrEqual(MINUTE_MS);
  await world.close();
});
