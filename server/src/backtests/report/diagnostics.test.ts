import { openStatistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { expect, test } from 'vitest';
import { diagnosticsOf } from './diagnostics.ts';
import { reportFiguresOf } from './figures.ts';
import { plainResult } from './test/results.ts';

const statistics = await openStatistics();

const base = plainResult(Array.from({ length: 28 }, (_, day) => 100 + (day % 3)));
const withMetrics = (metrics: Partial<BacktestResult['metrics']>): BacktestResult => ({
  ...base,
  metrics: { ...base.metrics, ...metrics },
});
const withOptions = (options: Partial<BacktestResult['options']>): BacktestResult => ({
  ...base,
  options: { ...base.options, ...options },
});
const trade = (grossPnl: number): BacktestResult['trades'][number] => ({
  symbol: 'SYM',
  direction: 'long',
  size: 1,
  entryBar: 1,
  entryTime: '2024-01-02T00:00:00Z',
  entryPrice: 100,
  exitBar: 2,
  exitTime: '2024-01-03T00:00:00Z',
  exitPrice: 101,
  grossPnl,
  commission: 0,
  status: 'closed',
});

test.each([
  { name: 'few trades', result: base, text: /Only 0 closed trades/, weight: 'warn' },
  { name: 'enough trades', result: { ...base, trades: Array.from({ length: 30 }, () => trade(1)) }, text: /Only/, weight: undefined },
  { name: 'no costs', result: withOptions({ commissionRate: 0 }), text: /No commission and no slippage/, weight: 'warn' },
  { name: 'no slippage', result: base, text: /No slippage was assumed/, weight: 'note' },
  { name: 'with slippage', result: withOptions({ slippageBps: 5 }), text: /No slippage/, weight: undefined },
  {
    name: 'costs took a third',
    result: withMetrics({ finalEquity: 104, fees: 2 }),
    text: /Costs took 33 % of the gross profit/,
    weight: 'warn',
  },
  { name: 'costs took a quarter', result: withMetrics({ finalEquity: 103, fees: 1 }), text: /Costs took/, weight: undefined },
  {
    name: 'losing before costs',
    result: withMetrics({ finalEquity: 97, fees: 1 }),
    text: /lose before costs already: −\$2\.00 gross/,
    weight: 'warn',
  },
  { name: 'same close', result: withOptions({ fill: 'same-close' }), text: /nobody can trade/, weight: 'warn' },
  {
    name: 'one lucky trade',
    result: { ...base, trades: [trade(90), trade(10), trade(-5)] },
    text: /One trade brought 90 %/,
    weight: 'warn',
  },
  {
    name: 'one trade makes the result',
    result: { ...base, trades: [trade(90), trade(10), trade(-15)] },
    text: /One trade makes the result: it won \$90\.00, and without it the closed trades would have lost \$5\.00/,
    weight: 'warn',
  },
  {
    name: 'one trade makes it, to the cent',
    result: { ...base, trades: [trade(90), trade(10), trade(-10)] },
    text: /would have won nothing/,
    weight: 'warn',
  },
  {
    name: 'a loser with one winner is no result',
    result: { ...base, trades: [trade(5), trade(4), trade(-15)] },
    text: /One trade makes/,
    weight: undefined,
  },
  { name: 'two equal winners', result: { ...base, trades: [trade(10), trade(10)] }, text: /One trade brought/, weight: undefined },
  {
    name: 'a denial',
    result: { ...base, denials: [{ time: '', code: 'InsufficientCash', symbol: 'SYM', limit: 1, actual: 2 }] },
    text: /1 order denied/,
    weight: 'warn',
  },
  { name: 'half the time in the market', result: withMetrics({ exposure: 0.5 }), text: /In the market/, weight: undefined },
  {
    name: 'rarely in the market',
    result: withMetrics({ exposure: 0.05 }),
    text: /In the market on 5\.0 % of the bars only/,
    weight: 'note',
  },
  {
    name: 'long under water',
    result: plainResult([100, 120, 90, 91, 92, 93]),
    text: /for 4 bars on end.* and has not recovered/,
    weight: 'warn',
  },
])('$name', ({ result, text, weight }) => {
  const found = diagnosticsOf(result, reportFiguresOf(result, statistics));
  expect(found.find((each) => text.test(each.text))?.weight).toBe(weight);
  expect(found.map((each) => each.weight)).toEqual(
    found
      .map((each) => each.weight)
      .toSorted()
      .toReversed(),
  );
});
