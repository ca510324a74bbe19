import { availableParallelism } from 'node:os';
import { dataHashOf } from '../backtest.ts';
import { resolveParameters } from '../parameters.ts';
import { formatTime } from '../simulate.ts';
import type { Statistics } from '../statistics.ts';
import { SweepPool, type SweepOptions } from '../sweep.ts';
import type { BacktestRequest } from '../kernel-run.ts';
import { buildTimeline, checkSeries, cutSeries, type SymbolSeries } from '../timeline.ts';
import { inOrder } from './concurrency.ts';
import { JoinedAccount, windowRun, type WindowRun } from './joined-curve.ts';
import { DEFAULT_OBJECTIVE } from './objective.ts';
import { parameterStability } from './parameter-stability.ts';
import { checkSpace, search, type ParameterSpace } from './search.ts';
import type { Selection } from './selection.ts';
import {
  efficiencyOf,
  inSampleFigures,
  joinedFigures,
  significanceOf,
  wholeEfficiency,
  windowFigures,
  type JoinedBasis,
} from './walk-forward-figures.ts';
import type { FoldResult, FoldSearch, TimeSpan, WalkForwardResult } from './walk-forward-result.ts';
import { foldsOf, type BarSpan, type Fold, type WindowOptions } from './windows.ts';

export interface WalkForwardRequest {
  /** Bars, options, strategy, and the parameters that no axis varies. */
  readonly backtest: BacktestRequest;
  readonly space: ParameterSpace;
  /** How many sets the space has, or has at most, where that is known. */
  readonly sets?: number | undefined;
  readonly windows: WindowOptions;
  /** Sets that were tried on these data before; 0 when absent. They count for the deflated Sharpe ratio. */
  readonly trialsBefore?: number | undefined;
}

export interface WalkForwardProgress {
  /** Windows that have their set. */
  readonly folds: number;
  readonly foldsTotal: number;
  /** Sets that ran, over all windows. */
  readonly sets: number;
}

export interface WalkForwardOptions extends Pick<SweepOptions, 'threads' | 'fast' | 'signal' | 'deadlineMs'> {
  readonly statistics: Statistics;
  readonly onProgress?: (progress: WalkForwardProgress) => void;
}

/** Up to so many sets, a window is one thread's piece and threads work on windows side by side; larger ones are shared by all threads. */
const SETS_A_PIECE = 2048;
const CHUNK = 512;

/**
 * A walk-forward in steps: each window is searched by itself, in any order and any process, and what was found is plain data; `finish` then trades the
 * chosen sets one window after the other. The same request gives the same result, whatever the threads and the order. Nothing of a test window is
 * looked at before its set is chosen. `close` ends the threads.
 */
export class WalkForward {
  readonly folds: readonly Fold[];
  private readonly request: WalkForwardRequest;
  private readonly options: WalkForwardOptions;
  private readonly series: readonly SymbolSeries[];
  private readonly times: Float64Array;
  private readonly pool: SweepPool;
  private readonly isSmall: boolean;
  private sets = 0;
  private done = 0;

