import { createHash } from 'node:crypto';
import { canonicalJson, hashSeries, runBacktestInWorker, SweepPool } from '@tidemark/compute';
import type { BacktestRequest, GridSet, SymbolSeries } from '@tidemark/compute';
import { returnsOf } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { BarSeries, StrategyModule } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import type { JobQueue, NewJob, TakenJob } from '../jobs/queue.ts';
import type { Watch } from '../jobs/watch-service.ts';
import type { BarQuery } from '../market-data/graphql.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { varianceOf } from '../trials/moments.ts';
import { trialsOn } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import { openRanking, refusedIn, sharpesIn } from './ranking.ts';
import { beginSweep, failSweep, finishSweep, partIsDone, partsOf, reuseSweep, savePart, sweepById } from './service.ts';
import type { RankedSet, RecordedSweep, ResearchTables, Selection, SweepPlan } from './service.ts';
import { setsAPart, setsOf } from './sweep.ts';
import type { SweepSets } from './sweep.ts';
import { openPools } from './sweep-pools.ts';

export interface SweepWork {
  readonly db: Kysely<ResearchTables>;
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake'>;
  readonly bars: (query: BarQuery) => Promise<BarSeries>;
  readonly moduleOf: (version: string) => Promise<StrategyModule | undefined>;
  readonly statistics: () => Promise<Statistics>;
  /** Threads that a sweep may use in this process. */
  readonly threads: number;
  /** The wall clock. */
  readonly now: () => Instant;
  readonly watch: Pick<Watch, 'add' | 'notify'>;
  readonly report: (what: string, error: unknown) => void;
}

export const SWEEP_JOBS = { plan: 'sweep', part: 'sweep-part', end: 'sweep-end' } as const;
const BEST = 100;

/** Everything that its parts have in common. */
interface Prepared {
  readonly backtest: BacktestRequest;
  readonly sets: SweepSets;
  readonly bars: TriedBars & { readonly count: number; readonly hash: string };
}

async function seriesOf(sweep: RecordedSweep, { bars }: SweepWork): Promise<readonly SymbolSeries[]> {
  const { symbols, timeframe } = sweep.request;
  // Once it runs, the bars of its first look: later ones would make it another sweep half way.
  const [from, to] = [sweep.from ?? sweep.request.from, sweep.to ?? sweep.request.to];
  return await Promise.all(
    symbols.map(async (symbol) => {
      const found = await bars({ symbol, timeframe, from, to, last: undefined });
      if (found.length === 0) throw new Error(`There are no ${timeframe} bars of ${symbol} in this span.`);
      return { symbol, bars: found };
    }),
  );
}

function triedBars(sweep: RecordedSweep, series: readonly SymbolSeries[]): Prepared['bars'] {
  const { symbols, timeframe } = sweep.request;
  const firsts = series.map(({ bars }) => bars.startAtMs.at(0) ?? Number.NaN);
  const lasts = series.map(({ bars }) => bars.startAtMs.at(-1) ?? Number.NaN);
  const span = { from: instantFromMs(Math.min(...firsts)), to: instantFromMs(Math.max(...lasts)) };
  const count = Math.max(...series.map(({ bars }) => bars.length));
  return { symbols, timeframe, ...span, count, hash: hashSeries(series) };
}

async function prepare(sweep: RecordedSweep, work: SweepWork): Promise<Prepared> {
  const module = await work.moduleOf(sweep.version);
  if (module === undefined) throw new Error(`The module ${sweep.version} is not in the database.`);
  const { parameters, options, space } = sweep.request;
  const series = await seriesOf(sweep, work);
  const bars = triedBars(sweep, series);
  if (sweep.dataHash !== undefined && sweep.dataHash !== bars.hash)
    throw new Error('The bars have changed since the sweep began: its parts would not fit together. Start it again.');
  return { backtest: { module, parameters, series, options }, sets: setsOf(space, parameters, options.seed), bars };
}

