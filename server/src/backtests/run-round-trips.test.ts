import { openStatistics } from '@tidemark/compute/statistics';
import { expect, test } from 'vitest';
import { reportFiguresOf } from './report/figures.ts';
import { realRun } from './report/test/results.ts';
import { runRoundTripsOf } from './run-round-trips.ts';

const { result, series } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 1_500 });
const [own] = series.map(({ symbol, bars }) => ({ symbol, bars: { ...bars, low: bars.low.map((low) => low * 0.99) } }));

test('they are those of the report, in the order of the trades', async () => {
  const { note, trips } = runRoundTripsOf(result, series);
  expect(note).toBeUndefined();
  expect(trips.map(({ trade }) => trade)).toEqual(result.trades);
  expect(trips.length).toBeGreaterThan(5);
  expect(trips).toEqual(reportFiguresOf(result, await openStatistics(), { series }).trips);
  for (const { adverse, favourable, return: gain, trade } of trips) {
    expect(adverse).toBeLessThanOrEqual(0);
    expect(favourable).toBeGreaterThanOrEqual(0);
    // Without costs no trade makes more than its best price or less than its worst.
    const gross = trade.grossPnl / (trade.size * trade.entryPrice);
    expect(gross).toBeLessThanOrEqual((favourable ?? Number.NaN) + 1e-9);
    expect(gross).toBeGreaterThanOrEqual((adverse ?? Number.NaN) - 1e-9);
    expect(gain).toBeLessThanOrEqual(gross);
  }
});

test.each([
  { name: 'no bars', data: {}, bars: undefined, note: 'the bars of the run are not kept here', known: false },
  {
    name: 'other bars',
    data: {},
    bars: own,
    note: 'the bars that are kept here now are not the very ones that the run saw',
    known: true,
  },
  {
    name: 'dividends and splits',
    data: { actionsHash: 'ef'.repeat(32) },
    bars: series[0],
    note: 'the run counted dividends and splits, which its bars alone do not hold',
    known: false,
  },
])('$name: it says so', ({ data, bars, note, known }) => {
  const found = runRoundTripsOf({ ...result, data: { ...result.data, ...data } }, bars && [bars]);
  expect(found.note).toBe(note);
  expect(found.trips.every(({ adverse, favourable }) => (adverse !== null) === known && (favourable !== null) === known)).toBe(true);
  expect(found.trips.map(({ netPnl }) => netPnl)).toEqual(runRoundTripsOf(result, series).trips.map(({ netPnl }) => netPnl));
});
