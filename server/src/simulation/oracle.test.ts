import { expect, test } from 'vitest';
import { rebuild } from './oracle.ts';
import type { VenueExecution, VenueRecord } from './venue-types.ts';

const execution = (id: string, side: 'buy' | 'sell', shares: number, cents: number, at: number): VenueExecution => ({
  id,
  orderId: `v-${id}`,
  clientId: `c-${id}`,
  symbol: 'ALDR',
  side,
  shares,
  cents,
  at,
  cumulative: shares,
});
const executed = (...parameters: Parameters<typeof execution>): VenueRecord => ({
  kind: 'executed',
  at: parameters[4],
  execution: execution(...parameters),
});

test.each<{ name: string; log: VenueRecord[]; cash: number; shares: number; average: number; realized: number }>([
  {
    name: 'bought and partly sold',
    log: [executed('a', 'buy', 10, 1_000, 1), executed('b', 'sell', 4, 1_200, 2)],
    cash: -5_200,
    shares: 6,
    average: 1_000,
    realized: 800,
  },
  {
    name: 'turned',
    log: [executed('a', 'buy', 10, 1_000, 1), executed('b', 'sell', 15, 900, 2)],
    cash: 3_500,
    shares: -5,
    average: 900,
    realized: -1_000,
  },
  {
    name: 'busted',
    log: [
      executed('a', 'buy', 10, 1_000, 1),
      { kind: 'busted', at: 2, execution: execution('a', 'buy', 10, 1_000, 1) },
      executed('b', 'buy', 1, 500, 3),
    ],
    cash: -500,
    shares: 1,
    average: 500,
    realized: 0,
  },
  {
    name: 'corrected',
    log: [executed('a', 'buy', 10, 1_000, 1), { kind: 'corrected', at: 2, execution: execution('a', 'buy', 10, 1_000, 1), cents: 1_001 }],
    cash: -10_010,
    shares: 10,
    average: 1_001,
    realized: 0,
  },
  {
    name: 'split, then sold',
    log: [
      executed('a', 'buy', 10, 1_000, 1),
      { kind: 'split', at: 2, added: 0, symbol: 'ALDR', factor: 2 },
      executed('b', 'sell', 5, 600, 3),
    ],
    cash: -7_000,
    shares: 15,
    average: 500,
    realized: 500,
  },
  {
    name: 'with a dividend',
    log: [executed('a', 'buy', 1, 1_000, 1), { kind: 'cash', at: 2, cents: 70, why: 'dividend' }],
    cash: -930,
    shares: 1,
    average: 1_000,
    realized: 0,
  },
])('an account that was $name', ({ log, cash, shares, average, realized }) => {
  const account = rebuild(log, 0);
  expect(account.cashCents).toBe(cash);
  expect(account.holdings.get('ALDR')).toMatchObject({ shares, averageCents: average, realizedCents: realized });
});
