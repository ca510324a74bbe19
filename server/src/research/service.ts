import type { SweepRow as SetFigures, TrialMoments } from '@tidemark/compute';
import type { ParameterValues } from '@tidemark/compute/types';
import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import { recordTrials } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import * as store from './store.ts';
import type { ResearchTables, SweepRow } from './store.ts';
import { readSweepRequest } from './sweep.ts';
import type { SweepRequestRecord, SweepState } from './sweep.ts';

export type { ResearchTables } from './store.ts';

/** A set with what came of it. */
export interface RankedSet extends Omit<SetFigures, 'set'> {
  readonly parameters: ParameterValues;
}

/** How lucky the best set is, against everything that was ever tried on the same bars. */
export interface Selection {
  readonly trials: number;
  /** Of one bar, over all trials. */
  readonly sharpeVariance: number;
  /** What the best of so many without skill is expected to show, a year. */
  readonly expectedMaximum: number | null;
  readonly psr: number | null;
  readonly dsr: number | null;
  /** Bars. */
  readonly trackRecordMin: number | null;
}

export interface SweepSummary {
  /** By Sharpe ratio, then as they come; at most a hundred. */
  readonly best: readonly RankedSet[];
  /** Without one where no set has a Sharpe ratio. */
  readonly selection: Selection | null;
}

export interface RecordedSweep {
  readonly id: string;
  readonly state: SweepState;
  /** 0 to 1. */
  readonly progress: number;
  readonly strategyName: string;
  readonly version: string;
  readonly request: SweepRequestRecord;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly bars: number | undefined;
  readonly dataHash: string | undefined;
  /** Combinations or draws; known once it runs. */
  readonly size: number | undefined;
  readonly sets: number;
  readonly refused: number;
  readonly summary: SweepSummary | undefined;
  readonly reusedFrom: string | undefined;
  readonly error: string | undefined;
  readonly command: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | undefined;
}

export interface NewSweep {
  readonly id: string;
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** See `sweep.ts`. */
  readonly request: string;
  readonly command: string;
  readonly createdAt: Instant;
}

/** A sweep that waits for its turn. */
export async function createSweep(trx: Transaction<ResearchTables>, sweep: NewSweep): Promise<RecordedSweep> {
  const row: SweepRow = {
    id: sweep.id,
    state: 'queued',
    strategy_name: sweep.strategyName,
    version: sweep.version,
    request: sweep.request,
    symbols: JSON.stringify(sweep.symbols),
    timeframe: sweep.timeframe,
    command: sweep.command,
    from_at: null,
    to_at: null,
    bars: null,
    data_hash: null,
    content_key: null,
    reused_from: null,
    chunks: null,
    chunks_done: 0,
    size: null,
    sets: 0,
    refused: 0,
    summary: null,
    error: null,
    created_at: new Date(sweep.createdAt),
    finished_at: null,
  };
  await store.insertSweep(trx, row);
  return sweepOf(row);
}

/** What was found when its bars were read. */
export interface SweepPlan {
  readonly bars: TriedBars & { readonly count: number; readonly hash: string };
  readonly contentKey: string;
  readonly size: number;
  readonly parts: number;
}

const planned = ({ bars, contentKey }: SweepPlan) => ({
  from_at: new Date(bars.from),
  to_at: new Date(bars.to),
  bars: bars.count,
  data_hash: bars.hash,
  content_key: contentKey,
});

/** False where it was begun before, or has ended. */
export const beginSweep = async (trx: Transaction<ResearchTables>, id: string, plan: SweepPlan): Promise<boolean> =>
  await store.beginSweep(trx, id, { ...planned(plan), state: 'running', size: plan.size, chunks: plan.parts });

/** Ends a sweep with the results of an earlier one of the same content; false where there is none. */
export async function reuseSweep(db: Kysely<ResearchTables>, id: string, plan: SweepPlan, at: Instant): Promise<boolean> {
  const same = await store.selectSameSweep(db, plan.contentKey);
  if (same === undefined) return false;
  const { size, sets, refused, summary } = same;
  const result = { size, sets, refused, summary, reused_from: same.id, finished_at: new Date(at) };
  return await store.updateOpenSweep(db, id, { ...planned(plan), ...result, state: 'done' });
}

/** A part's results. */
export interface SweepPart {
  readonly sweep: Pick<RecordedSweep, 'id' | 'version'>;
  readonly bars: TriedBars;
  readonly dataHash: string;
  readonly part: number;
  readonly sets: number;
  readonly refused: number;
  readonly figures: Float64Array;
  readonly moments: TrialMoments;
  readonly at: Instant;
}

