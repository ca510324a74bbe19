import type { BacktestTrade, BarSeries } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { roundTripsOf, summariseRoundTrips } from './round-trips.ts';

const DAYS = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z', '2024-01-03T00:00:00Z', '2024-01-04T00:00:00Z'] as const;
const bars: BarSeries = {
  length: 4,
  startAtMs: Float64Array.from(DAYS, (day) => Date.parse(day)),
  open: Float64Array.of(100, 100, 104, 110),
  high: Float64Array.of(150, 112, 108, 180),
  low: Float64Array.of(50, 96, 90, 20),
  close: Float64Array.of(100, 105, 106, 100),
  volume: Float64Array.of(1, 1, 1, 1),
};

const trade = (changes: Partial<BacktestTrade>): BacktestTrade => ({
  symbol: 'SYM',
  direction: 'long',
  size: 10,
  entryBar: 1,
  entryTime: DAYS[1],
  entryPrice: 100,
  exitBar: 3,
  exitTime: DAYS[3],
  exitPrice: 110,
  grossPnl: 100,
  commission: 4,
  status: 'closed',
  ...changes,
});

test.each([
  {
    name: 'long, at opens: the bar of the exit counts with its open alone',
    fill: 'next-open',
    changes: {},
    adverse: -0.1,
    favourable: 0.12,
  },
  {
    name: 'short: what rises goes against it',
    fill: 'next-open',
    changes: { direction: 'short' },
    adverse: -0.12,
    favourable: 0.1,
  },
  { name: 'at closes: the bar of the entry does not count', fill: 'same-close', changes: {}, adverse: -0.8, favourable: 0.8 },
  {
    name: 'open at the end: all bars count',
    fill: 'next-open',
    changes: { exitBar: null, exitTime: null, exitPrice: null, status: 'open' },
    adverse: -0.8,
    favourable: 0.8,
  },
  { name: 'a time without a bar', fill: 'next-open', changes: { entryTime: '2023-01-01T00:00:00Z' }, adverse: null, favourable: null },
] as const)('$name', ({ fill, changes, adverse, favourable }) => {
  const [trip] = roundTripsOf([trade(changes)], fill, [{ symbol: 'SYM', bars }]);
  if (adverse === null) expect(trip).toMatchObject({ adverse, favourable });
  else {
    expect(trip?.adverse).toBeCloseTo(adverse, 12);
    expect(trip?.favourable).toBeCloseTo(favourable, 12);
  }
  expect(trip).toMatchObject({ netPnl: 96, return: 0.096 });
});

test('streaks follow the order of exits; zero ends them; open trades do not count', () => {
  const nets = [5, 6, 0, 7, -1, -2, -3, 4];
  const trades = nets.map((net, index) => trade({ exitBar: 10 + index, grossPnl: net, commission: 0 }));
  const trips = roundTripsOf([...trades.toReversed(), trade({ exitBar: null, status: 'open', grossPnl: 900 })], 'next-open', undefined);
  expect(summariseRoundTrips(trips)).toMatchObject({
    closed: 8,
    open: 1,
    wins: 4,
    losses: 3,
    winStreakMax: 2,
    lossStreakMax: 3,
    barsHeldMedian: 12.5,
    barsHeldMax: 16,
    best: 7,
    worst: -3,
    netPnlMean: 2,
    bestShare: 7 / 22,
  });
});

test('no trades have no averages', () =>
  expect(summariseRoundTrips([])).toMatchObject({
    closed: 0,
    open: 0,
    barsHeldMean: null,
    barsHeldMedian: null,
    best: null,
    bestShare: null,
  }));
