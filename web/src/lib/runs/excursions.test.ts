import { expect, test } from 'vitest';
import { excursionsOf, placesOf, whyNone } from './excursions.ts';
import type { RoundTrip } from './excursions.ts';

const trip = (changes: Partial<RoundTrip> = {}): RoundTrip => ({
  trade: {
    symbol: 'SYM',
    direction: 'long',
    entryTime: '2024-01-02T00:00:00Z',
    entryPrice: 100,
    exitTime: '2024-01-05T00:00:00Z',
    exitPrice: 104,
    status: 'closed',
  },
  netPnl: 4,
  return: 0.04,
  barsHeld: 3,
  adverse: -0.02,
  favourable: 0.06,
  ...changes,
});

test.each([
  [4, 'won'],
  [-0.01, 'lost'],
  [0, 'even'],
] as const)('a trade of %s dollars is %s', (netPnl, outcome) => expect(excursionsOf([trip({ netPnl })])[0]?.outcome).toBe(outcome));

test('trades without bars, and those that cost nothing, are left out', () => {
  const all = [trip(), trip({ adverse: null }), trip({ favourable: null }), trip({ return: null }), trip({ netPnl: -1 })];
  expect(excursionsOf(all).map((each) => each.trip)).toEqual([all[0], all[4]]);
});

test('the worst price stands across, and upwards the result or the best price', () => {
  const excursions = excursionsOf([trip()]);
  expect(placesOf(excursions, 'result')).toEqual([{ x: -0.02, y: 0.04 }]);
  expect(placesOf(excursions, 'best')).toEqual([{ x: -0.02, y: 0.06 }]);
});

test.each([
  { name: 'none', note: null, trips: [], why: 'there was no trade, and it takes 2' },
  { name: 'one', note: null, trips: [trip()], why: 'there was one trade, and it takes 2' },
  {
    name: 'no bars',
    note: 'the bars of the run are not kept here',
    trips: [trip({ adverse: null }), trip({ adverse: null })],
    why: 'the bars of the run are not kept here',
  },
  { name: 'bars of one', note: null, trips: [trip(), trip({ adverse: null })], why: 'the bars of one trade are kept here, and it takes 2' },
  { name: 'enough', note: 'other bars', trips: [trip(), trip()], why: undefined },
])('why there is no picture: $name', ({ note, trips, why }) => expect(whyNone({ note, trips }, excursionsOf(trips).length)).toBe(why));
