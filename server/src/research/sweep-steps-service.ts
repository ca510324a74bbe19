import { refusedIn, returnsOf, runBacktestInWorker, SweepPool, varianceOf } from '@tidemark/compute';
import { overfittingInWorker } from '@tidemark/compute/optimisation';
import type { SweepOverfitting } from '@tidemark/compute/optimisation';
import { trialsOn } from '../trials/service.ts';
import { crossValidationBlocks } from './cross-validation.ts';
import type { BlocksOrReason } from './cross-validation.ts';
import { openRanking, sharpesIn } from './ranking.ts';
import { partsOf } from './service.ts';
import type { StudyPlan, WorkedPart } from './service.ts';
import { contentKey, prepare } from './study-preparation-service.ts';
import type { Prepared } from './study-preparation-service.ts';
import type { Overfitting, RankedSet, RecordedSweep, Selection } from './study-record.ts';
import type { StudySteps, StudyWork } from './study-work-service.ts';
import { setsAPart } from './sweep.ts';

const BEST = 100;

interface OpenedSweep extends Prepared {
  readonly pool: SweepPool;
  close(): Promise<void>;
}

const bytesOf = (numbers: Float64Array): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
const numbersOf = (bytes: Uint8Array<ArrayBuffer>): Float64Array<ArrayBuffer> => new Float64Array(bytes.buffer);

function joined(chunks: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  chunks.reduce((at, chunk) => {
    all.set(chunk, at);
    return at + chunk.length;
  }, 0);
  return all;
}

async function allOf<T>(chunks: AsyncIterable<T>, read: (chunk: T) => Float64Array): Promise<Float64Array<ArrayBuffer>> {
  const rows: Float64Array[] = [];
  for await (const chunk of chunks) rows.push(read(chunk));
  return joined(rows);
}

/** How it is cut in parts. */
function planOf(sweep: RecordedSweep, { bars, sets }: Prepared): StudyPlan & { readonly setsAPart: number } {
  const part = setsAPart(sets.size, bars.count * bars.symbols.length);
  return { bars, contentKey: contentKey(sweep, bars.hash), size: sets.size, parts: Math.ceil(sets.size / part), setsAPart: part };
}

const blocksOf = ({ sets, times, bars }: Prepared): BlocksOrReason => crossValidationBlocks(sets.size, times.length, bars.symbols.length);

async function workOutPart(sweep: RecordedSweep, part: number, opened: OpenedSweep): Promise<WorkedPart> {
  const length = planOf(sweep, opened).setsAPart;
  const sets = [...opened.sets.part(part * length, (part + 1) * length)];
  const figures = await allOf(opened.pool.run(sets), (chunk) => chunk.figures);
  const blocks = blocksOf(opened);
  const moments = 'bounds' in blocks ? await allOf(opened.pool.moments(sets, blocks.bounds), (chunk) => chunk.moments) : undefined;
  const refused = refusedIn(figures);
  return {
    bars: opened.bars,
    sets: sets.length - refused,
    refused,
    figures: bytesOf(figures),
    moments: moments === undefined ? undefined : bytesOf(moments),
    trials: sharpesIn(figures, opened.backtest.options.periodsPerYear),
  };
}

interface Found {
  readonly best: readonly RankedSet[];
  /** Of all sets; `undefined` where a part was written down without. */
  readonly moments: Float64Array<ArrayBuffer> | undefined;
}

async function rank(sweep: RecordedSweep, prepared: Prepared, { db }: StudyWork): Promise<Found> {
  const length = planOf(sweep, prepared).setsAPart;
  const ranking = openRanking(prepared.sets.axes, BEST);
  const rows: Float64Array[] = [];
  let isWhole = true;
  for await (const { part, figures, moments } of partsOf(db, sweep.id)) {
    ranking.add(prepared.sets.part(part * length, (part + 1) * length), numbersOf(figures));
    if (moments === undefined) isWhole = false;
    else rows.push(numbersOf(moments));
  }
  return { best: ranking.best(), moments: isWhole ? joined(rows) : undefined };
}

const orReason = (found: SweepOverfitting): Overfitting =>
  found.pbo === null ? { reason: 'fewer than two sets have returns to compare' } : found;

/** Bailey, Borwein, López de Prado and Zhu, "The probability of backtest overfitting", 2017. */
async function overfittingOf(prepared: Prepared, { moments }: Found, signal: AbortSignal): Promise<Overfitting> {
  const blocks = blocksOf(prepared);
  if ('reason' in blocks) return blocks;
  if (moments === undefined) return { reason: 'it was begun by an earlier version, which kept no returns of its sets' };
  return orReason(await overfittingInWorker({ bounds: blocks.bounds, moments }, signal));
}

/** D. H. Bailey and M. López de Prado, "The deflated Sharpe ratio", 2014, over all trials on these bars and not only this sweep's. */
async function selectionOf(best: RankedSet, { backtest, bars }: Prepared, signal: AbortSignal, work: StudyWork): Promise<Selection | null> {
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

/** A sweep: all sets over all bars, some thousands of them a part. */
export function sweepSteps(work: StudyWork): StudySteps<'sweep', OpenedSweep> {
  return {
    kind: 'sweep',
    plan: async (sweep) => {
      const plan = planOf(sweep, await prepare(sweep, work));
      if (plan.parts === 0) throw new Error('There is no set to try.');
      return plan;
    },
    open: async (sweep) => {
      const prepared = await prepare(sweep, work);
      const pool = new SweepPool({ backtest: prepared.backtest, axes: prepared.sets.axes, sets: [] }, { threads: work.threads });
      return { ...prepared, pool, close: () => pool.close() };
    },
    part: workOutPart,
    end: async (sweep, signal) => {
      const prepared = await prepare(sweep, work);
      const found = await rank(sweep, prepared, work);
      const [first] = found.best;
      const selection = first === undefined || first.sharpe === null ? null : await selectionOf(first, prepared, signal, work);
      return { summary: { best: found.best, selection, overfitting: await overfittingOf(prepared, found, signal) } };
    },
  };
}
