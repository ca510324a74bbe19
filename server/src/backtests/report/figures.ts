import { backtestStatistics, returnsOf } from '@tidemark/compute';
import type { BacktestDrawdown } from '@tidemark/compute';
import type { PeriodReturn, SharpeInference, Statistics } from '@tidemark/compute/statistics';
import type { BacktestDenial, BacktestResult } from '@tidemark/compute/types';
import type { Timeframe } from '../../market-data/bar.ts';
import { measuredReturns, resampledRun } from '../run-cone.ts';
import { calendarOf } from '../run-figures.ts';
import { excursionBars } from '../run-round-trips.ts';
import { timeframeOfRun } from '../run-timeframe.ts';
import type { SelectionRecord } from '../selection.ts';
import { baselinesOf, isHolding } from './baselines/baselines.ts';
import type { Baselines, Holding } from './baselines/baselines.ts';
import { markedPricesOf } from './baselines/marked-prices.ts';
import type { MarkedPrices, SymbolBars } from './baselines/marked-prices.ts';
import { costSensitivityOf } from './cost-sensitivity.ts';
import type { CostSensitivity, DearerRun } from './cost-sensitivity.ts';
import { distributionOf } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { underwaterOf } from './equity-curve.ts';
import { headlineOf } from './headline.ts';
import type { Figure } from './headline.ts';
import { lookAheadSignsOf } from './look-ahead.ts';
import type { LookAheadSigns } from './look-ahead.ts';
import type { ResampledOutcome } from './resampled-equity.ts';
import { rollingOf, rollingWindow } from './rolling.ts';
import type { RollingPoint } from './rolling.ts';
import { roundTripsOf, summariseRoundTrips } from './round-trips.ts';
import type { RoundTrip, RoundTripSummary } from './round-trips.ts';
import { thinBarsOf } from './thin-bars.ts';
import type { ThinBars } from './thin-bars.ts';

const ROLLING_POINTS_MAX = 1_000;

/** What a report may know besides the result. */
export interface ReportInputs {
  /** Bars of every symbol of the run, over its span. */
  readonly series?: readonly SymbolBars[] | undefined;
  /** They are not the very bars that the run saw. */
  readonly otherBars?: boolean | undefined;
  readonly selection?: SelectionRecord | undefined;
  /** The same run with dearer fills. */
  readonly reruns?: readonly DearerRun[] | undefined;
}

/** From what the prices gave to what is left, in dollars: `gross + dividends + financing − fees − slippage = net`. */
export interface Costs {
  readonly gross: number;
  readonly dividends: number;
  /** Below zero where it was paid. */
  readonly financing: number;
  readonly fees: number;
  readonly slippage: number;
  readonly net: number;
}

/** Everything that the report shows and that the result itself does not hold. */
export interface ReportFigures {
  readonly daily: boolean;
  /** Of its bars; `undefined` where there are too few to tell. */
  readonly timeframe: Timeframe | undefined;
  readonly ruined: boolean;
  /** Why there are no statistics of the returns; `undefined` where there are. */
  readonly unmeasurable: string | undefined;
  readonly headline: readonly Figure[];
  readonly sharpe: SharpeInference | undefined;
  readonly underwater: Float64Array;
  /** The five deepest; none after a ruin. */
  readonly drawdowns: readonly BacktestDrawdown[];
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  readonly rolling: { readonly window: number; readonly points: readonly RollingPoint[] };
  readonly distribution: Distribution | undefined;
  /** Accounts that draw the run's returns anew. */
  readonly cone: ResampledOutcome;
  readonly baselines: Baselines;
  /** Buying and holding, where it can be told. */
  readonly benchmark: Holding | undefined;
  readonly selection: SelectionRecord | undefined;
  readonly costSensitivity: CostSensitivity | undefined;
  readonly otherBars: boolean;
  readonly thinBars: ThinBars | undefined;
  readonly lookAhead: LookAheadSigns | undefined;
  readonly trips: readonly RoundTrip[];
  readonly tripSummary: RoundTripSummary;
  readonly costs: Costs;
  readonly denials: readonly { readonly code: string; readonly count: number; readonly first: BacktestDenial }[];
}

