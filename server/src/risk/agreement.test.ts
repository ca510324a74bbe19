import { expect, test } from 'vitest';
import { DENIAL_CODES } from '../orders/order.ts';
import { compareOrders } from './agreement.ts';

test(
  'the gate and a second, naive implementation agree on 20,000 orders, to the last figure, and every code occurs',
  { timeout: 300_000 },
  () => {
    const { seen, difference } = compareOrders(1, 20_000);
    expect(difference).toBeUndefined();
    for (const code of DENIAL_CODES) expect(seen.get(code) ?? 0, code).toBeGreaterThan(50);
    expect(seen.get('approved') ?? 0).toBeGreaterThan(50);
    expect(seen.get('reduced') ?? 0).toBeGreaterThan(50);
  },
);