  /** Throws `UsageError` for windows and criteria that cannot be, `ParameterError` for bars and parameters. */
  constructor(request: WalkForwardRequest, options: WalkForwardOptions) {
    const { backtest, space, windows, sets } = request;
    this.request = request;
    this.options = options;
    checkSeries(backtest.series, 'walk-forward');
    this.series = backtest.series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, backtest.from, backtest.to) }));
    this.times = buildTimeline(this.series).times;
    this.folds = foldsOf(this.times.length, windows);
    checkSpace(space);
    this.isSmall = sets !== undefined && sets <= SETS_A_PIECE;
    const { threads, fast, signal, deadlineMs } = options;
    this.pool = new SweepPool(
      { backtest, axes: space.axes, sets: [] },
      {
        chunk: this.isSmall ? SETS_A_PIECE : CHUNK,
        ...(threads === undefined ? {} : { threads }),
        ...(fast === undefined ? {} : { fast }),
        ...(signal === undefined ? {} : { signal }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      },
    );
  }

  /** Runs all sets over the window in which a set is chosen. */
  async search(fold: Fold): Promise<FoldSearch> {
    const selection = await this.over(fold.train);
    this.done += 1;
    this.tell();
    return { fold, selection };
  }

  /** As many windows at a time as there are threads, where one thread does a window; else one after the other. */
  searchAll(): Promise<readonly FoldSearch[]> {
    const width = this.isSmall ? 2 * Math.max(1, this.options.threads ?? availableParallelism()) : 1;
    return inOrder(this.folds, width, (fold) => this.search(fold));
  }

  /** Runs all sets over everything that is traded, as nobody could have: what the result is judged beside. */
  searchHindsight(): Promise<Selection> {
    return this.over({ first: this.firstTested, end: this.times.length });
  }

  /** Trades what was chosen and sums up. `searches`: of every window, in the order of time. */
  async finish(searches: readonly FoldSearch[], found?: Selection): Promise<WalkForwardResult> {
    if (searches.length !== this.folds.length || searches.some(({ fold }, index) => fold.index !== index)) {
      throw new Error(`Invariant: a walk-forward of ${this.folds.length} windows is finished with all of them, in order`);
    }
    const { options } = this.request.backtest;
    const account = new JoinedAccount(options.cash);
    const runs: WindowRun[] = [];
    const folds: FoldResult[] = [];
    for (const each of searches) folds.push(await this.trade(each, account, runs));
    return this.told(folds, account, runs, found ?? (await this.searchHindsight()));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private get firstTested(): number {
    return this.folds[0]?.test.first ?? 0;
  }

  private over(span: BarSpan): Promise<Selection> {
    const { backtest, space } = this.request;
    const basis = { bars: span.end - span.first, periodsPerYear: backtest.options.periodsPerYear };
    return search(this.pool, space, { from: this.timeAt(span.first), to: this.timeAt(span.end - 1) }, basis, (count) => {
      this.sets += count;
      this.tell();
    });
  }

  private async trade({ fold, selection }: FoldSearch, account: JoinedAccount, runs: WindowRun[]): Promise<FoldResult> {
    const { train, test } = fold;
    const { chosen } = selection;
    const { cash } = account;
    const common = { train: this.spanOf(train), test: this.spanOf(test), selection };
    if (chosen === null || account.isRuined) {
      account.wait(test);
      return { ...common, warmUp: null, inSample: null, outOfSample: null, efficiency: null };
    }
    const backtest = await this.pool.backtest({ parameters: chosen.parameters, ...test, cash });
    const isLast = test.end === this.times.length;
    const run = windowRun(backtest, { series: this.series, endMs: this.timeAt(test.end - 1), isLast });
    account.add(run);
    runs.push(run);
    const { periodsPerYear } = this.request.backtest.options;
    const inSample = inSampleFigures(chosen, train.end - train.first - run.warmUp, periodsPerYear);
    const figures = windowFigures(run.equity, cash, this.options.statistics, periodsPerYear);
    const { trades, orders, closingCost, warmUp } = run;
    const outOfSample = { ...figures, trades, orders, closingCost };
    return { ...common, warmUp, inSample, outOfSample, efficiency: efficiencyOf(figures.annualReturn, inSample.annualReturn) };
  }

  private told(folds: readonly FoldResult[], account: JoinedAccount, runs: readonly WindowRun[], hindsight: Selection): WalkForwardResult {
    const { space, windows, trialsBefore = 0 } = this.request;
    const { statistics } = this.options;
    const traded = folds.filter(({ outOfSample }) => outOfSample !== null);
    const profitable = traded.filter(({ outOfSample }) => (outOfSample?.totalReturn ?? 0) > 0).length;
    const timeAt = (bar: number): string => formatTime(this.timeAt(this.firstTested + bar));
    const { cash, periodsPerYear } = this.request.backtest.options;
    const basis: JoinedBasis = { cash, periodsPerYear, statistics, timeAt };
    return {
      ...this.identity(),
      windows,
      folds,
      traded: traded.length,
      profitableShare: traded.length === 0 ? null : profitable / traded.length,
      efficiency: wholeEfficiency(folds),
      stability: parameterStability(
        space.axes,
        folds.flatMap(({ selection: { chosen } }) => (chosen === null ? [] : [chosen.parameters])),
      ),
      joined: joinedFigures(account, runs, basis),
      significance: significanceOf(account.returns(), hindsight, trialsBefore, statistics),
      hindsight: hindsight.peak,
      equity: account.equity.map((equity, bar) => ({ time: timeAt(bar), equity })),
    };
  }

  /** What was run over what, and how it was searched. */
  private identity(): Pick<WalkForwardResult, 'strategy' | 'data' | 'options' | 'search'> {
    const { backtest, space } = this.request;
    const { module, options } = backtest;
    const { objective = DEFAULT_OBJECTIVE, constraint = null, choose = 'peak', plateauSteps = 1 } = space.selection;
    const { name, parameters } = module.description;
    const { values } = resolveParameters(name, parameters, backtest.parameters);
    const fixed = Object.entries(values).filter(([key]) => !space.axes.some((axis) => axis.name === key));
    const last = this.times.length - 1;
    return {
      strategy: { name, version: module.version, parameters: Object.fromEntries(fixed) },
      data: {
        hash: dataHashOf(backtest),
        symbols: this.series.map(({ symbol }) => symbol),
        from: formatTime(this.timeAt(0)),
        to: formatTime(this.timeAt(last)),
        bars: this.series.reduce((sum, { bars }) => sum + bars.length, 0),
      },
      options,
      search: {
        objective,
        constraint: constraint ?? null,
        choose,
        plateauSteps,
        parameters: space.axes.map((axis) => ({ name: axis.name, values: Number.isFinite(axis.count) ? axis.count : null })),
      },
    };
  }

  private spanOf({ first, end }: BarSpan): TimeSpan {
    return { from: formatTime(this.timeAt(first)), to: formatTime(this.timeAt(end - 1)), bars: end - first };
  }

  private timeAt(bar: number): number {
    const time = this.times[bar];
    if (time === undefined) throw new Error(`Invariant: there is a bar ${bar}`);
    return time;
  }

  private tell(): void {
    this.options.onProgress?.({ folds: this.done, foldsTotal: this.folds.length, sets: this.sets });
  }
}

/** A whole walk-forward. Rejects as {@link WalkForward} does, with `StrategyTrap`, or with the signal's reason. */
export async function runWalkForward(request: WalkForwardRequest, options: WalkForwardOptions): Promise<WalkForwardResult> {
  const walk = new WalkForward(request, options);
  try {
    return await walk.finish(await walk.searchAll());
  } finally {
    await walk.close();
  }
}
