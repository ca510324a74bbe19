import { dataHashOf } from '../../backtest.ts';
import type { BacktestRequest } from '../../kernel-run.ts';
import type { BacktestMetrics, BacktestResult } from '../../types.ts';
import { stressScenarios, type StressOptions } from './scenarios.ts';

/** A figure of a scenario less that of the base run; `null` where one of them has none. */
export interface StressChange {
  readonly totalReturn: number;
  readonly sharpe: number | null;
  readonly maxDrawdown: number;
  readonly trades: number;
}

export interface StressRow {
  readonly name: string;
  readonly title: string;
  readonly metrics: BacktestMetrics | null;
  /** SHA-256 of the bars that it ran over. */
  readonly dataHash: string | null;
  readonly change: StressChange | null;
  /** Why it was not run. */
  readonly note: string | null;
}

/** The JSON of `tidemark stress --json`: a contract, additive changes only. */
export interface StressResult {
  readonly strategy: BacktestResult['strategy'];
  readonly data: BacktestResult['data'];
  readonly options: BacktestResult['options'];
  readonly base: BacktestMetrics;
  readonly scenarios: readonly StressRow[];
}

/** Runs a request somewhere: in this thread, in a worker, in a queue. */
export type RunBacktest = (request: BacktestRequest) => Promise<BacktestResult> | BacktestResult;

function changeOf(metrics: BacktestMetrics, base: BacktestMetrics): StressChange {
  return {
    totalReturn: metrics.totalReturn - base.totalReturn,
    sharpe: metrics.sharpe === null || base.sharpe === null ? null : metrics.sharpe - base.sharpe,
    maxDrawdown: metrics.maxDrawdown - base.maxDrawdown,
    trades: metrics.trades - base.trades,
  };
}

/** The base run and every scenario, one after the other. Rejects as `run` does, with `UsageError`, or with the signal's reason. */
export async function runStress(
  request: BacktestRequest,
  options: StressOptions,
  run: RunBacktest,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<StressResult> {
  const base = await run(request);
  const scenarios = stressScenarios(request, base, options);
  const rows: StressRow[] = [];
  for (const { name, title, request: changed, note } of scenarios) {
    signal?.throwIfAborted();
    const result = changed === null ? null : await run(changed);
    const known =
      result === null ? { metrics: null, change: null } : { metrics: result.metrics, change: changeOf(result.metrics, base.metrics) };
    rows.push({ name, title, ...known, dataHash: changed === null ? null : dataHashOf(changed), note });
    onProgress?.(rows.length, scenarios.length);
  }
  return { strategy: base.strategy, data: base.data, options: base.options, base: base.metrics, scenarios: rows };
}
