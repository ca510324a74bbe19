import { afterAll, describe, expect, test } from 'vitest';
import { compareDecisions } from './built-in-decisions.ts';
import { compileBuiltIn } from './built-ins.ts';
import { closeCompiler } from './compile.ts';
import { readGolden } from './golden-backtests.ts';
import { dualMomentum, momentumRotation, pairs, volatilityTargeting, type Closes } from './reference-strategies.ts';

afterAll(closeCompiler);

/** Twenty shares over thirteen years, of which five begin later than the others. */
const rows = readGolden('data/stocks20_adjclose_2005_2018.csv');
const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'date');
const closesOf = (symbols: readonly string[]): Closes =>
  rows.map((row) => symbols.map((symbol) => (row[symbol] === '' ? undefined : Number(row[symbol]))));
const all = closesOf(names);

test('the table is the one that is meant', () => {
  expect(names).toHaveLength(20);
  expect(all.length).toBeGreaterThan(3_000);
  expect(all[0]?.filter((close) => close === undefined).length).toBeGreaterThan(0);
  expect(all.flat().every((close) => close === undefined || close > 0)).toBe(true);
});

const CASES = [
  { name: 'momentum-rotation', rule: momentumRotation, values: { lookback: 252, skip: 21, top: 5, every: 21 }, closes: all },
  { name: 'momentum-rotation', rule: momentumRotation, values: { lookback: 10, skip: 0, top: 3, every: 5 }, closes: all },
  { name: 'momentum-rotation', rule: momentumRotation, values: { lookback: 60, skip: 5, top: 19, every: 63 }, closes: all },
  { name: 'dual-momentum', rule: dualMomentum, values: { lookback: 252, every: 21 }, closes: all },
  { name: 'dual-momentum', rule: dualMomentum, values: { lookback: 20, every: 5 }, closes: closesOf(['AAPL', 'XOM', 'GM', 'BAC', 'FB']) },
  { name: 'dual-momentum', rule: dualMomentum, values: { lookback: 20, every: 1 }, closes: closesOf(['JPM']) },
  {
    name: 'volatility-targeting',
    rule: volatilityTargeting,
    values: { period: 20, volatility: 0.1, most: 1, band: 0.1, periodsPerYear: 252 },
    closes: all,
  },
  {
    name: 'volatility-targeting',
    rule: volatilityTargeting,
    values: { period: 2, volatility: 0.3, most: 0.5, band: 0, periodsPerYear: 252 },
    closes: closesOf(['MA', 'T']),
  },
  ...(
    [
      ['XOM', 'RRC'],
      ['WMT', 'BBY'],
      ['MA', 'JPM'],
      ['BABA', 'AMZN'],
    ] as const
  ).map((both) => ({
    name: 'pairs',
    rule: pairs,
    values: { period: 60, entry: 2, exit: 0.5, stop: 3 },
    closes: closesOf(both),
  })),
];

describe.each(CASES)('$name with $values', ({ name, rule, values, closes }) => {
  test('every decision is the one of the plain rule', async () => {
    const { actual, expected } = compareDecisions(await compileBuiltIn(name), values, rule(values), closes);
    expect(actual.length).toBeGreaterThan(20);
    expect(actual).toEqual(expected);
  });
});