/** Of all that the results depend on: equal keys have equal results. */
function contentKey({ version, request }: RecordedSweep, dataHash: string): string {
  const { parameters, options, space } = request;
  return createHash('sha256')
    .update(canonicalJson(['sweep', version, parameters, options, space, dataHash]))
    .digest('hex');
}

function planOf(sweep: RecordedSweep, { bars, sets }: Prepared): SweepPlan & { readonly setsAPart: number } {
  const part = setsAPart(sets.size, bars.count * bars.symbols.length);
  return { bars, contentKey: contentKey(sweep, bars.hash), size: sets.size, parts: Math.ceil(sets.size / part), setsAPart: part };
}

export const partJob = (sweep: string, part: number): NewJob => ({ kind: SWEEP_JOBS.part, data: { sweep, part } });
export const planJob = (sweep: string): NewJob => ({ kind: SWEEP_JOBS.plan, data: { sweep }, priority: 5 });
export const endJob = (sweep: string): NewJob => ({ kind: SWEEP_JOBS.end, data: { sweep }, priority: 5 });

/** Aborts when the sweep has ended in another way: somebody aborted it, in this process or another. */
function untilEnded(id: string, { db, watch, report }: SweepWork): { readonly signal: AbortSignal; stop(): void } {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    const state = (await sweepById(db, id))?.state;
    if (state !== 'queued' && state !== 'running') ended.abort(new Error(`the sweep is ${state ?? 'gone'}`));
  };
  return { signal: ended.signal, stop: watch.add(id, () => void look().catch((error: unknown) => report(`${id} could not be looked at`, error))) };
}

const rejected = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** The rows of these sets, in their order. */
async function figuresOf(pool: SweepPool, sets: Iterable<GridSet>): Promise<Float64Array> {
  const chunks: Float64Array[] = [];
  for await (const { figures } of pool.run(sets)) chunks.push(figures);
  const all = new Float64Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  chunks.reduce((at, chunk) => {
    all.set(chunk, at);
    return at + chunk.length;
  }, 0);
  return all;
}

interface OpenedSweep extends Prepared {
  readonly pool: SweepPool;
  close(): Promise<void>;
}

