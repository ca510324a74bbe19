import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { markedPricesOf } from './baselines/marked-prices.ts';
import { costSensitivityOf } from './cost-sensitivity.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { reportFiguresOf } from './figures.ts';
import type { ReportFigures } from './figures.ts';
import { lookAheadSignsOf } from './look-ahead.ts';
import { barsOn } from './test/bars.ts';
import { plainResult } from './test/results.ts';
import { thinBarsOf } from './thin-bars.ts';

const statistics = await openStatistics();

const base = plainResult(Array.from({ length: 31 }, (_, day) => 100 + (day % 3)));
const day = (at: number): string => `2024-01-${String(at).padStart(2, '0')}T00:00:00Z`;
const trade = (changes: Partial<BacktestResult['trades'][number]> = {}): BacktestResult['trades'][number] => ({
  symbol: 'SYM',
  direction: 'long',
  size: 10,
  entryBar: 1,
  entryTime: day(2),
  entryPrice: 100,
  exitBar: 2,
  exitTime: day(3),
  exitPrice: 100,
  grossPnl: 0,
  commission: 0,
  status: 'closed',
  ...changes,
});

/** What is said of figures like these. */
function saidOf(changes: Partial<ReportFigures>, result: BacktestResult = base): ReturnType<typeof diagnosticsOf> {
  return diagnosticsOf(result, { ...reportFiguresOf(result, statistics), ...changes });
}

describe('signs of look-ahead', () => {
  const calm = { entries: 40, right: 20, deviations: 0, onTime: 0.5, oneBarLate: 0.5 };
  const yearly = { ...base, options: { ...base.options, periodsPerYear: 31 } };
  const withSharpe = (sharpe: number, result = yearly): BacktestResult => ({ ...result, metrics: { ...result.metrics, sharpe } });
  test.each([
    { name: 'none', signs: calm, result: base, text: undefined },
    { name: 'a ratio above 4 over a year', signs: calm, result: withSharpe(4.01), text: /Sharpe ratio of 4\.01 is more/ },
    { name: 'a ratio of 4', signs: calm, result: withSharpe(4), text: undefined },
    { name: 'a ratio above 4 over a month only', signs: calm, result: withSharpe(9, base), text: undefined },
    {
      name: 'the first bar too often right',
      signs: { ...calm, right: 36, deviations: 5.06 },
      result: base,
      text: /after 90 % of 40 entries/,
    },
    { name: 'right by a coin’s luck', signs: { ...calm, right: 28, deviations: 2.5 }, result: base, text: undefined },
    {
      name: 'too few entries to tell',
      signs: { ...calm, entries: 29, right: 29, deviations: 5.4 },
      result: base,
      text: undefined,
    },
    {
      name: 'nothing is left a bar later',
      signs: { ...calm, onTime: 2, oneBarLate: 0.99 },
      result: base,
      text: /one bar later the same trades have a Sharpe ratio of 0\.99 instead of 2\.00/,
    },
    { name: 'half is left', signs: { ...calm, onTime: 2, oneBarLate: 1 }, result: base, text: undefined },
    { name: 'there was little to lose', signs: { ...calm, onTime: 1, oneBarLate: -1 }, result: base, text: undefined },
    { name: 'it cannot be told', signs: { ...calm, onTime: Number.NaN, oneBarLate: Number.NaN }, result: base, text: undefined },
  ])('$name', ({ signs, result, text }) => {
    const found = saidOf({ lookAhead: signs }, result).find((each) => each.text.startsWith('It may have seen'));
    if (text === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ weight: 'warn', text: expect.stringMatching(text) as string });
  });

  test('a strategy that buys each day that will rise is found out; the same days by chance are not', () => {
    const closes = Array.from({ length: 400 }, (_, at) => 100 * (1 + 0.03 * Math.sin(at * at)));
    const times = closes.map((_, at) => new Date(Date.UTC(2024, 0, at + 1)).toISOString().replace('.000', ''));
    const bars = barsOn(
      'SYM',
      closes.map((_, at) => at + 1),
      closes,
    );
    const equity = times.map((time) => ({ time, equity: 100 }));
    const signsOf = (isEntry: (at: number) => boolean) => {
      const entries = closes.flatMap((_, at) => (at > 0 && at < 399 && isEntry(at) ? [at] : []));
      const trades = entries.map((at) =>
        trade({ size: 0.9, entryTime: times[at] ?? '', entryPrice: closes[at - 1] ?? 0, exitTime: times[at + 1] ?? '' }),
      );
      const result = { ...base, equity, trades };
      return { signs: lookAheadSignsOf(result, [markedPricesOf(equity, bars)]), result };
    };
    const knowing = signsOf((at) => (closes[at] ?? 0) > (closes[at - 1] ?? 0));
    expect(knowing.signs.right).toBe(knowing.signs.entries);
    expect(knowing.signs.oneBarLate).toBeLessThan(knowing.signs.onTime / 2);
    expect(saidOf({ lookAhead: knowing.signs }, knowing.result).some(({ text }) => text.startsWith('It may have seen'))).toBe(true);
    const blind = signsOf((at) => at % 3 === 0);
    expect(saidOf({ lookAhead: blind.signs }, blind.result).some(({ text }) => text.startsWith('It may have seen'))).toBe(false);
  });
});

