import { describe, expect, test } from 'vitest';
import { marksWithin, tradeMarks } from './trade-marks.ts';
import type { RoundTrip } from './trade-marks.ts';

const trip = (more: Partial<RoundTrip> = {}): RoundTrip => ({
  symbol: 'SPX',
  direction: 'long',
  size: 2,
  entryTime: '2024-01-03T00:00:00.000Z',
  entryPrice: 10,
  exitTime: '2024-01-09T00:00:00.000Z',
  exitPrice: 12,
  ...more,
});
const told = (trips: readonly RoundTrip[]) =>
  tradeMarks(trips, 'SPX').map(({ side, price, filledAt }) => `${filledAt.slice(0, 10)} ${side} ${price}`);

describe('marks of round trips', () => {
  test('a long one is bought and sold', () => expect(told([trip()])).toEqual(['2024-01-03 BUY 10', '2024-01-09 SELL 12']));
  test('a short one is sold and bought', () =>
    expect(told([trip({ direction: 'short' })])).toEqual(['2024-01-03 SELL 10', '2024-01-09 BUY 12']));
  test('one that is open has no end', () => expect(told([trip({ exitTime: null, exitPrice: null })])).toEqual(['2024-01-03 BUY 10']));
  test('those of another symbol are not there', () => expect(told([trip({ symbol: 'AAPL' })])).toEqual([]));
  test('oldest first, however they overlap, each with a name of its own', () => {
    const trips = [trip(), trip({ entryTime: '2024-01-05T00:00:00.000Z', exitTime: '2024-01-07T00:00:00.000Z' })];
    expect(told(trips)).toEqual(['2024-01-03 BUY 10', '2024-01-05 BUY 10', '2024-01-07 SELL 12', '2024-01-09 SELL 12']);
    expect(new Set(tradeMarks(trips, 'SPX').map(({ id }) => id)).size).toBe(4);
  });
});

test('marks beyond the bars are not among them, those on the first and the last are', () => {
  const marks = tradeMarks([trip(), trip({ entryTime: '2024-01-01T00:00:00.000Z', exitTime: '2024-01-10T00:00:00.000Z' })], 'SPX');
  const within = marksWithin(marks, Date.parse('2024-01-03T00:00:00Z'), Date.parse('2024-01-09T00:00:00Z'));
  expect(within.map(({ filledAt }) => filledAt.slice(0, 10))).toEqual(['2024-01-03', '2024-01-09']);
});
