import { canonicalJson } from '@tidemark/compute';
import type { WalkForwardResult } from '@tidemark/compute/optimisation';
import type { TrialMoments } from '@tidemark/compute';
import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import { recordTrials } from '../trials/service.ts';
import type { TriedBars } from '../trials/service.ts';
import * as store from './store.ts';
import type { ResearchTables, SweepRow } from './store.ts';
import { paceOf } from './pace.ts';
import type { StudyPace } from './pace.ts';
import type { RecordedStudy, RecordedSweep, RecordedWalkForward, Summaries } from './study-record.ts';
import { readRequest } from './study.ts';
import type { StudyKind } from './study.ts';

export type { ResearchTables } from './store.ts';

export interface NewStudy<K extends StudyKind> {
  readonly id: string;
  readonly kind: K;
  readonly strategyName: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** See `study.ts`. */
  readonly request: string;
  readonly command: string;
  readonly createdAt: Instant;
}

/** A study that waits for its turn. */
export async function createStudy<K extends StudyKind>(trx: Transaction<ResearchTables>, study: NewStudy<K>): Promise<RecordedStudy<K>> {
  const row: SweepRow = {
    id: study.id,
    kind: study.kind,
    state: 'queued',
    strategy_name: study.strategyName,
    version: study.version,
    request: study.request,
    symbols: JSON.stringify(study.symbols),
    timeframe: study.timeframe,
    command: study.command,
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
    created_at: new Date(study.createdAt),
    finished_at: null,
  };
  await store.insertSweep(trx, row);
  return studyOf(row);
}

/** What was found when its bars were read. */
export interface StudyPlan {
  readonly bars: TriedBars & { readonly count: number; readonly hash: string };
  readonly contentKey: string;
  readonly size: number;
  readonly parts: number;
}

const planned = ({ bars, contentKey }: StudyPlan) => ({
  from_at: new Date(bars.from),
  to_at: new Date(bars.to),
  bars: bars.count,
  data_hash: bars.hash,
  content_key: contentKey,
});

/** False where it was begun before, or has ended. */
export const beginStudy = async (trx: Transaction<ResearchTables>, id: string, plan: StudyPlan): Promise<boolean> =>
  await store.beginSweep(trx, id, { ...planned(plan), state: 'running', size: plan.size, chunks: plan.parts });

/** Ends a study with the results of an earlier one of the same content; false where there is none. */
export async function reuseStudy(db: Kysely<ResearchTables>, id: string, plan: StudyPlan, at: Instant): Promise<boolean> {
  const same = await store.selectSameSweep(db, plan.contentKey);
  if (same === undefined) return false;
  const { size, sets, refused, summary } = same;
  const result = { size, sets, refused, summary, reused_from: same.id, finished_at: new Date(at) };
  return await store.updateOpenSweep(db, id, { ...planned(plan), ...result, state: 'done' });
}

/** What came of a part. */
export interface WorkedPart {
  /** The bars that its sets ran over. */
  readonly bars: TriedBars;
  readonly sets: number;
  readonly refused: number;
  readonly figures: Uint8Array;
  readonly moments?: Uint8Array | undefined;
  readonly trials: TrialMoments;
}

export interface StudyPart extends WorkedPart {
  readonly study: Pick<RecordedSweep, 'id' | 'version'>;
  readonly dataHash: string;
  readonly part: number;
  readonly at: Instant;
}

/** Writes a part down, counts it and its trials, all in the caller's transaction and once. True where it was the last one. */
export async function savePart(trx: Transaction<ResearchTables>, part: StudyPart): Promise<boolean> {
  const { study, bars, dataHash, trials, at, figures, moments, sets, refused } = part;
  const row = { sweep_id: study.id, chunk: part.part, sets, refused, figures: Buffer.from(figures), finished_at: new Date(at) };
  if (!(await store.insertChunk(trx, { ...row, moments: moments === undefined ? null : Buffer.from(moments) }))) return false;
  await recordTrials(trx, { source: study.id, part: part.part, version: study.version, bars, dataHash, moments: trials, at });
  const counted = await store.countChunk(trx, row);
  return counted !== undefined && counted.chunks === counted.chunks_done;
}

export const partIsDone = store.hasChunk;

/** A part as it was written down. */
export interface KeptPart {
  readonly part: number;
  readonly figures: Uint8Array<ArrayBuffer>;
  readonly moments: Uint8Array<ArrayBuffer> | undefined;
}

/** What came of its parts, in their order. */
export async function* partsOf(db: Kysely<ResearchTables>, id: string): AsyncGenerator<KeptPart> {
  for (let after = -1; ;) {
    const rows = await store.selectChunks(db, id, after, 8);
    for (const { chunk, figures, moments } of rows) {
      after = chunk;
      // The driver's bytes lie anywhere in a larger buffer.
      yield { part: chunk, figures: Uint8Array.from(figures), moments: moments === null ? undefined : Uint8Array.from(moments) };
    }
    if (rows.length === 0) return;
  }
}

/** How a study ended. */
export interface StudyEnd<K extends StudyKind> {
  readonly summary: Summaries[K];
  /** What is too large for lists. */
  readonly result?: WalkForwardResult;
}

