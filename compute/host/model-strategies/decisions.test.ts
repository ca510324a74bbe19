import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../backtest-options.ts';
import { runBacktest } from '../backtest.ts';
import { runSweep } from '../sweep.ts';
import { parseAxes } from '../parameter-axis.ts';
import { ParameterGrid } from '../parameter-grid.ts';
import type { TreeModel } from '../learning/learning.node.ts';
import type { LinearModel } from '../models/model.ts';
import type { BarSeries, ParameterValues, StrategyModule } from '../types.ts';
import { modelModule } from './cached-module.ts';
import { carriedSource } from './carried-source.ts';
import { openModelModule } from './model-module.ts';

/** score = ln(close / open): the bar says the probability itself. */
const body: LinearModel = {
  kind: 'logistic',
  features: ['body@2', 'gap@2'],
  parameters: { penalty: 1 },
  rows: 100,
  standardisation: { means: [0, 0], deviations: [1, 1] },
  coefficients: [1, 0],
  intercept: 0,
  calibration: null,
};
/**
 * Two stumps over ln(close / open). Up to 0 they say 0.1 and 0.2, up to 0.2 they say 0.9 and 0.2, and both 0.9 beyond; a leaf holds half of what its tree adds to the
 * base of 0.5.
 */
const stumps: TreeModel = {
  method: 'forest',
  objective: 'binary',
  quantile: 0.5,
  names: ['body@2', 'gap@2'],
  baseScores: Float64Array.of(0.5),
  roots: Uint32Array.of(0, 3, 6),
  features: Uint16Array.of(0, 0xffff, 0xffff, 0, 0xffff, 0xffff),
  values: Float64Array.of(0, -0.2, 0.2, 0.2, -0.15, 0.2),
  counts: Uint32Array.of(100, 50, 50, 100, 60, 40),
  gains: Float32Array.of(1, 0, 0, 1, 0, 0),
  lefts: Uint32Array.of(1, 0, 0, 4, 0, 0),
};
const carried = carriedSource({ model: { form: 'linear', model: body }, horizon: 1 });

let direction: StrategyModule;
let rank: StrategyModule;
let forest: StrategyModule;
beforeAll(async () => {
  direction = await modelModule({ strategy: 'ml-direction', carried });
  rank = await modelModule({ strategy: 'ml-rank', carried });
  forest = await modelModule({ strategy: 'ml-direction', carried: carriedSource({ model: { form: 'trees', model: stumps }, horizon: 1 }) });
});

const DAY_MS = 86_400_000;

/** Bars of a day whose model says these probabilities. */
function barsThatSay(probabilities: readonly number[]): BarSeries {
  const open = Float64Array.from(probabilities, () => 100);
  const close = Float64Array.from(probabilities, (p) => (100 * p) / (1 - p));
  return {
    length: probabilities.length,
    startAtMs: Float64Array.from(probabilities, (_, day) => day * DAY_MS),
    open,
    high: open.map((price, bar) => Math.max(price, close[bar] ?? 0)),
    low: open.map((price, bar) => Math.min(price, close[bar] ?? 0)),
    close,
    volume: open.map(() => 1e6),
  };
}

function decide(
  module: StrategyModule,
  parameters: ParameterValues,
  symbols: Readonly<Record<string, readonly number[]>>,
): readonly string[] {
  const series = Object.entries(symbols).map(([symbol, said]) => ({ symbol, bars: barsThatSay(said) }));
  const options = { ...DEFAULT_BACKTEST_OPTIONS, cash: 1e6, commissionRate: 0 };
  return runBacktest({ module, parameters, series, options }).decisions.map(
    ({ time, symbol, exposure, reason }) => `${time.slice(8, 10)} ${symbol} ${exposure?.toFixed(3)} ${reason}`,
  );
}

