import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult, StrategyModule } from '@tidemark/compute/types';
import type { Timeframe } from '../market-data/bar.ts';
import { compareRuns } from './comparison/compare-runs.ts';
import type { RunComparison } from './comparison/compare-runs.ts';
import { builtInOf, dearerRunsOf } from './dearer-runs-service.ts';
import { bandOf } from './live-band.ts';
import type { BandOutcome, LiveGains } from './live-band.ts';
import type { SymbolBars } from './report/baselines/marked-prices.ts';
import { renderReport } from './report/report.ts';
import type { ReportContext } from './report/report.ts';
import { runConeOf } from './run-cone.ts';
import type { RunCone } from './run-cone.ts';
import { equityCsv, tradesCsv } from './run-csv.ts';
import { figuresOf, thinned, withDrawdown } from './run-figures.ts';
import type { RunFigures, RunPoint, RunTrade } from './run-figures.ts';
import { hasOtherBars, runRoundTripsOf } from './run-round-trips.ts';
import type { RunRoundTrips } from './run-round-trips.ts';
import type { SelectionRecord } from './selection.ts';
import { timeframeOfRun } from './run-timeframe.ts';

/** A result as it is stored: JSON, which whoever draws it reads. */
type ResultText = string;

export interface ReportParts extends Omit<ReportContext, 'otherBars' | 'reruns'> {
  /** The module that ran, where it is kept; a built-in one is found by its name. */
  readonly module: StrategyModule | undefined;
}

/** The bars that a run was over. */
export interface RunSpan {
  readonly symbols: readonly string[];
  readonly from: string;
  readonly to: string;
  /** `undefined` where the run has too few bars to tell. */
  readonly timeframe: Timeframe | undefined;
}

export interface ReportRequest {
  readonly kind: 'report';
  readonly result: ResultText;
  readonly parts: ReportParts;
}

export type DrawingRequest =
  | ReportRequest
  | { readonly kind: 'json' | 'trades' | 'equity' | 'span' | 'cone' | 'trade-list'; readonly result: ResultText }
  | { readonly kind: 'figures'; readonly result: ResultText; readonly selection: SelectionRecord | undefined }
  | { readonly kind: 'round-trips'; readonly result: ResultText; readonly series: readonly SymbolBars[] | undefined }
  | { readonly kind: 'band'; readonly result: ResultText; readonly live: LiveGains }
  | { readonly kind: 'curve'; readonly result: ResultText; readonly points: number }
  | { readonly kind: 'comparison'; readonly results: readonly ResultText[] };

/** What is drawn of each kind of request. */
export interface Drawings {
  readonly report: string;
  readonly json: string;
  readonly trades: string;
  readonly equity: string;
  readonly span: RunSpan;
  readonly comparison: RunComparison;
  readonly figures: RunFigures;
  readonly 'trade-list': readonly RunTrade[];
  readonly 'round-trips': RunRoundTrips;
  readonly cone: RunCone;
  readonly band: BandOutcome;
  readonly curve: readonly RunPoint[];
}

const readResult = (text: ResultText): BacktestResult => JSON.parse(text) as BacktestResult;

/** The HTML report of a run, with the runs that only its bars and its module allow. The same bytes for the same run, bars and parts. */
export async function drawReport(result: BacktestResult, { module, ...context }: ReportParts, statistics: Statistics): Promise<string> {
  const { series } = context;
  if (series === undefined) return renderReport(result, context, statistics);
  const reruns = await dearerRunsOf(result, module ?? (await builtInOf(result.strategy)), series);
  return renderReport(result, { ...context, otherBars: hasOtherBars(result, series), reruns }, statistics);
}

/** Answers a request. Takes as long as it takes: whoever trades has it done in another thread. */
export async function draw<K extends keyof Drawings>(
  request: DrawingRequest & { readonly kind: K },
  statistics: Statistics,
): Promise<Drawings[K]>;
export async function draw(request: DrawingRequest, statistics: Statistics): Promise<Drawings[keyof Drawings]> {
  switch (request.kind) {
    case 'comparison':
      return compareRuns(request.results.map(readResult), statistics);
    case 'figures':
      return figuresOf(readResult(request.result), statistics, request.selection);
    case 'trade-list':
      return readResult(request.result).trades;
    case 'round-trips':
      return runRoundTripsOf(readResult(request.result), request.series);
    case 'cone':
      return runConeOf(readResult(request.result), statistics);
    case 'band':
      return bandOf(readResult(request.result), request.live, statistics);
    case 'curve':
      return thinned(withDrawdown(readResult(request.result)), request.points);
    case 'report':
      return await drawReport(readResult(request.result), request.parts, statistics);
    case 'json':
      return `${JSON.stringify(readResult(request.result), undefined, 2)}\n`;
    case 'trades':
      return tradesCsv(readResult(request.result));
    case 'equity':
      return equityCsv(readResult(request.result));
    case 'span': {
      const result = readResult(request.result);
      const { symbols, from, to } = result.data;
      return { symbols, from, to, timeframe: timeframeOfRun(result) };
    }
  }
}
