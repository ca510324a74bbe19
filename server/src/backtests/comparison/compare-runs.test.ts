import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { plainResult, realRun } from '../report/test/results.ts';
import { compareRuns, wrongCount } from './compare-runs.ts';

const statistics = await openStatistics();

const later = (result: BacktestResult, days: number): BacktestResult => {
  const equity = result.equity.map(({ time, equity: value }) => ({
    time: new Date(Date.parse(time) + days * 86_400_000).toISOString().replace('.000', ''),
    equity: value,
  }));
  return { ...result, equity, data: { ...result.data, from: equity[0]?.time ?? '', to: equity.at(-1)?.time ?? '' } };
};
const a = plainResult([100, 110, 99]);

describe('curves', () => {
  test('the same bars', () => {
    const { times, runs } = compareRuns([a, plainResult([100, 50, 200])], statistics);
    expect(times).toEqual(a.equity.map(({ time }) => time));
    expect(runs.map(({ label, growth }) => [label, growth.map((value) => Math.round((value ?? 0) * 1e9) / 1e9)])).toEqual([
      ['A', [0, 0.1, -0.01]],
      ['B', [0, -0.5, 1]],
    ]);
    expect(runs[0]?.drawdown[2]).toBeCloseTo(-0.1, 12);
  });

  test('another span: nothing before its first bar, nothing after its last', () => {
    const { times, runs } = compareRuns([a, later(a, 2)], statistics);
    expect(times).toHaveLength(5);
    expect(runs.map(({ growth }) => growth.map((value) => value !== null))).toEqual([
      [true, true, true, false, false],
      [false, false, true, true, true],
    ]);
  });

  test('a missing bar keeps the last mark', () => {
    const gap = { ...a, equity: [a.equity[0], a.equity[2]].filter((point) => point !== undefined) };
    expect(compareRuns([a, gap], statistics).runs[1]?.growth[1]).toBe(0);
  });

  test('many bars are thinned, the last one stays', async () => {
    const { result } = await realRun('sma-crossover', { fast: 10, slow: 50 });
    const { times, runs } = compareRuns([result, result], statistics);
    expect(times.length).toBeLessThanOrEqual(2_001);
    expect(times.at(-1)).toBe(result.data.to);
    expect(runs[0]?.growth.at(-1)).toBeCloseTo((result.equity.at(-1)?.equity ?? 0) / result.options.cash - 1, 12);
  });
});

describe('correlation', () => {
  const wave = plainResult(Array.from({ length: 31 }, (_, day) => 100 + ((day * 7) % 5)));
  const mirror = plainResult(Array.from({ length: 31 }, (_, day) => 100 - ((day * 7) % 5) / 1.04));
  test.each([
    { name: 'with itself', other: wave, correlation: 1, commonBars: 31 },
    { name: 'with what falls when it rises', other: mirror, correlation: -0.99, commonBars: 31 },
    { name: 'with what never moves', other: plainResult(Array.from({ length: 31 }, () => 100)), correlation: null, commonBars: 31 },
    { name: 'over too few bars', other: later(wave, 2), correlation: null, commonBars: 29 },
  ])('$name', ({ other, correlation, commonBars }) => {
    const [pair] = compareRuns([wave, other], statistics).pairs;
    expect(pair).toMatchObject({ first: 'A', second: 'B', commonBars });
    if (correlation === null) expect(pair?.correlation).toBeNull();
    else expect(Math.abs((pair?.correlation ?? 0) - correlation)).toBeLessThan(0.02);
  });
  test('every pair once', () =>
    expect(compareRuns([a, a, a], statistics).pairs.map(({ first, second }) => first + second)).toEqual(['AB', 'AC', 'BC']));
});

describe('what differs', () => {
  const withParameters = (parameters: Record<string, number>, base = a): BacktestResult => ({
    ...base,
    strategy: { ...base.strategy, parameters },
  });
  test.each<{ name: string; runs: readonly BacktestResult[]; rows: readonly (readonly string[])[]; says: RegExp }>([
    { name: 'nothing', runs: [a, a], rows: [], says: /The same bars \(cdcdcdcdcdcd…\)\./ },
    {
      name: 'a parameter, and one that only one has',
      runs: [withParameters({ fast: 10, slow: 50 }), withParameters({ fast: 20, slow: 50, stop: 1 })],
      rows: [
        ['fast', '10', '20'],
        ['stop', '—', '1'],
      ],
      says: /Parameters that differ: fast and stop\./,
    },
    {
      name: 'costs',
      runs: [a, { ...a, options: { ...a.options, slippageBps: 5 } }],
      rows: [['slippage bps', '0', '5']],
      says: /Options that differ: slippage bps\. A better result may be theirs/,
    },
    {
      name: 'the version',
      runs: [a, { ...a, strategy: { ...a.strategy, version: 'ee' } }],
      rows: [['version (SHA-256)', a.strategy.version, 'ee']],
      says: /Different versions of the same strategy/,
    },
    {
      name: 'the bars alone',
      runs: [a, { ...a, data: { ...a.data, hash: 'ff' } }],
      rows: [['data (SHA-256)', a.data.hash, 'ff']],
      says: /The bars differ although symbols and span are the same/,
    },
    {
      name: 'the symbols',
      runs: [a, { ...a, data: { ...a.data, symbols: ['OTHER'] } }],
      rows: [['symbols', 'SYM', 'OTHER']],
      says: /do not stand beside each other one to one/,
    },
  ])('$name', ({ runs, rows, says }) => {
    const { differences, sentences } = compareRuns(runs, statistics);
    expect(differences.map(({ name, values }) => [name, ...values])).toEqual(rows);
    expect(sentences.join(' ')).toMatch(says);
  });
});

test.each([
  { count: 1, wrong: true },
  { count: 2, wrong: false },
  { count: 5, wrong: false },
  { count: 6, wrong: true },
])('$count runs', ({ count, wrong }) => expect(wrongCount(count) !== undefined).toBe(wrong));