describe('ml-direction', () => {
  test.each<{ name: string; parameters: ParameterValues; said: readonly number[]; decisions: readonly string[] }>([
    {
      name: 'buys where it is sure, leaves where a fall is likely, and abstains between; once each',
      parameters: {},
      said: [0.9, 0.6, 0.6, 0.5, 0.5, 0.4, 0.4, 0.55],
      decisions: [
        '02 A 1.000 probability of a rise 0.6, at least 0.55',
        '04 A 0.000 abstains: probability of a rise 0.5 lies between 0.45 and 0.55',
        '06 A 0.000 probability of a rise 0.4, at most 0.45',
        '08 A 1.000 probability of a rise 0.55, at least 0.55',
      ],
    },
    {
      name: 'sells short where it may',
      parameters: { direction: 'longshort', short: 0.3 },
      said: [0.5, 0.2, 0.35, 0.3],
      decisions: [
        '02 A -1.000 probability of a rise 0.2, at most 0.3',
        '03 A 0.000 abstains: probability of a rise 0.35 lies between 0.3 and 0.55',
        '04 A -1.000 probability of a rise 0.3, at most 0.3',
      ],
    },
    {
      name: 'abstains by entropy, both ways',
      parameters: { direction: 'longshort', long: 0.5, short: 0.5, entropy: 0.8 },
      said: [0.5, 0.7, 0.8, 0.3, 0.2],
      decisions: [
        '02 A 0.000 abstains: probability of a rise 0.7 has 0.8813 bits of entropy, above 0.8',
        '03 A 1.000 probability of a rise 0.8, at least 0.5',
        '04 A 0.000 abstains: probability of a rise 0.3 has 0.8813 bits of entropy, above 0.8',
        '05 A -1.000 probability of a rise 0.2, at most 0.5',
      ],
    },
    {
      name: 'holds for as long as it shall',
      parameters: { hold: 3 },
      said: [0.5, 0.6, 0.4, 0.4, 0.5],
      decisions: [
        '02 A 1.000 probability of a rise 0.6, at least 0.55',
        '05 A 0.000 abstains: probability of a rise 0.5 lies between 0.45 and 0.55',
      ],
    },
  ])('$name', ({ parameters, said, decisions }) => expect(decide(direction, parameters, { A: said })).toEqual(decisions));

  test('abstains where the trees of a forest are too far apart, and says how far', () => {
    const decisions = (parameters: ParameterValues): readonly string[] => decide(forest, parameters, { A: [0.4, 0.4, 0.53, 0.6] });
    expect(decisions({ long: 0.5 })).toEqual([
      '02 A 0.000 probability of a rise 0.15, at most 0.45',
      '03 A 1.000 probability of a rise 0.55, at least 0.5',
    ]);
    expect(decisions({ long: 0.5, disagreement: 0.3 })).toEqual([
      '02 A 0.000 probability of a rise 0.15, at most 0.45',
      '03 A 0.000 abstains: probability of a rise 0.55 is the mean of trees that are 0.35 apart, above 0.3',
      '04 A 1.000 probability of a rise 0.9, at least 0.5',
    ]);
  });

  test('no disagreement can be asked of a model without members', () =>
    expect(() => decide(direction, { disagreement: 0.3 }, { A: [0.5, 0.6] })).toThrow('only the trees of a forest can disagree'));

  test('several symbols, each by itself and with its share; nothing before a feature has a value', () => {
    expect(decide(direction, {}, { A: [0.9, 0.6, 0.6], B: [0.9, 0.9, 0.1] })).toEqual([
      '02 A 0.500 probability of a rise 0.6, at least 0.55',
      '02 B 0.500 probability of a rise 0.9, at least 0.55',
      '03 B 0.000 probability of a rise 0.1, at most 0.45',
    ]);
  });

  test('a probability at a threshold counts, and one beside it does not', () => {
    const verdicts = (said: number, parameters: ParameterValues): readonly string[] =>
      [...openModelModule(direction, [{ symbol: 'A', bars: barsThatSay([0.5, said]) }], parameters).observe()].map(
        ({ verdict }) => verdict,
      );
    const scoreOf = (said: number): number =>
      [...openModelModule(direction, [{ symbol: 'A', bars: barsThatSay([0.5, said]) }]).observe()][1]?.score ?? 0;
    const [high, low] = [scoreOf(0.6), scoreOf(0.4)];
    expect(verdicts(0.6, { long: high })[1]).toBe('long');
    expect(verdicts(0.6, { long: high + 1e-15 })[1]).toBe('abstain');
    expect(verdicts(0.4, { short: low })[1]).toBe('out');
    expect(verdicts(0.4, { short: low - 1e-15 })[1]).toBe('abstain');
  });

  test('a price that is none gives no value, and no decision', () => {
    const bars = barsThatSay([0.5, 0.6, 0.6, 0.6]);
    bars.open[2] = 0;
    const seen = [...openModelModule(direction, [{ symbol: 'A', bars }]).observe()];
    expect(seen.map(({ verdict, reason }) => `${verdict} ${reason}`)).toEqual([
      'unknown no decision: a feature has no value yet',
      'long probability of a rise 0.6, at least 0.55',
      'unknown no decision: a feature has no value yet',
      'long probability of a rise 0.6, at least 0.55',
    ]);
  });

  test('a sweep over a threshold gives what single runs give, in modules that serve again', async () => {
    const series = [{ symbol: 'A', bars: barsThatSay([0.5, 0.9, 0.6, 0.52, 0.8, 0.45, 0.7, 0.56, 0.3, 0.66, 0.5]) }];
    const options = { ...DEFAULT_BACKTEST_OPTIONS, cash: 1e6, commissionRate: 0 };
    const backtest = { module: direction, parameters: {}, series, options };
    const axes = parseAxes(['long=0.5,0.55,0.6,0.65,0.7']);
    const orders: number[] = [];
    for await (const chunk of runSweep({ backtest, axes, sets: new ParameterGrid(axes, undefined, {}).sets() }, { threads: 1 }))
      orders.push(...chunk.rows().map((row) => row.orders));
    const alone = [0.5, 0.55, 0.6, 0.65, 0.7].map((long) => runBacktest({ ...backtest, parameters: { long } }).metrics.orders);
    expect(orders).toEqual(alone);
    expect(new Set(alone).size).toBeGreaterThan(2);
    expect(direction.description.reusable).toBe(true);
  });
});

