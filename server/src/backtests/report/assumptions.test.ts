import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestOptions } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_LIMITS, DEFAULT_BACKTEST_OPTIONS } from '../../../../compute/host/backtest-options.ts';
import { costsInWords, fillInWords, financingInWords, limitsInWords } from './assumptions.ts';
import { renderReport } from './report.ts';
import { plainResult } from './test/results.ts';

const statistics = await openStatistics();

const options = (change: Partial<BacktestOptions>): BacktestOptions => ({ ...DEFAULT_BACKTEST_OPTIONS, commissionRate: 0, ...change });

describe('costs', () => {
  test.each([
    { name: 'none', change: {}, words: 'commission none; slippage none' },
    { name: 'a rate', change: { commissionRate: 0.001 }, words: 'commission 0.100 % of notional a side; slippage none' },
    { name: 'a minimum alone', change: { commissionMinimum: 1 }, words: 'commission at least $1.00 an order; slippage none' },
    {
      name: 'all of them',
      change: { commissionFixed: 1, commissionPerUnit: 0.005, commissionMinimum: 2, regulatoryFees: true, slippageBps: 2 },
      words:
        'commission $1.00 an order + $0.0050 a unit, at least $2.00 an order; regulatory fees of US shares; slippage 2.0 bps against the order',
    },
  ])('$name', ({ change, words }) => {
    expect(costsInWords(options(change))).toBe(words);
  });
});

test.each([
  { fill: 'next-open', words: /^at the open of the bar after the decision$/ },
  { fill: 'same-close', words: /^at the close of the bar that decided$/ },
  { fill: 'spread', words: /half of a spread of 8\.0 bps/ },
  { fill: 'volume-share', words: /up to 2\.5 % of the bar’s volume, .*0\.10 × \(share of volume\)²/ },
  { fill: 'square-root', words: /0\.10 × daily volatility × √/ },
] as const)('fills, $fill', ({ fill, words }) => {
  expect(fillInWords(options({ fill, spreadBps: 8 }))).toMatch(words);
});

test('financing names leverage and every rate that is not zero', () => {
  expect(financingInWords(options({}))).toBe('A cash account, in which shorts need no margin. Interest a year: none.');
  expect(financingInWords(options({ leverage: 2, borrowRate: 0.03, debitRate: 0.06 }))).toBe(
    'Gross exposure up to 2.00 × equity; all is closed when equity falls below 25.0 % of it. Interest a year: 3.00 % on the value of shorts, 6.00 % on debt.',
  );
});

test('limits: every one that applies is named with its figure, and none that does not', () => {
  expect(limitsInWords(null)).toBe('No risk limits applied.');
  const all = limitsInWords(DEFAULT_BACKTEST_LIMITS);
  for (const words of ['risk of an order 2.0 %', 'drawdown 8.0 %', 'open positions 20', 'notional of an order $25,000.00', 'shorts 0.0 %'])
    expect(all).toContain(words);
  expect(all.split(';')).toHaveLength(Object.keys(DEFAULT_BACKTEST_LIMITS).length);
  expect(limitsInWords({ ...DEFAULT_BACKTEST_LIMITS, drawdown: null })).not.toContain('drawdown');
});

test('a report says financing, dividends and what it assumed of them', () => {
  const result = plainResult([100, 99]);
  const metrics = { ...result.metrics, financing: -12.5, dividends: 3.25 };
  const text = renderReport({ ...result, metrics, options: { ...result.options, leverage: 2 } }, { engineVersion: '1' }, statistics);
  for (const words of ['Financing', 'Dividends', '12.50', '3.25', 'Gross exposure up to 2.00 × equity', 'No risk limits applied'])
    expect(text).toContain(words);
});
