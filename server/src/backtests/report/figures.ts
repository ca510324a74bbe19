import type { BacktestDenial, BacktestResult } from '@tidemark/compute/types';
import type { SelectionRecord } from '../selection.ts';
import { baselinesOf, isHolding } from './baselines/baselines.ts';
import type { Baselines, Holding } from './baselines/baselines.ts';
import { markedPricesOf } from './baselines/marked-prices.ts';
import type { MarkedPrices, SymbolBars } from './baselines/marked-prices.ts';
import { costSensitivityOf } from './cost-sensitivity.ts';
import type { CostSensitivity, DearerRun } from './cost-sensitivity.ts';
import { distributionOf } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { calendarReturnsOf, drawdownsOf, isRuined, returnsOf, underwaterOf } from './equity-curve.ts';
import type { Drawdown, EquityPoint, PeriodReturn } from './equity-curve.ts';
import { headlineOf, SAMPLE_MIN } from './headline.ts';
import type { Figure } from './headline.ts';
import { lookAheadSignsOf } from './look-ahead.ts';
import type { LookAheadSigns } from './look-ahead.ts';
import { rollingOf, rollingWindow } from './rolling.ts';
import type { RollingPoint } from './rolling.ts';
import { roundTripsOf, summariseRoundTrips } from './round-trips.ts';
import type { RoundTrip, RoundTripSummary } from './round-trips.ts';
import { sharpeInferenceOf } from './sharpe.ts';
import type { SharpeInference } from './sharpe.ts';
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
  returns: Float64Array,
  holding: Holding | undefined,
): ReportFigures['rolling'] {
  const window = rollingWindow(options.periodsPerYear);
  const step = Math.max(1, Math.ceil((returns.length - window) / ROLLING_POINTS_MAX));
  const times = equity.map(({ time }) => time);
  const benchmark = holding === undefined ? undefined : returnsOf(holding.curve, options.cash);
  return { window, points: rollingOf(returns, times, { window, periodsPerYear: options.periodsPerYear, step, benchmark }) };
}

function costsOf({ metrics, options }: BacktestResult): Costs {
  const { fees, slippage, financing, dividends } = metrics;
  const net = metrics.finalEquity - options.cash;
  return { gross: net + fees + slippage - financing - dividends, dividends, financing, fees, slippage, net };
}

/** All that follows from the bars. */
function againstBars(result: BacktestResult, inputs: ReportInputs, unmeasurable: string | undefined) {
  const prices = unmeasurable === undefined ? pricesOf(result, inputs) : { reason: unmeasurable };
  const baselines = baselinesOf(result, prices);
  const known = 'reason' in prices ? undefined : prices;
  return {
    baselines,
    benchmark: isHolding(baselines.holding) ? baselines.holding : undefined,
    thinBars: known && thinBarsOf(result, known),
    lookAhead: known && lookAheadSignsOf(result, known),
  };
}

export function reportFiguresOf(result: BacktestResult, inputs: ReportInputs = {}): ReportFigures {
  const { equity, options, data, trades } = result;
  const daily = equity.every(({ time }) => /T00:00:00(?:\.000)?Z$/.test(time));
  const ruined = isRuined(equity);
  const returns = returnsOf(equity, options.cash);
  const unmeasurable = ruined ? 'equity reached zero' : returns.length < SAMPLE_MIN ? `fewer than ${SAMPLE_MIN} returns` : undefined;
  const measurable = unmeasurable === undefined;
  const start: EquityPoint = { time: data.from, equity: options.cash };
  const drawdowns = drawdownsOf([start, ...equity]);
  const sharpe = measurable ? sharpeInferenceOf(returns, options.periodsPerYear) : undefined;
  const trips = roundTripsOf(trades, options.fill, data.actionsHash === undefined ? inputs.series : undefined);
  const tripSummary = summariseRoundTrips(trips);
  const beside = againstBars(result, inputs, unmeasurable);
  return {
    ...beside,
    daily,
    ruined,
    unmeasurable,
    headline: headlineOf({ result, closedTrades: tripSummary.closed, ruined, daily, sharpe, deepest: drawdowns[0] }),
    sharpe: sharpe !== undefined && Number.isFinite(sharpe.sharpe) ? sharpe : undefined,
    underwater: underwaterOf(equity, options.cash),
    drawdowns: drawdowns.slice(0, 5),
    months: ruined ? [] : calendarReturnsOf(equity, options.cash, 7),
    years: ruined ? [] : calendarReturnsOf(equity, options.cash, 4),
    rolling: ruined ? { window: rollingWindow(options.periodsPerYear), points: [] } : rollingFigures(result, returns, beside.benchmark),
    distribution: measurable ? distributionOf(returns, equity) : undefined,
    selection: inputs.selection,
    otherBars: inputs.otherBars ?? false,
    costSensitivity: costSensitivityOf(result, inputs.reruns),
    trips,
    tripSummary,
    costs: costsOf(result),
    denials: denialsByCode(result.denials),
  };
}
