import { DEFAULT_BACKTEST_OPTIONS, returnsOf } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestDecision, BacktestOptions, WishMeasure } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { quantity, ratio } from '../money/fixed.ts';
import { PLAIN_WISH } from '../strategies/plain-wish.ts';
import { bandOf, scaleOf } from './live-band.ts';
import type { Band, LiveGains } from './live-band.ts';
import { plainResult } from './report/test/results.ts';

const statistics = await openStatistics();
const CASH = 100;
/** After every bar of a result by hand. */
const LATER = Date.parse('2030-01-01T00:00:00Z');

const grown = (returns: readonly number[]): number[] => {
  let value = CASH;
  return returns.map((each) => (value *= 1 + each));
};
const live = (gained: readonly number[], change: Partial<LiveGains> = {}): LiveGains => ({
  firstBarAt: LATER,
  capital: 1_000,
  allocation: 1,
  size: { kind: 'equity', fraction: ratio('1') },
  gained,
  ...change,
});
const options = (change: Partial<BacktestOptions>): BacktestOptions => ({ ...DEFAULT_BACKTEST_OPTIONS, cash: CASH, ...change });
const WHOLE = options({ size: { kind: 'all' } });

function drawn(...[run, gains]: [Parameters<typeof bandOf>[0], LiveGains]): Band {
  const outcome = bandOf(run, gains, statistics);
  if ('reason' in outcome) throw new Error(outcome.reason);
  return outcome;
}

describe('a band', () => {
  test('of returns that are all the same is a line, and whoever gains as much stands in the middle', () => {
    const run = plainResult(grown(Array.from({ length: 60 }, () => 0.01)), { options: WHOLE });
    const gained = Array.from({ length: 20 }, (_, bar) => 1.01 ** (bar + 1) - 1);
    const band = drawn(run, live(gained));
    expect(band).toMatchObject({ scale: 1, returns: 60, percentile: 0.5, place: 'inside', shares: [0.05, 0.25, 0.5, 0.75, 0.95] });
    expect(band.points.map(({ bar }) => bar)).toEqual(Array.from({ length: 21 }, (_, bar) => bar));
    for (const { bar, gained: own, levels } of band.points)
      for (const level of [own, ...levels]) expect(level).toBeCloseTo(1.01 ** bar - 1, 10);
    const more = gained.map((each) => each + 1e-6);
    expect(drawn(run, live(more))).toMatchObject({ percentile: 1, place: 'above' });
    expect(drawn(run, live(gained.map((each) => each - 1e-6)))).toMatchObject({ percentile: 0, place: 'below' });
  });

  test('half the size makes half the return of each bar', () => {
    const run = plainResult(grown(Array.from({ length: 60 }, () => 0.01)), { options: WHOLE });
    const band = drawn(run, live([0, 0, 0], { allocation: 0.2, size: { kind: 'equity', fraction: ratio('0.1') } }));
    expect(band.scale).toBe(0.5);
    for (const { bar, levels } of band.points) for (const level of levels) expect(level).toBeCloseTo(1.005 ** bar - 1, 10);
  });

  test('is what stretches come to that are drawn one by one, sorted, and counted', () => {
    const run = plainResult(grown(Array.from({ length: 90 }, (_, bar) => 0.02 * Math.sin(bar * 1.7) + 0.001)), {
      options: { ...WHOLE, seed: 11 },
    });
    const bars = 25;
    const gained = Array.from({ length: bars }, (_, bar) => 0.004 * (bar % 3));
    const band = drawn(run, live(gained, { size: { kind: 'equity', fraction: ratio('0.5') } }));
    const halves = (returnsOf(run) ?? new Float64Array()).map((each) => each / 2);
    const stretches = Array.from({ length: 1_000 }, (_, path) => {
      let wealth = 1;
      const blocks = { seed: 11, path, method: 'stationary', blockLength: 4 } as const;
      return [...statistics.resample(halves, blocks)].slice(0, bars).map((each) => (wealth *= 1 + each) - 1);
    });
    expect([band.paths, band.blockLength, band.seed]).toEqual([1_000, 4, 11]);
    for (const { bar, gained: own, levels } of band.points.slice(1)) {
      expect(own).toBe(gained[bar - 1]);
      const sorted = stretches.map((stretch) => stretch[bar - 1] ?? Number.NaN).toSorted((a, b) => a - b);
      for (const [which, share] of band.shares.entries()) {
        const place = share * 999;
        const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
        expect(levels[which]).toBeCloseTo(low + (high - low) * (place % 1), 10);
      }
    }
    const last = gained.at(-1) ?? Number.NaN;
    expect(band.percentile).toBe(stretches.filter((stretch) => (stretch.at(-1) ?? Number.NaN) < last).length / 1_000);
    expect(drawn(run, live(gained, { size: { kind: 'equity', fraction: ratio('0.5') } }))).toEqual(band);
  });

  test('draws from no bar that begins when the strategy had begun', () => {
    const calm = Array.from({ length: 40 }, () => 0.01);
    const run = plainResult(grown([...calm, 0.5, 0.5, 0.5]), { options: WHOLE });
    const firstBarAt = Date.parse(run.equity[40]?.time ?? '');
    const band = drawn(run, live([0.01], { firstBarAt }));
    expect(band.returns).toBe(40);
    expect(band.points.at(-1)?.levels.at(-1)).toBeCloseTo(0.01, 10);
    expect(drawn(run, live([0.01])).returns).toBe(43);
  });

  const steady = Array.from({ length: 40 }, (_, bar) => (bar % 2 === 0 ? 0.02 : -0.01));
  test.each([
    { name: 'no bar has passed', equity: grown(steady), gained: [], reason: 'no whole bar has passed since it was first asked' },
    { name: 'too few returns', equity: grown(steady.slice(11)), gained: [0], reason: 'fewer than 30 returns' },
    { name: 'a ruin', equity: [...grown(steady), 0], gained: [0], reason: 'equity reached zero' },
    { name: 'nothing moved', equity: Array.from({ length: 40 }, () => CASH), gained: [0], reason: 'equity of the backtest never moved' },
    {
      name: 'too few of before it began',
      equity: grown(steady),
      gained: [0],
      firstBarAt: Date.UTC(2024, 0, 30),
      reason: 'fewer than 30 returns of the backtest are of before the strategy began',
    },
    {
      name: 'longer than its backtest',
      equity: grown(steady),
      gained: Array.from({ length: 41 }, () => 0),
      reason: 'it has traded over 41 bars, the backtest over 40',
    },
  ])('$name: the reason instead', ({ equity, gained, firstBarAt = LATER, reason }) => {
    expect(bandOf(plainResult(equity, { options: WHOLE }), live(gained, { firstBarAt }), statistics)).toEqual({ reason });
  });
});