/** Prices at the run's marks, or why they cannot be compared with it. */
function pricesOf({ data, equity }: BacktestResult, { series }: ReportInputs): readonly MarkedPrices[] | { readonly reason: string } {
  if (series === undefined) return { reason: 'the bars of the run are not at hand' };
  if (data.actionsHash !== undefined) return { reason: 'the run counted dividends and splits, which its bars alone do not hold' };
  const prices: MarkedPrices[] = [];
  for (const symbol of data.symbols) {
    const found = series.find((each) => each.symbol === symbol);
    if (found === undefined) return { reason: `the bars of ${symbol} are not at hand` };
    prices.push(markedPricesOf(equity, found));
  }
  return prices;
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

function rollingFigures(
  { equity, options }: BacktestResult,
  returns: Float64Array | undefined,
  holding: Holding | undefined,
  statistics: Statistics,
): ReportFigures['rolling'] {
  const { cash, periodsPerYear } = options;
  const window = rollingWindow(periodsPerYear);
  if (returns === undefined) return { window, points: [] };
  const step = Math.max(1, Math.ceil((returns.length - window) / ROLLING_POINTS_MAX));
  const times = equity.map(({ time }) => time);
  const benchmark = holding === undefined ? undefined : returnsOf({ equity: holding.curve, options: { cash } });
  return { window, points: rollingOf(returns, times, { window, periodsPerYear, step, benchmark }, statistics) };
}

function costsOf({ metrics, options }: BacktestResult): Costs {
  const { fees, slippage, financing, dividends } = metrics;
  const net = metrics.finalEquity - options.cash;
  return { gross: net + fees + slippage - financing - dividends, dividends, financing, fees, slippage, net };
}

/** All that follows from the bars. */
function againstBars(
  result: BacktestResult,
  returns: Float64Array | undefined,
  prices: ReturnType<typeof pricesOf>,
  statistics: Statistics,
) {
  const baselines = baselinesOf(result, returns, prices, statistics);
  const known = 'reason' in prices ? undefined : prices;
  return {
    baselines,
    benchmark: isHolding(baselines.holding) ? baselines.holding : undefined,
    thinBars: known && thinBarsOf(result, known),
    lookAhead: known && lookAheadSignsOf(result, known),
  };
}

/** All that follows from the run's returns; `returns` is `undefined` after a ruin. */
function ofReturns(result: BacktestResult, returns: Float64Array | undefined, measurable: boolean, statistics: Statistics) {
  const own = returns === undefined ? null : backtestStatistics(result, statistics);
  return {
    sharpe: measurable ? (own?.sharpeInference ?? undefined) : undefined,
    drawdowns: own?.drawdowns ?? [],
    ...calendarOf(result),
    distribution: measurable && returns !== undefined && own !== null ? distributionOf(returns, result.equity, own) : undefined,
  };
}

export function reportFiguresOf(result: BacktestResult, statistics: Statistics, inputs: ReportInputs = {}): ReportFigures {
  const { equity, options, trades } = result;
  const daily = equity.every(({ time }) => /T00:00:00(?:\.000)?Z$/.test(time));
  const measured = measuredReturns(result);
  const { returns, ruined, unmeasurable } = measured;
  const own = ofReturns(result, returns, unmeasurable === undefined, statistics);
  const trips = roundTripsOf(trades, options.fill, excursionBars(result, inputs.series));
  const tripSummary = summariseRoundTrips(trips);
  const prices = unmeasurable === undefined ? pricesOf(result, inputs) : { reason: unmeasurable };
  const beside = againstBars(result, returns, prices, statistics);
  return {
    ...beside,
    ...own,
    daily,
    timeframe: timeframeOfRun(result),
    ruined,
    unmeasurable,
    headline: headlineOf({ result, closedTrades: tripSummary.closed, ruined, daily, sharpe: own.sharpe, deepest: own.drawdowns[0] }),
    underwater: underwaterOf(equity, options.cash),
    cone: resampledRun(result, measured, statistics),
    rolling: rollingFigures(result, returns, beside.benchmark, statistics),
    selection: inputs.selection,
    otherBars: inputs.otherBars ?? false,
    costSensitivity: costSensitivityOf(result, inputs.reruns),
    trips,
    tripSummary,
    costs: costsOf(result),
    denials: denialsByCode(result.denials),
  };
}