/** The jobs of sweeps: what they are made of, a part, and what comes of all parts. */
export function openSweepWork(work: SweepWork) {
  const { db, queue, now, watch } = work;
  const pools = openPools<OpenedSweep>();

  const open = (sweep: RecordedSweep) => async (): Promise<OpenedSweep> => {
    const prepared = await prepare(sweep, work);
    const request = { backtest: prepared.backtest, axes: prepared.sets.axes, sets: [] };
    const pool = new SweepPool(request, { threads: work.threads });
    return { ...prepared, pool, close: () => pool.close() };
  };

  const plan = async (sweep: RecordedSweep): Promise<void> => {
    if (sweep.state !== 'queued') return;
    const found = planOf(sweep, await prepare(sweep, work));
    if (found.parts === 0) throw new Error('There is no set to try.');
    if (await reuseSweep(db, sweep.id, found, now())) return;
    await queue.ready();
    await db.transaction().execute(async (transaction) => {
      if (!(await beginSweep(transaction, sweep.id, found))) return;
      const jobs = Array.from({ length: found.parts }, (_, part) => partJob(sweep.id, part));
      await queue.send(jobs, transaction);
    });
    queue.wake();
  };

  const save = async (sweep: RecordedSweep, part: number, { bars, backtest }: OpenedSweep, figures: Float64Array, count: number): Promise<void> => {
    const refused = refusedIn(figures);
    const moments = sharpesIn(figures, backtest.options.periodsPerYear);
    const saved = { sweep, bars, dataHash: bars.hash, part, sets: count - refused, refused, figures, moments, at: now() };
    await queue.ready();
    await db.transaction().execute(async (transaction) => {
      if (await savePart(transaction, saved)) await queue.send([endJob(sweep.id)], transaction);
    });
    queue.wake();
  };

  const workOutPart = async (sweep: RecordedSweep, part: number, signal: AbortSignal): Promise<void> => {
    if (sweep.state !== 'running' || (await partIsDone(db, sweep.id, part))) return;
    await pools.use(sweep.id, open(sweep), async (opened) => {
      const length = planOf(sweep, opened).setsAPart;
      const sets = [...opened.sets.part(part * length, (part + 1) * length)];
      const figures = await Promise.race([figuresOf(opened.pool, sets), rejected(signal)]);
      await save(sweep, part, opened, figures, sets.length);
    });
  };

  const rank = async (sweep: RecordedSweep, prepared: Prepared): Promise<readonly RankedSet[]> => {
    const length = planOf(sweep, prepared).setsAPart;
    const ranking = openRanking(prepared.sets.axes, BEST);
    for await (const { part, figures } of partsOf(db, sweep.id)) {
      ranking.add(prepared.sets.part(part * length, (part + 1) * length), figures);
    }
    return ranking.best();
  };

  const selectionOf = async (best: RankedSet, { backtest, bars }: Prepared, signal: AbortSignal): Promise<Selection | null> => {
    const parameters = { ...backtest.parameters, ...best.parameters };
    const returns = returnsOf(await runBacktestInWorker({ ...backtest, parameters }, { signal }));
    const statistics = await work.statistics();
    const sample = returns === undefined ? null : statistics.sharpeSample(returns);
    if (sample === null) return null;
    const trials = await trialsOn(db, bars);
    const variance = varianceOf(trials);
    const yearly = Math.sqrt(backtest.options.periodsPerYear);
    return {
      trials: trials.sets,
      sharpeVariance: variance,
      expectedMaximum: statistics.expectedMaximumSharpe(variance, trials.sets) * yearly,
      psr: statistics.probabilisticSharpe(sample),
      dsr: statistics.deflatedSharpe(sample, variance, trials.sets),
      trackRecordMin: statistics.trackRecordMin(sample),
    };
  };

  const end = async (sweep: RecordedSweep, signal: AbortSignal): Promise<void> => {
    if (sweep.state !== 'running' || sweep.progress < 1) return;
    const prepared = await prepare(sweep, work);
    const best = await rank(sweep, prepared);
    const [first] = best;
    const selection = first === undefined || first.sharpe === null ? null : await selectionOf(first, prepared, signal);
    await finishSweep(db, sweep.id, { best, selection }, now());
  };

  /** Rejects, so that it is tried again, where this process closes or the database is away; what else fails fails the sweep. */
  const guarded =
    (step: (sweep: RecordedSweep, job: TakenJob, signal: AbortSignal) => Promise<void>) =>
    async (job: TakenJob): Promise<void> => {
      const id = String(job.data['sweep']);
      const sweep = await sweepById(db, id);
      if (sweep === undefined || (sweep.state !== 'queued' && sweep.state !== 'running')) return;
      const ended = untilEnded(id, work);
      try {
        await step(sweep, job, AbortSignal.any([job.signal, ended.signal]));
      } catch (error) {
        if (ended.signal.aborted) return;
        if (job.signal.aborted || (error instanceof Error && error.name === 'DatabaseUnavailable')) throw error;
        await failSweep(db, id, error instanceof Error ? error.message : String(error), now());
      } finally {
        ended.stop();
        watch.notify(id);
      }
    };

  const lost = async (data: TakenJob['data'], reason: string): Promise<void> => {
    const id = String(data['sweep']);
    await failSweep(db, id, `A part of it was begun again and again, and never came to its end: ${reason}`, now());
    watch.notify(id);
  };

  return {
    handlers: {
      work: {
        [SWEEP_JOBS.plan]: guarded((sweep) => plan(sweep)),
        [SWEEP_JOBS.part]: guarded((sweep, job, signal) => workOutPart(sweep, Number(job.data['part']), signal)),
        [SWEEP_JOBS.end]: guarded((sweep, _job, signal) => end(sweep, signal)),
      },
      lost: { [SWEEP_JOBS.plan]: lost, [SWEEP_JOBS.part]: lost, [SWEEP_JOBS.end]: lost },
    },
    close: () => pools.close(),
  };
}
