import { returnsOf } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestMetrics, BacktestResult } from '@tidemark/compute/types';
import { underwaterOf } from '../report/equity-curve.ts';
import { reportFiguresOf } from '../report/figures.ts';
import { METRIC_LABELS } from '../metric-labels.ts';
import { differencesOf, inWords } from './differences.ts';
import type { Difference } from './differences.ts';

export const COMPARED_MIN = 2;
export const COMPARED_MAX = 5;
/** Fewer returns at the same bars make no correlation. */
const COMMON_MIN = 30;
const POINTS_MAX = 2_000;

/** A run among others: `label` is its letter. */
export interface ComparedRun {
  readonly label: string;
  readonly name: string;
  /** Total return so far at each of the times, as a fraction; `null` before its first bar and after its last. */
  readonly growth: readonly (number | null)[];
  /** Distance from the high-water mark, 0 or negative. */
  readonly drawdown: readonly (number | null)[];
}

/** One metric of every run, in their order. */
export interface ComparedMetric {
  readonly name: keyof BacktestMetrics;
  readonly label: string;
  readonly unit: 'ratio' | 'usd' | 'count' | 'number';
  /** `null` where a run's data cannot support it, as in its own report. */
  readonly values: readonly (number | null)[];
  /** Why there is no value; `null` where there is one. */
  readonly reasons: readonly (string | null)[];
}

export interface ComparedPair {
  readonly first: string;
  readonly second: string;
  /** Of the returns at bars that both have; `null` where they are fewer than 30, or one never moved or lost all. */
  readonly correlation: number | null;
  readonly commonBars: number;
}

export interface RunComparison {
  /** The bars of all runs; where they are more than 2,000 every second, third and so on, and the last. */
  readonly times: readonly string[];
  readonly runs: readonly ComparedRun[];
  readonly metrics: readonly ComparedMetric[];
  readonly pairs: readonly ComparedPair[];
  readonly differences: readonly Difference[];
  /** What to mind before comparing. */
  readonly sentences: readonly string[];
}

/** How many runs cannot be compared; `undefined` for a number that can. */
export const wrongCount = (count: number): string | undefined =>
  count >= COMPARED_MIN && count <= COMPARED_MAX
    ? undefined
    : `${count} runs are given; ${COMPARED_MIN} to ${COMPARED_MAX} can be compared`;

const labelOf = (index: number): string => 'ABCDE'.charAt(index);

/** Every time at which a run has a mark, in order: ISO-8601 texts in UTC order as instants do once they are read. */
function timesOf(results: readonly BacktestResult[]): readonly string[] {
  const byMs = new Map<number, string>();
  for (const { equity } of results) for (const { time } of equity) if (!byMs.has(Date.parse(time))) byMs.set(Date.parse(time), time);
  return [...byMs].sort(([a], [b]) => a - b).map(([, time]) => time);
}

function thinned(times: readonly string[]): readonly string[] {
  const step = Math.ceil(times.length / POINTS_MAX);
  return times.filter((_, index) => index % step === 0 || index === times.length - 1);
}

function curvesOf({ equity, options }: BacktestResult, times: readonly string[]): Pick<ComparedRun, 'growth' | 'drawdown'> {
  const under = underwaterOf(equity, options.cash);
  const lastMs = Date.parse(equity.at(-1)?.time ?? '');
  let mark = -1;
  const marks = times.map((time) => {
    const atMs = Date.parse(time);
    while (mark + 1 < equity.length && Date.parse(equity[mark + 1]?.time ?? '') <= atMs) mark += 1;
    return mark < 0 || atMs > lastMs ? undefined : mark;
  });
  const at = (of: (index: number) => number): readonly (number | null)[] => marks.map((index) => (index === undefined ? null : of(index)));
  return {
    growth: at((index) => (equity[index]?.equity ?? Number.NaN) / options.cash - 1),
    drawdown: at((index) => under[index] ?? Number.NaN),
  };
}

/** Places of the bars that both have. */
function commonBars(one: BacktestResult, other: BacktestResult): readonly (readonly [number, number])[] {
  const byMs = new Map(other.equity.map(({ time }, index) => [Date.parse(time), index]));
  return one.equity.flatMap(({ time }, index) => {
    const place = byMs.get(Date.parse(time));
    return place === undefined ? [] : [[index, place] as const];
  });
}

function pairOf(results: readonly BacktestResult[], first: number, second: number, statistics: Statistics): ComparedPair {
  const [one, other] = [results[first], results[second]];
  if (one === undefined || other === undefined) throw new Error('Invariant: both runs of a pair are there');
  const common = commonBars(one, other);
  const pair = { first: labelOf(first), second: labelOf(second), commonBars: common.length };
  const [returns, otherReturns] = [returnsOf(one), returnsOf(other)];
  if (common.length < COMMON_MIN || returns === undefined || otherReturns === undefined) return { ...pair, correlation: null };
  const { correlation } = statistics.againstBenchmark(
    Float64Array.from(common, ([index]) => returns[index] ?? Number.NaN),
    Float64Array.from(common, ([, index]) => otherReturns[index] ?? Number.NaN),
  );
  return { ...pair, correlation };
}

function metricsOf(results: readonly BacktestResult[], statistics: Statistics): readonly ComparedMetric[] {
  const headlines = results.map((result) => new Map(reportFiguresOf(result, statistics).headline.map((figure) => [figure.name, figure])));
  return METRIC_LABELS.map(({ name, label, unit }) => ({
    name,
    label,
    unit,
    values: headlines.map((figures) => figures.get(name)?.value ?? null),
    reasons: headlines.map((figures) => figures.get(name)?.reason ?? null),
  }));
}

/** Two to five runs beside each other, A first. The same for the same runs in the same order. */
export function compareRuns(results: readonly BacktestResult[], statistics: Statistics): RunComparison {
  const wrong = wrongCount(results.length);
  if (wrong !== undefined) throw new Error(`Invariant: ${wrong}`);
  const times = thinned(timesOf(results));
  const indices = results.map((_, index) => index);
  const differences = differencesOf(results);
  return {
    times,
    runs: results.map((result, index) => ({ label: labelOf(index), name: result.strategy.name, ...curvesOf(result, times) })),
    metrics: metricsOf(results, statistics),
    pairs: indices.flatMap((first) =>
      indices.filter((second) => second > first).map((second) => pairOf(results, first, second, statistics)),
    ),
    differences,
    sentences: inWords(results, differences),
  };
}