describe('ml-rank', () => {
  test('holds the best in equal parts, and abstains from the weak among them', () => {
    const said = { A: [0.5, 0.7, 0.4], B: [0.5, 0.6, 0.8], C: [0.5, 0.55, 0.45], D: [0.5, 0.3, 0.3] };
    expect(decide(rank, { top: 2 }, said)).toEqual([
      '02 A 0.500 score 0.7, rank 1 of 4, among the top 2',
      '02 B 0.500 score 0.6, rank 2 of 4, among the top 2',
      '03 A 0.000 score 0.4, rank 3 of 4, not among the top 2',
      '03 C 0.000 abstains: score 0.45, rank 2 of 4, below 0.5',
      '03 B 0.500 score 0.8, rank 1 of 4, among the top 2',
    ]);
  });

  test('sells the worst where it shall, and of equal scores takes the earlier', () => {
    const said = { A: [0.5, 0.6], B: [0.5, 0.6], C: [0.5, 0.4], D: [0.5, 0.2] };
    expect(decide(rank, { top: 1, bottom: 1, most: 0.3 }, said)).toEqual([
      '02 A 0.500 score 0.6, rank 1 of 4, among the top 1',
      '02 D -0.500 score 0.2, rank 4 of 4, among the bottom 1',
    ]);
  });

  test.each<{ name: string; parameters: ParameterValues; days: readonly string[] }>([
    { name: 'every third bar', parameters: { every: 3 }, days: ['02', '05', '08', '11'] },
    // 1970 began on a Thursday.
    { name: 'at the first bar of a week', parameters: { schedule: 'week' }, days: ['05', '12'] },
  ])('$name', ({ parameters, days }) => {
    const said = Array.from({ length: 13 }, () => 0.6);
    expect(decide(rank, { top: 1, ...parameters }, { A: said }).map((decision) => decision.slice(0, 2))).toEqual(days);
  });
});