/** False where it has ended before. */
export const finishStudy = async <K extends StudyKind>(
  db: Kysely<ResearchTables>,
  id: string,
  { summary, result }: StudyEnd<K>,
  at: Instant,
): Promise<boolean> =>
  await db.transaction().execute(async (trx) => {
    const changes = { state: 'done', summary: JSON.stringify(summary), finished_at: new Date(at) } as const;
    if (!(await store.updateOpenSweep(trx, id, changes))) return false;
    if (result !== undefined) await store.insertWalkForwardResult(trx, { sweep_id: id, result: JSON.stringify(result) });
    return true;
  });

export const failStudy = async (db: Kysely<ResearchTables>, id: string, error: string, at: Instant): Promise<boolean> =>
  await store.updateOpenSweep(db, id, { state: 'failed', error, finished_at: new Date(at) });

export const abortStudy = async (db: Kysely<ResearchTables>, id: string, at: Instant): Promise<boolean> =>
  await store.updateOpenSweep(db, id, { state: 'aborted', finished_at: new Date(at) });

export async function studyById<K extends StudyKind>(
  db: Kysely<ResearchTables>,
  kind: K,
  id: string,
): Promise<RecordedStudy<K> | undefined> {
  const row = await store.selectSweep(db, kind, id);
  return row === undefined ? undefined : studyOf(row);
}

/** Newest first; the cursor is the study's id. Throws `CursorError`. */
export async function listStudies<K extends StudyKind>(
  db: Kysely<ResearchTables>,
  kind: K,
  { first, after }: PageQuery,
): Promise<Page<RecordedStudy<K>>> {
  if (after !== undefined && (await store.selectSweep(db, kind, after)) === undefined) throw new CursorError();
  return pageOfRows(
    await store.selectSweeps(db, kind, after, first + 1),
    first,
    (row) => row.id,
    (row) => studyOf<K>(row),
  );
}

/** So many of the newest studies tell the pace: older ones may have run on another machine. */
const PACED = 20;

/** How quickly the newest studies of a kind were done here; `undefined` where there are none. */
export const studyPace = async (db: Kysely<ResearchTables>, kind: StudyKind, version: string | undefined): Promise<StudyPace | undefined> =>
  paceOf((await store.selectWorkedOut(db, kind, PACED)).map(studyOf), version);

const searched = ({ request: { parameters, options, space } }: Pick<RecordedSweep, 'request'>): string =>
  canonicalJson([parameters, options, space]);
/** So many studies of one version over the same bars are looked through. */
const BESIDE_MAX = 100;

/** The newest study of another kind that searched the same sets with the same options over the very bars of this one. */
export async function studyBeside<K extends StudyKind>(
  db: Kysely<ResearchTables>,
  kind: K,
  study: Pick<RecordedSweep, 'version' | 'dataHash' | 'request'>,
): Promise<RecordedStudy<K> | undefined> {
  const { version, dataHash } = study;
  if (dataHash === undefined) return undefined;
  const done = await store.selectDone(db, kind, { version, dataHash }, BESIDE_MAX);
  return done.map((row) => studyOf<K>(row)).find((other) => searched(other) === searched(study));
}

/** The whole result of a walk-forward that is done. */
export async function walkForwardResult(
  db: Kysely<ResearchTables>,
  { id, reusedFrom }: Pick<RecordedWalkForward, 'id' | 'reusedFrom'>,
): Promise<WalkForwardResult | undefined> {
  const text = await store.selectWalkForwardResult(db, reusedFrom ?? id);
  return text === undefined ? undefined : (JSON.parse(text) as WalkForwardResult);
}

/** What waits or is worked on, with the parts that are still to come where they are known. */
export async function openStudies(
  db: Kysely<ResearchTables>,
  kind: StudyKind,
): Promise<readonly { readonly id: string; readonly missing: readonly number[] | undefined }[]> {
  const open = await store.selectOpenSweeps(db, kind);
  return await Promise.all(
    open.map(async ({ id, chunks }) => {
      if (chunks === null) return { id, missing: undefined };
      const done = new Set(await store.selectDoneChunks(db, id));
      return { id, missing: Array.from({ length: chunks }, (_, part) => part).filter((part) => !done.has(part)) };
    }),
  );
}

/** A text a study that differs after each change. */
export const studyMarks = async (db: Kysely<ResearchTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await store.selectSweepMarks(db, ids)).map(({ id, state, chunks, chunks_done }) => [id, `${state} ${chunks} ${chunks_done}`]));

const ms = (at: Date | null): Instant | undefined => (at === null ? undefined : instantFromMs(at.getTime()));

const studyOf = <K extends StudyKind>(row: SweepRow): RecordedStudy<K> => ({
  id: row.id,
  state: row.state,
  strategyName: row.strategy_name,
  version: row.version,
  command: row.command,
  progress: row.state === 'done' ? 1 : row.chunks === null ? 0 : row.chunks_done / row.chunks,
  request: readRequest(row.request),
  from: ms(row.from_at),
  to: ms(row.to_at),
  bars: row.bars ?? undefined,
  dataHash: row.data_hash ?? undefined,
  size: row.size ?? undefined,
  sets: row.sets,
  refused: row.refused,
  summary: row.summary === null ? undefined : (JSON.parse(row.summary) as Summaries[K]),
  reusedFrom: row.reused_from ?? undefined,
  error: row.error ?? undefined,
  createdAt: instantFromMs(row.created_at.getTime()),
  finishedAt: ms(row.finished_at),
});
