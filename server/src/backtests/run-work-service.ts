import { createHash } from 'node:crypto';
import { canonicalJson, hashSeries, mergeMoments, momentsOf, runBacktestInWorker } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult, BarSeries, StrategyModule } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import { untilEnded, writtenProgress } from '../jobs/life-service.ts';
import type { TakenJob } from '../jobs/queue.ts';
import type { Watch } from '../jobs/watch-service.ts';
import type { BarQuery } from '../market-data/graphql.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { recordTrials, trialsOn } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import { commandOf } from './job.ts';
import type { BacktestJob } from './job.ts';
import { readRequest } from './request.ts';
import { selectionOf } from './selection-record.ts';
import type { SearchFindings } from './selection.ts';
import { failRun, finishRun, openRequest, reuseRun, runById, updateRunProgress } from './service.ts';
import type { BacktestTables, RecordedRun } from './service.ts';

export interface RunWork {
  readonly db: Kysely<BacktestTables>;
  readonly statistics: () => Promise<Statistics>;
  readonly moduleOf: (version: string) => Promise<StrategyModule | undefined>;
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  /** The wall clock. */
  readonly now: () => Instant;
  /** Hears of each change; tells of aborts. */
  readonly watch: Pick<Watch, 'add' | 'notify'>;
  readonly report: (what: string, error: unknown) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function jobOf(run: RecordedRun, request: string, { moduleOf }: RunWork): Promise<BacktestJob> {
  const module = await moduleOf(run.version);
  if (module === undefined) throw new Error(`The module ${run.version} is not in the database.`);
  return { module, strategyName: run.strategyName, parameters: run.parameters, ...readRequest(request) };
}

/** Of all that a result, and what is said of its choice, depends on: equal keys have equal results. */
function contentKey({ module, parameters, options, search }: BacktestJob, dataHash: string): string {
  const content = ['backtest', module.version, parameters, options, dataHash, ...(search === undefined ? [] : [search])];
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

async function compute(id: string, job: BacktestJob, signal: AbortSignal, work: RunWork): Promise<void> {
  const { db, bars, now } = work;
  const { symbol, module, parameters, options } = job;
  const series = [{ symbol, bars: await bars({ symbol, timeframe: '1Day', from: job.from, to: job.to, last: undefined }) }];
  const [first, last] = [series[0]?.bars.startAtMs.at(0), series[0]?.bars.startAtMs.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`There are no bars of ${symbol} in this span.`);
  // The command names the bars that there were: later ones would make it another backtest.
  const command = commandOf({ ...job, from: instantFromMs(first), to: instantFromMs(last) });
  const key = contentKey(job, hashSeries(series));
  if (await reuseRun(db, id, { at: now(), contentKey: key, command })) return;
  await updateRunProgress(db, id, 0);
  work.watch.notify(id);
  const progress = writtenProgress(id, (fraction) => updateRunProgress(db, id, fraction), work);
  try {
    const result = await runBacktestInWorker({ module, parameters, series, options }, { signal, onProgress: progress.note });
    await progress.settled();
    const bars = { symbols: [symbol], timeframe: '1Day', from: instantFromMs(first), to: instantFromMs(last) };
    await finish(id, result, { command, contentKey: key, search: job.search }, bars, work);
  } finally {
    await progress.settled();
  }
}

/** Writes the result down, and counts it among all that was tried on these bars: both or neither. */
async function finish(
  id: string,
  result: BacktestResult,
  { search, ...content }: { readonly command: string; readonly contentKey: string; readonly search: SearchFindings | undefined },
  bars: TriedBars,
  { db, now, statistics }: RunWork,
): Promise<void> {
  const at = now();
  const { sharpe } = result.metrics;
  const moments = momentsOf([sharpe === null ? null : sharpe / Math.sqrt(result.options.periodsPerYear)]);
  const core = await statistics();
  await db.transaction().execute(async (transaction) => {
    const trials = mergeMoments(await trialsOn(transaction, bars), moments);
    const selection = selectionOf(result, trials, core, search);
    if (!(await finishRun(transaction, id, result, { ...content, selection, at }))) return;
    const { version } = result.strategy;
    await recordTrials(transaction, { source: id, part: 0, version, bars, dataHash: result.data.hash, moments, at });
  });
}

/**
 * Works out a backtest and writes down how it ended. Rejects, so that it is tried again, where this process closes or the database is away; a
 * run that ended otherwise is left as it is.
 */
export async function workOutRun(id: string, { signal }: Pick<TakenJob, 'signal'>, work: RunWork): Promise<void> {
  const open = await openRequest(work.db, id);
  if (open === undefined) return;
  const ended = untilEnded(id, async () => (await runById(work.db, id))?.state, work);
  try {
    await compute(id, await jobOf(open.run, open.request, work), AbortSignal.any([signal, ended.signal]), work);
  } catch (error) {
    if (ended.signal.aborted) return;
    if (signal.aborted || (error instanceof Error && error.name === 'DatabaseUnavailable')) throw error;
    await failRun(work.db, id, messageOf(error), work.now());
  } finally {
    ended.stop();
    work.watch.notify(id);
  }
}

/** A run whose worker was lost again and again. */
export async function runLost(id: string, reason: string, { db, now, watch }: RunWork): Promise<void> {
  await failRun(db, id, `It was begun again and again, and never came to its end: ${reason}`, now());
  watch.notify(id);
}