describe('how large a strategy trades beside its backtest', () => {
  const wished = (measure: WishMeasure, amount = 1): BacktestDecision => ({
    time: '2024-01-01T00:00:00Z',
    symbol: 'SYM',
    exposure: null,
    ...PLAIN_WISH,
    kind: 'target',
    measure,
    amount,
    reason: '',
  });
  const units = { size: { kind: 'units', units: quantity('20') } } as const;
  test.each([
    {
      name: 'a tenth of equity out of a tenth, all of it',
      change: { allocation: 0.1, size: { kind: 'equity', fraction: ratio('0.1') } },
      run: {},
      scale: 1,
    },
    {
      name: 'a twentieth out of a tenth, nine tenths of it',
      change: { allocation: 0.1, size: { kind: 'equity', fraction: ratio('0.05') } },
      run: { size: { kind: 'equity', fraction: 0.9, at: 'signal' } },
      scale: 0.5 / 0.9,
    },
    { name: '20 units of 1,000 dollars, 10 of 100', change: units, run: { size: { kind: 'units', units: 10 } }, scale: 0.2 },
    { name: 'weights count in equity', change: { allocation: 0.25 }, run: {}, decisions: [wished('weight')], scale: 4 },
    { name: 'units as they are', change: {}, run: {}, decisions: [wished('units')], scale: 0.1 },
    { name: 'money as it is', change: {}, run: {}, decisions: [wished('notional'), wished('exposure', 0)], scale: 0.1 },
    {
      name: 'units beside equity',
      change: units,
      run: {},
      scale: 'the backtest sizes by units and the strategy by equity, or the other way round',
    },
    {
      name: 'two measures',
      change: {},
      run: {},
      decisions: [wished('units'), wished('weight')],
      scale: 'the backtest counts its orders in more than one measure',
    },
  ] as const)('$name', ({ change, run, scale, ...rest }) => {
    const decisions = 'decisions' in rest ? rest.decisions : [];
    const found = scaleOf(live([0], change), { options: { ...WHOLE, ...run }, decisions });
    if (typeof scale === 'number') expect(found).toBeCloseTo(scale, 12);
    else expect(found).toBe(scale);
  });
});
