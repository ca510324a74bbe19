import { returnsOf } from '../backtest-statistics.ts';
import { dataHashOf } from '../backtest.ts';
import type { BacktestRequest } from '../kernel-run.ts';
import { formatTime } from '../simulate.ts';
import type { Statistics } from '../statistics.ts';
import { SweepPool, type SweepOptions } from '../sweep.ts';
import { buildTimeline, checkSeries, cutSeries, type SymbolSeries } from '../timeline.ts';
import type { BacktestMetrics, BacktestResult } from '../types.ts';
import { combinatorialPaths, groupBounds, type CombinatorialPaths, type PathOptions } from './combinatorial-paths.ts';
import { coneOf, type Cone } from './cone.ts';
import { equalBlocks, overfittingOf, type SweepOverfitting } from './overfitting.ts';
import { ReturnBlocks } from './return-blocks.ts';
import { checkSpace, search, type ParameterSpace } from './search.ts';
import type { Selection } from './selection.ts';
import { significanceOf } from './walk-forward-figures.ts';
import type { WalkForwardSelection } from './walk-forward-result.ts';

export interface OptimiseRequest {
  readonly backtest: BacktestRequest;
  readonly space: ParameterSpace;
  readonly trialsBefore?: number | undefined;
  /** Blocks of the overfitting; 12 when absent. */
  readonly blocks?: number | undefined;
  readonly paths: PathOptions;
  /** Paths of the cone; 1,000 when absent. */
  readonly conePaths?: number | undefined;
}

/** The JSON of `tidemark optimise --json`: a contract, additive changes only. */
export interface OptimiseResult {
  readonly strategy: Pick<BacktestResult['strategy'], 'name' | 'version'>;
  readonly data: Pick<BacktestResult['data'], 'hash' | 'symbols' | 'from' | 'to' | 'bars'>;
  readonly options: BacktestRequest['options'];
  readonly selection: Selection;
  /** Of the chosen set over all bars; `null` where no set is eligible. */
  readonly metrics: BacktestMetrics | null;
  readonly significance: WalkForwardSelection;
  readonly overfitting: SweepOverfitting;
  readonly combinatorial: CombinatorialPaths;
  readonly cone: Cone | null;
}

export interface OptimiseOptions extends Pick<SweepOptions, 'threads' | 'fast' | 'signal' | 'deadlineMs'> {
  readonly statistics: Statistics;
  /** Sets that ran: each runs once for its figures and twice for its returns. */
  readonly onProgress?: (progress: { readonly sets: number }) => void;
}

async function blocksOf(
  pool: SweepPool,
  space: ParameterSpace,
  bounds: readonly number[],
  onSets: (count: number) => void,
): Promise<ReturnBlocks> {
  const returns = new ReturnBlocks(bounds);
  for await (const chunk of pool.moments(space.sets(), bounds)) {
    returns.add(chunk);
    onSets(chunk.sets.length);
  }
  return returns;
}

/** The chosen set over all bars, with the cone of its returns. */
async function runChosen(pool: SweepPool, request: OptimiseRequest, selection: Selection, bars: number, statistics: Statistics) {
  const { backtest, conePaths } = request;
  if (selection.chosen === null) return { metrics: null, returns: undefined, cone: null };
  const { cash, seed } = backtest.options;
  const { result } = await pool.backtest({ parameters: selection.chosen.parameters, first: 0, end: bars, cash });
  const returns = returnsOf(result);
  const cone =
    returns === undefined || returns.length < 2
      ? null
      : coneOf(returns, { seed, ...(conePaths === undefined ? {} : { paths: conePaths }) }, statistics);
  return { metrics: result.metrics, returns, cone };
}

function dataOf(backtest: BacktestRequest, series: readonly SymbolSeries[], times: Float64Array): OptimiseResult['data'] {
  return {
    hash: dataHashOf(backtest),
    symbols: series.map(({ symbol }) => symbol),
    from: formatTime(times[0] ?? Number.NaN),
    to: formatTime(times.at(-1) ?? Number.NaN),
    bars: series.reduce((sum, { bars }) => sum + bars.length, 0),
  };
}

/**
 * Sweeps a space, chooses a set, and says how far its result can be luck: PSR and DSR of its returns, the probability of overfitting of the sweep, paths
 * that no choice had seen, and the cone of its equity. The same request gives the same result on any number of threads. Rejects with
 * `UsageError` (blocks and groups that do not fit the bars too), `ParameterError`, `StrategyTrap`, or the signal's reason.
 */
export async function optimise(request: OptimiseRequest, { statistics, onProgress, ...threads }: OptimiseOptions): Promise<OptimiseResult> {
  const { backtest, space, trialsBefore = 0 } = request;
  checkSeries(backtest.series, 'optimise');
  const series = backtest.series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, backtest.from, backtest.to) }));
  const { times } = buildTimeline(series);
  const bars = times.length;
  checkSpace(space);
  const [blockBounds, groups] = [equalBlocks(bars, request.blocks ?? 12), groupBounds(bars, request.paths)];
  const { periodsPerYear } = backtest.options;
  let sets = 0;
  const onSets = (count: number): void => onProgress?.({ sets: (sets += count) });
  const pool = new SweepPool({ backtest, axes: space.axes, sets: [] }, threads);
  try {
    const selection = await search(pool, space, {}, { bars, periodsPerYear }, onSets);
    const overfitting = overfittingOf(await blocksOf(pool, space, blockBounds, onSets));
    const combinatorial = combinatorialPaths(await blocksOf(pool, space, groups, onSets), request.paths, periodsPerYear);
    const { metrics, returns, cone } = await runChosen(pool, request, selection, bars, statistics);
    const significance = significanceOf(returns, selection, trialsBefore, statistics);
    const { name } = backtest.module.description;
    const data = dataOf(backtest, series, times);
    return {
      strategy: { name, version: backtest.module.version },
      data,
      options: backtest.options,
      selection,
      metrics,
      significance,
      overfitting,
      combinatorial,
      cone,
    };
  } finally {
    await pool.close();
  }
}
