import { refusedIn, returnsOf, runBacktestInWorker, SweepPool, varianceOf } from '@tidemark/compute';
import type { GridSet } from '@tidemark/compute';
import type { Statistics } from '@tidemark/compute/statistics';
import type { Kysely } from 'kysely';
import type { JobHandlers, JobQueue, NewJob, TakenJob } from '../jobs/queue.ts';
import { untilEnded } from '../jobs/until-ended.ts';
import type { Watch } from '../jobs/watch-service.ts';
import type { Instant } from '../money/instant.ts';
import { trialsOn } from '../trials/service.ts';
import { openRanking, sharpesIn } from './ranking.ts';
import { beginSweep, failSweep, finishSweep, partIsDone, partsOf, reuseSweep, savePart, sweepById } from './service.ts';
import type { RankedSet, RecordedSweep, ResearchTables, Selection } from './service.ts';
import { openPools } from '../platform/pools.ts';
import { planOf, prepare } from './sweep-preparation-service.ts';
import type { Prepared, SweepSources } from './sweep-preparation-service.ts';

export interface SweepWork extends SweepSources {
  readonly db: Kysely<ResearchTables>;
  readonly queue: Pick<JobQueue, 'ready' | 'send' | 'wake'>;
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

export const partJob = (sweep: string, part: number): NewJob => ({ kind: SWEEP_JOBS.part, data: { sweep, part } });
export const planJob = (sweep: string): NewJob => ({ kind: SWEEP_JOBS.plan, data: { sweep }, priority: 5 });
export const endJob = (sweep: string): NewJob => ({ kind: SWEEP_JOBS.end, data: { sweep }, priority: 5 });

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

async function openSweep(sweep: RecordedSweep, work: SweepWork): Promise<OpenedSweep> {
  const prepared = await prepare(sweep, work);
  const request = { backtest: prepared.backtest, axes: prepared.sets.axes, sets: [] };
  const pool = new SweepPool(request, { threads: work.threads });
  return { ...prepared, pool, close: () => pool.close() };
}

/** Reads the bars and sends a job a part; or takes the results of an earlier sweep of the same content. */
async function workOutPlan(sweep: RecordedSweep, work: SweepWork): Promise<void> {
  const { db, queue, now } = work;
  if (sweep.state !== 'queued') return;
  const plan = planOf(sweep, await prepare(sweep, work));
  if (plan.parts === 0) throw new Error('There is no set to try.');
  if (await reuseSweep(db, sweep.id, plan, now())) return;
  await queue.ready();
  await db.transaction().execute(async (transaction) => {
    if (!(await beginSweep(transaction, sweep.id, plan))) return;
    const jobs = Array.from({ length: plan.parts }, (_, part) => partJob(sweep.id, part));
    await queue.send(jobs, transaction);
  });
  queue.wake();
}

/** Sets of one part that were run. */
interface WorkedPart {
  readonly part: number;
  readonly sets: number;
  readonly figures: Float64Array;
}

/** The last part that is written down sends the job that ends the sweep. */
async function save(
  sweep: RecordedSweep,
  { part, sets, figures }: WorkedPart,
  { bars, backtest }: Prepared,
  work: SweepWork,
): Promise<void> {
  const { db, queue, now } = work;
  const refused = refusedIn(figures);
  const moments = sharpesIn(figures, backtest.options.periodsPerYear);
  const saved = { sweep, bars, dataHash: bars.hash, part, sets: sets - refused, refused, figures, moments, at: now() };
  await queue.ready();
  await db.transaction().execute(async (transaction) => {
    if (await savePart(transaction, saved)) await queue.send([endJob(sweep.id)], transaction);
  });
  queue.wake();
}

async function workOutPart(sweep: RecordedSweep, part: number, opened: OpenedSweep, signal: AbortSignal, work: SweepWork): Promise<void> {
  const length = planOf(sweep, opened).setsAPart;
  const sets = [...opened.sets.part(part * length, (part + 1) * length)];
  const figures = await Promise.race([figuresOf(opened.pool, sets), rejected(signal)]);
  await save(sweep, { part, sets: sets.length, figures }, opened, work);
}

async function rank(sweep: RecordedSweep, prepared: Prepared, { db }: SweepWork): Promise<readonly RankedSet[]> {
  const length = planOf(sweep, prepared).setsAPart;
  const ranking = openRanking(prepared.sets.axes, BEST);
  for await (const { part, figures } of partsOf(db, sweep.id)) {
    ranking.add(prepared.sets.part(part * length, (part + 1) * length), figures);
  }
  return ranking.best();
}

/** D. H. Bailey and M. López de Prado, "The deflated Sharpe ratio", 2014, over all trials on these bars and not only this sweep's. */
async function selectionOf(best: RankedSet, { backtest, bars }: Prepared, signal: AbortSignal, work: SweepWork): Promise<Selection | null> {
  const parameters = { ...backtest.parameters, ...best.parameters };
  const returns = returnsOf(await runBacktestInWorker({ ...backtest, parameters }, { signal }));
  const statistics = await work.statistics();
  const sample = returns === undefined ? null : statistics.sharpeSample(returns);
  if (sample === null) return null;
  const trials = await trialsOn(work.db, bars);
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
}

async function workOutEnd(sweep: RecordedSweep, signal: AbortSignal, work: SweepWork): Promise<void> {
  if (sweep.state !== 'running' || sweep.progress < 1) return;
  const prepared = await prepare(sweep, work);
  const best = await rank(sweep, prepared, work);
  const [first] = best;
  const selection = first === undefined || first.sharpe === null ? null : await selectionOf(first, prepared, signal, work);
  await finishSweep(work.db, sweep.id, { best, selection }, work.now());
}

type Step = (sweep: RecordedSweep, job: TakenJob, signal: AbortSignal) => Promise<void>;

/** Rejects, so that it is tried again, where this process closes or the database is away; what else fails fails the sweep. */
async function guarded(job: TakenJob, step: Step, work: SweepWork): Promise<void> {
  const { db, now, watch } = work;
  const id = String(job.data['sweep']);
  const sweep = await sweepById(db, id);
  if (sweep === undefined || (sweep.state !== 'queued' && sweep.state !== 'running')) return;
  const ended = untilEnded(id, { ...work, stateOf: async () => (await sweepById(work.db, id))?.state });
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
}

/** The jobs of sweeps: what they are made of, a part, and what comes of all parts. */
export function openSweepWork(work: SweepWork): { readonly handlers: JobHandlers; close(): Promise<void> } {
  const { db, now, watch } = work;
  const pools = openPools<OpenedSweep>();
  const part: Step = async (sweep, job, signal) => {
    const number = Number(job.data['part']);
    if (sweep.state !== 'running' || (await partIsDone(db, sweep.id, number))) return;
    const open = () => openSweep(sweep, work);
    await pools.use(sweep.id, open, (opened) => workOutPart(sweep, number, opened, signal, work));
  };
  const lost = async (data: TakenJob['data'], reason: string): Promise<void> => {
    const id = String(data['sweep']);
    await failSweep(db, id, `A part of it was begun again and again, and never came to its end: ${reason}`, now());
    watch.notify(id);
  };
  return {
    handlers: {
      work: {
        [SWEEP_JOBS.plan]: (job) => guarded(job, (sweep) => workOutPlan(sweep, work), work),
        [SWEEP_JOBS.part]: (job) => guarded(job, part, work),
        [SWEEP_JOBS.end]: (job) => guarded(job, (sweep, _job, signal) => workOutEnd(sweep, signal, work), work),
      },
      lost: { [SWEEP_JOBS.plan]: lost, [SWEEP_JOBS.part]: lost, [SWEEP_JOBS.end]: lost },
    },
    close: () => pools.close(),
  };
}