describe('thin bars', () => {
  const thinOf = (size: number, volume: number) =>
    thinBarsOf({ ...base, trades: [trade({ size })] }, [markedPricesOf(base.equity, barsOn('SYM', [1, 2, 3], [100, 100, 100], volume))]);
  test.each([
    { name: 'more than a hundredth of the volume', size: 11, volume: 1_000, found: { fills: 2, thin: 2, largest: 0.011 } },
    { name: 'a hundredth', size: 10, volume: 1_000, found: { fills: 2, thin: 0, largest: 0.01 } },
    { name: 'no bar has a volume', size: 1, volume: 0, found: undefined },
  ])('$name', ({ size, volume, found }) => expect(thinOf(size, volume)).toEqual(found));

  test.each([
    { name: 'none', thin: { fills: 100, thin: 0, largest: 0.009 }, text: undefined },
    { name: 'a few small ones', thin: { fills: 100, thin: 5, largest: 0.1 }, text: undefined },
    {
      name: 'more than a twentieth',
      thin: { fills: 100, thin: 6, largest: 0.1 },
      text: /6 of 100 fills took more than 1 % .* took 10 % of it/,
    },
    { name: 'one large one', thin: { fills: 100, thin: 1, largest: 0.11 }, text: /nothing was charged for that/ },
    { name: 'a bar without volume', thin: { fills: 100, thin: 1, largest: Infinity }, text: /some bars had no volume at all/ },
  ])('said: $name', ({ thin, text }) => {
    const found = saidOf({ thinBars: thin }).find((each) => each.text.includes('bar’s volume'));
    if (text === undefined) expect(found).toBeUndefined();
    else expect(found?.text).toMatch(text);
  });

  test('a fill model that charges for volume is not said to charge nothing', () => {
    const result = { ...base, options: { ...base.options, fill: 'volume-share' as const } };
    const found = saidOf({ thinBars: { fills: 10, thin: 9, largest: 0.025 } }, result).find(({ text }) => text.includes('volume'));
    expect(found).toBeDefined();
    expect(found?.text).not.toContain('nothing was charged');
  });
});

describe('dearer fills', () => {
  const traded: BacktestResult = { ...base, trades: [trade()], metrics: { ...base.metrics, finalEquity: 102 } };
  test.each([
    { name: 'from the fees: $2 of profit on $2,000 traded', result: traded, reruns: undefined, basis: 'from the fees', breakEvenBps: 10 },
    {
      name: 'run again',
      result: traded,
      reruns: [{ extraBps: 5, totalReturn: -0.1, sharpe: null }],
      basis: 'run again',
      breakEvenBps: 10,
    },
    {
      name: 'no profit to take',
      result: { ...traded, metrics: { ...traded.metrics, finalEquity: 99 } },
      reruns: undefined,
      basis: 'from the fees',
      breakEvenBps: null,
    },
  ])('$name', ({ result, reruns, basis, breakEvenBps }) => {
    const found = costSensitivityOf(result, reruns);
    expect(found?.basis).toBe(basis);
    if (breakEvenBps === null) expect(found?.breakEvenBps).toBeNull();
    else expect(found?.breakEvenBps).toBeCloseTo(breakEvenBps, 9);
    if (reruns === undefined && breakEvenBps !== null) expect(found?.steps.map(({ totalReturn }) => totalReturn)).toEqual([0.01, 0, -0.03]);
  });

  test('nothing traded, nothing to say', () => expect(costSensitivityOf(base, undefined)).toBeUndefined());

  test.each([
    { name: 'survives', basis: 'from the fees', steps: [], breakEvenBps: 10, text: undefined },
    { name: 'does not', basis: 'from the fees', steps: [], breakEvenBps: 9.9, text: /About 9\.9 bps more/ },
    {
      name: 'loses when run again',
      basis: 'run again',
      steps: [{ extraBps: 10, totalReturn: 0, sharpe: null }],
      breakEvenBps: 11,
      text: /Run again with 10 bps more/,
    },
    {
      name: 'loses only beyond',
      basis: 'run again',
      steps: [{ extraBps: 25, totalReturn: -0.2, sharpe: null }],
      breakEvenBps: 11,
      text: undefined,
    },
    { name: 'had no profit', basis: 'from the fees', steps: [], breakEvenBps: null, text: undefined },
  ] as const)('said: $name', ({ text, ...costSensitivity }) => {
    const found = saidOf({ costSensitivity }).find((each) => each.text.includes('bps more'));
    if (text === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ weight: 'warn', text: expect.stringMatching(text) as string });
  });
});

test('bars that are not those of the run are told of', () => {
  expect(saidOf({ otherBars: true }).some(({ text }) => text.includes('their hash differs'))).toBe(true);
  expect(saidOf({}).some(({ text }) => text.includes('their hash differs'))).toBe(false);
});
