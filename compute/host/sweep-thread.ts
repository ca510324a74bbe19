import type { BacktestRequest } from './kernel-run.ts';
import { simulate } from './simulate.ts';
import { openModule } from './strategy-module.ts';
import { SweepRunner, type SweepSetup, type SweepSpan } from './sweep-runner.ts';
import { buildTimeline, cutSeries } from './timeline.ts';
import type { BacktestResult, ParameterValues } from './types.ts';
import { serveRequests } from './worker-thread.ts';

/** A backtest over some of the bars, numbered from 0 by the distinct instants of all symbols. */
export interface SpanBacktestRequest {
  /** Those of the sweep hold for the others. */
  readonly parameters: ParameterValues;
  /** The first bar that counts, and the one after the last. */
  readonly first: number;
  readonly end: number;
  readonly cash: number;
}

export interface SpanBacktest {
  /** Without decisions. It begins `before` bars ahead of the first that counts. */
  readonly result: BacktestResult;
  /** The strategy's warm-up, or as many bars as there are. */
  readonly before: number;
}

export type SweepMessage =
  | { readonly kind: 'open'; readonly setup: SweepSetup }
  | { readonly kind: 'run'; readonly sets: Float64Array<ArrayBuffer>; readonly span: SweepSpan }
  | { readonly kind: 'moments'; readonly sets: Float64Array<ArrayBuffer>; readonly bounds: readonly number[] }
  | { readonly kind: 'backtest'; readonly request: SpanBacktestRequest };

/** What a thread holds: everything in common, and the runner of the span that it worked on last. */
class SweepThread {
  private readonly setup: SweepSetup;
  private readonly times: Float64Array;
  private runner: SweepRunner;
  private span: SweepSpan = {};

  constructor(setup: SweepSetup) {
    this.setup = setup;
    this.runner = new SweepRunner(setup);
    const { series, from, to } = setup.request;
    this.times = buildTimeline(series.map(({ symbol, bars }) => ({ symbol, bars: cutSeries(bars, from, to) }))).times;
  }

  over(span: SweepSpan): SweepRunner {
    if (span.from === this.span.from && span.to === this.span.to) return this.runner;
    this.runner = new SweepRunner({ ...this.setup, request: { ...this.setup.request, ...span } });
    this.span = span;
    return this.runner;
  }

  backtest({ parameters, first, end, cash }: SpanBacktestRequest): SpanBacktest {
    const common = this.setup.request;
    const all = { ...common.parameters, ...parameters };
    const before = Math.min(openModule(common.module, all, common.series.length).warmUp, first);
    const span = { from: this.times[first - before] ?? Infinity, to: this.times[end - 1] ?? -Infinity };
    const request: BacktestRequest = { ...common, ...span, parameters: all, options: { ...common.options, cash }, record: false };
    return { before, result: simulate(request, { hash: common.dataHash ?? '' }) };
  }
}

let thread: SweepThread | undefined;

serveRequests((message: SweepMessage) => {
  if (message.kind === 'open') {
    thread = new SweepThread(message.setup);
    return undefined;
  }
  if (thread === undefined) throw new Error('Invariant: a sweep is opened before its first set');
  if (message.kind === 'run') return thread.over(message.span).runSets(message.sets);
  if (message.kind === 'moments') return thread.over({}).momentsOf(message.sets, message.bounds);
  return thread.backtest(message.request);
});
