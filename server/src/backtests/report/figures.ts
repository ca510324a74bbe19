import type { BacktestDenial, BacktestResult, BarSeries } from '@tidemark/compute/types';
import { againstBenchmark, buyAndHoldOf } from './benchmark.ts';
import type { AgainstBenchmark } from './benchmark.ts';
import { calendarReturnsOf, drawdownsOf, isRuined, returnsOf, underwaterOf } from './equity-curve.ts';
import type { Drawdown, EquityPoint, PeriodReturn } from './equity-curve.ts';
import { headlineOf, SAMPLE_MIN } from './headline.ts';
import type { Figure } from './headline.ts';
import { histogramOf, shapeOf, tailRiskOf } from './moments.ts';
import type { Bin, TailRisk } from './moments.ts';
import { rollingOf, rollingWindow } from './rolling.ts';
import type { RollingPoint } from './rolling.ts';
import { roundTripsOf, summariseRoundTrips } from './round-trips.ts';
import type { RoundTrip, RoundTripSummary } from './round-trips.ts';
import { sharpeInferenceOf } from './sharpe.ts';
import type { SharpeInference } from './sharpe.ts';

/** A tail needs five returns in it to mean anything. */
const VAR_95_RETURNS_MIN = 100;
const VAR_99_RETURNS_MIN = 500;
const BINS = 41;
const ROLLING_POINTS_MAX = 1_000;

export interface Distribution {
  readonly skew: number;
  readonly excessKurtosis: number;
  readonly best: number;
  readonly worst: number;
  readonly positiveShare: number;
  /** `null` where there are too few returns. */
  readonly tail95: TailRisk | null;
  readonly tail99: TailRisk | null;
  readonly histogram: readonly Bin[];
}

export interface Benchmark extends AgainstBenchmark {
  readonly symbol: string;
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  readonly sharpe: number;
  readonly curve: readonly EquityPoint[];
}

/** From what the prices gave to what is left, in dollars: `gross − fees − slippage = net`. */
export interface Costs {
  readonly gross: number;
  readonly fees: number;
  readonly slippage: number;
  readonly net: number;
}

/** Everything that the report shows and that the result itself does not hold. */
export interface ReportFigures {
  readonly daily: boolean;
  readonly ruined: boolean;
  /** Why there are no statistics of the returns; `undefined` where there are. */
  readonly unmeasurable: string | undefined;
  readonly headline: readonly Figure[];
  readonly sharpe: SharpeInference | undefined;
  readonly underwater: Float64Array;
  readonly drawdowns: readonly Drawdown[];
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  readonly rolling: { readonly window: number; readonly points: readonly RollingPoint[] };
  readonly distribution: Distribution | undefined;
  readonly benchmark: Benchmark | undefined;
  readonly trips: readonly RoundTrip[];
  readonly tripSummary: RoundTripSummary;
  readonly costs: Costs;
  readonly denials: readonly { readonly code: string; readonly count: number; readonly first: BacktestDenial }[];
}

function distributionOf(returns: Float64Array): Distribution {
  const sorted = returns.toSorted();
  const { skew, excessKurtosis } = shapeOf(returns);
  return {
    skew,
    excessKurtosis,
    best: sorted.at(-1) ?? Number.NaN,
    worst: sorted[0] ?? Number.NaN,
    positiveShare: returns.filter((value) => value > 0).length / returns.length,
    tail95: returns.length >= VAR_95_RETURNS_MIN ? tailRiskOf(sorted, 0.95) : null,
    tail99: returns.length >= VAR_99_RETURNS_MIN ? tailRiskOf(sorted, 0.99) : null,
    histogram: histogramOf(sorted, BINS),
  };
}

function benchmarkOf({ equity, options, data }: BacktestResult, returns: Float64Array, bars: BarSeries): Benchmark | undefined {
  const curve = buyAndHoldOf(equity, options.cash, bars);
  if (curve === undefined) return undefined;
  const own = returnsOf(curve, options.cash);
  return {
    ...againstBenchmark(returns, own, options.periodsPerYear),
    symbol: data.symbols[0] ?? '',
    totalReturn: (curve.at(-1)?.equity ?? Number.NaN) / options.cash - 1,
    maxDrawdown: Math.min(
      0,
      ...drawdownsOf(curve)
        .slice(0, 1)
        .map(({ depth }) => depth),
    ),
    sharpe: sharpeInferenceOf(own, options.periodsPerYear).sharpe,
    curve,
  };
}

function denialsByCode(denials: readonly BacktestDenial[]): ReportFigures['denials'] {
  const byCode = new Map<string, { code: string; count: number; first: BacktestDenial }>();
  for (const denial of denials) {
    const known = byCode.get(denial.code);
    if (known === undefined) byCode.set(denial.code, { code: denial.code, count: 1, first: denial });
    else known.count += 1;
  }
  return [...byCode.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

function rollingFigures({ equity, options }: BacktestResult, returns: Float64Array): ReportFigures['rolling'] {
  const window = rollingWindow(options.periodsPerYear);
  const step = Math.max(1, Math.ceil((returns.length - window) / ROLLING_POINTS_MAX));
  const times = equity.map(({ time }) => time);
  return { window, points: rollingOf(returns, times, { window, periodsPerYear: options.periodsPerYear, step }) };
}

/** `bars` are those of the run's one symbol, from its first bar to its last. */
export function reportFiguresOf(result: BacktestResult, bars: BarSeries | undefined): ReportFigures {
  const { equity, options, metrics, data, trades } = result;
  const daily = equity.every(({ time }) => /T00:00:00(?:\.000)?Z$/.test(time));
  const ruined = isRuined(equity);
  const returns = returnsOf(equity, options.cash);
  const unmeasurable = ruined ? 'equity reached zero' : returns.length < SAMPLE_MIN ? `fewer than ${SAMPLE_MIN} returns` : undefined;
  const measurable = unmeasurable === undefined;
  const start: EquityPoint = { time: data.from, equity: options.cash };
  const drawdowns = drawdownsOf([start, ...equity]);
  const sharpe = measurable ? sharpeInferenceOf(returns, options.periodsPerYear) : undefined;
  const oneSymbol = data.symbols.length === 1 ? bars : undefined;
  const trips = roundTripsOf(trades, options.fill, oneSymbol);
  const tripSummary = summariseRoundTrips(trips);
  const net = metrics.finalEquity - options.cash;
  return {
    daily,
    ruined,
    unmeasurable,
    headline: headlineOf({ result, closedTrades: tripSummary.closed, ruined, daily, sharpe, deepest: drawdowns[0] }),
    sharpe: sharpe !== undefined && Number.isFinite(sharpe.sharpe) ? sharpe : undefined,
    underwater: underwaterOf(equity, options.cash),
    drawdowns: drawdowns.slice(0, 5),
    months: ruined ? [] : calendarReturnsOf(equity, options.cash, 7),
    years: ruined ? [] : calendarReturnsOf(equity, options.cash, 4),
    rolling: ruined ? { window: rollingWindow(options.periodsPerYear), points: [] } : rollingFigures(result, returns),
    distribution: measurable ? distributionOf(returns) : undefined,
    benchmark: oneSymbol === undefined || !measurable ? undefined : benchmarkOf(result, returns, oneSymbol),
    trips,
    tripSummary,
    costs: { gross: net + metrics.fees + metrics.slippage, fees: metrics.fees, slippage: metrics.slippage, net },
    denials: denialsByCode(result.denials),
  };
}