/** Writes a part down, counts it and its trials, all in the caller's transaction and once. True where it was the last one. */
export async function savePart(trx: Transaction<ResearchTables>, part: SweepPart): Promise<boolean> {
  const { sweep, bars, dataHash, moments, at, figures } = part;
  const bytes = new Uint8Array(figures.buffer, figures.byteOffset, figures.byteLength);
  const row = { sweep_id: sweep.id, chunk: part.part, sets: part.sets, refused: part.refused, figures: bytes, finished_at: new Date(at) };
  if (!(await store.insertChunk(trx, { ...row, figures: Buffer.from(bytes) }))) return false;
  await recordTrials(trx, { source: sweep.id, part: part.part, version: sweep.version, bars, dataHash, moments, at });
  const counted = await store.countChunk(trx, row);
  return counted !== undefined && counted.chunks === counted.chunks_done;
}

export const partIsDone = store.hasChunk;

/** Figures of its parts, in their order: rows of the compute core's sweep. */
export async function* partsOf(db: Kysely<ResearchTables>, id: string): AsyncGenerator<{ part: number; figures: Float64Array }> {
  for (let after = -1; ;) {
    const rows = await store.selectChunks(db, id, after, 8);
    for (const { chunk, figures } of rows) {
      after = chunk;
      // The driver's bytes lie anywhere in a larger buffer.
      yield { part: chunk, figures: new Float64Array(Uint8Array.from(figures).buffer) };
    }
    if (rows.length === 0) return;
  }
}

export const finishSweep = async (db: Kysely<ResearchTables>, id: string, summary: SweepSummary, at: Instant): Promise<boolean> =>
  await store.updateOpenSweep(db, id, { state: 'done', summary: JSON.stringify(summary), finished_at: new Date(at) });

export const failSweep = async (db: Kysely<ResearchTables>, id: string, error: string, at: Instant): Promise<boolean> =>
  await store.updateOpenSweep(db, id, { state: 'failed', error, finished_at: new Date(at) });

export const abortSweep = async (db: Kysely<ResearchTables>, id: string, at: Instant): Promise<boolean> =>
  await store.updateOpenSweep(db, id, { state: 'aborted', finished_at: new Date(at) });

export async function sweepById(db: Kysely<ResearchTables>, id: string): Promise<RecordedSweep | undefined> {
  const row = await store.selectSweep(db, id);
  return row === undefined ? undefined : sweepOf(row);
}

/** Newest first; the cursor is the sweep's id. Throws `CursorError`. */
export async function listSweeps(db: Kysely<ResearchTables>, { first, after }: PageQuery): Promise<Page<RecordedSweep>> {
  if (after !== undefined && (await store.selectSweep(db, after)) === undefined) throw new CursorError();
  return pageOfRows(await store.selectSweeps(db, after, first + 1), first, (row) => row.id, sweepOf);
}

/** What waits or is worked on, with the parts that are still to come where they are known. */
export async function openSweeps(
  db: Kysely<ResearchTables>,
): Promise<readonly { readonly id: string; readonly missing: readonly number[] | undefined }[]> {
  const open = await store.selectOpenSweeps(db);
  return await Promise.all(
    open.map(async ({ id, chunks }) => {
      if (chunks === null) return { id, missing: undefined };
      const done = new Set(await store.selectDoneChunks(db, id));
      return { id, missing: Array.from({ length: chunks }, (_, part) => part).filter((part) => !done.has(part)) };
    }),
  );
}

/** A text a sweep that differs after each change. */
export const sweepMarks = async (db: Kysely<ResearchTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await store.selectSweepMarks(db, ids)).map(({ id, state, chunks, chunks_done }) => [id, `${state} ${chunks} ${chunks_done}`]));

const ms = (at: Date | null): Instant | undefined => (at === null ? undefined : instantFromMs(at.getTime()));

const sweepOf = (row: SweepRow): RecordedSweep => ({
  id: row.id,
  state: row.state,
  strategyName: row.strategy_name,
  version: row.version,
  command: row.command,
  progress: row.state === 'done' ? 1 : row.chunks === null ? 0 : row.chunks_done / row.chunks,
  request: readSweepRequest(row.request),
  from: ms(row.from_at),
  to: ms(row.to_at),
  bars: row.bars ?? undefined,
  dataHash: row.data_hash ?? undefined,
  size: row.size ?? undefined,
  sets: row.sets,
  refused: row.refused,
  summary: row.summary === null ? undefined : (JSON.parse(row.summary) as SweepSummary),
  reusedFrom: row.reused_from ?? undefined,
  error: row.error ?? undefined,
  createdAt: instantFromMs(row.created_at.getTime()),
  finishedAt: ms(row.finished_at),
});
