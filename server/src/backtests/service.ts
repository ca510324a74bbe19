import type { BacktestResult, ParameterValues } from '@tidemark/compute/types';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { SelectionRecord } from './selection.ts';
import * as store from './store.ts';
import type { BacktestTables, ListedRunRow, RunState } from './store.ts';

export type { BacktestTables, RunState } from './store.ts';

/** A backtest that waits, runs or has run. */
export interface RecordedRun {
  readonly id: string;
  readonly state: RunState;
  /** 0 to 1. */
  readonly progress: number;
  readonly strategyName: string;
  readonly version: string;
  readonly parameters: ParameterValues;
  readonly symbols: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly bars: number | undefined;
  readonly dataHash: string | undefined;
  readonly error: string | undefined;
  readonly command: string;
  /** The earlier run that has the result: it was not worked out again. */
  readonly reusedFrom: string | undefined;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | undefined;
}

export interface NewRun extends Pick<
  RecordedRun,
  'id' | 'strategyName' | 'version' | 'parameters' | 'symbols' | 'from' | 'to' | 'command' | 'createdAt'
> {
  /** See `request.ts`. */
  readonly request: string;
}

/** A run that waits for its turn. */
export async function createRun(db: Kysely<BacktestTables>, run: NewRun): Promise<RecordedRun> {
  const row = {
    id: run.id,
    state: 'queued',
    progress: 0,
    strategy_name: run.strategyName,
    version: run.version,
    parameters: JSON.stringify(run.parameters),
    symbols: JSON.stringify(run.symbols),
    from_text: run.from ?? null,
    to_text: run.to ?? null,
    bars: null,
    data_hash: null,
    error: null,
    command: run.command,
    content_key: null,
    reused_from: null,
    created_at: new Date(run.createdAt),
    finished_at: null,
  } as const;
  await store.insertRun(db, { ...row, request: run.request, result: null, selection: null });
  return runOf({ ...row, parameters: run.parameters, symbols: run.symbols });
}

/** Marks it running and how far it is, 0 to 1. False where the run has ended (or does not exist): nothing is changed then. */
export const updateRunProgress = async (db: Kysely<BacktestTables>, id: string, progress: number): Promise<boolean> =>
  await store.updateOpenRun(db, id, { state: 'running', progress: Math.min(1, Math.max(0, progress)) });

/** What is written beside a result. */
export interface RunEnd {
  readonly at: Instant;
  readonly command: string;
  readonly contentKey: string;
  readonly selection?: SelectionRecord;
}

/** `command`: the one that names the bars which there were; later ones would make it another backtest. */
export const finishRun = async (
  db: Kysely<BacktestTables>,
  id: string,
  result: BacktestResult,
  { at, command, contentKey, selection }: RunEnd,
): Promise<boolean> =>
  await store.updateOpenRun(db, id, {
    state: 'done',
    selection: selection === undefined ? null : JSON.stringify(selection),
    command,
    content_key: contentKey,
    progress: 1,
    result: JSON.stringify(result),
    from_text: result.data.from,
    to_text: result.data.to,
    bars: result.data.bars,
    data_hash: result.data.hash,
    finished_at: new Date(at),
  });

/** Ends a run with the result of an earlier one that had the same content; false where there is none, or the run has ended. */
export async function reuseRun(
  db: Kysely<BacktestTables>,
  id: string,
  { at, contentKey, command }: { readonly at: Instant; readonly command: string; readonly contentKey: string },
): Promise<boolean> {
  const same = await store.selectSameContent(db, contentKey);
  if (same === undefined) return false;
  const { from_text, to_text, bars, data_hash } = same;
  return await store.updateOpenRun(db, id, {
    state: 'done',
    progress: 1,
    command,
    from_text,
    to_text,
    bars,
    data_hash,
    content_key: contentKey,
    reused_from: same.id,
    finished_at: new Date(at),
  });
}

/** What is to be worked out, where the run is there and has not ended. */
export async function openRequest(
  db: Kysely<BacktestTables>,
  id: string,
): Promise<{ readonly run: RecordedRun; readonly request: string } | undefined> {
  const run = await runById(db, id);
  if (run === undefined || (run.state !== 'queued' && run.state !== 'running')) return undefined;
  const request = await store.selectRequest(db, id);
  if (typeof request !== 'string') throw new Error(`Invariant: the run ${id} waits and says what for`);
  return { run, request };
}

/** Ids of the runs that wait or are worked on, oldest first. */
export const openRuns = async (db: Kysely<BacktestTables>): Promise<readonly string[]> => await store.selectOpenIds(db);

/** A text a run that differs after each change. */
export const runMarks = async (db: Kysely<BacktestTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await store.selectMarks(db, ids)).map(({ id, state, progress }) => [id, `${state} ${progress}`]));

export const failRun = async (db: Kysely<BacktestTables>, id: string, error: string, at: Instant): Promise<boolean> =>
  await store.updateOpenRun(db, id, { state: 'failed', error, finished_at: new Date(at) });

export const abortRun = async (db: Kysely<BacktestTables>, id: string, at: Instant): Promise<boolean> =>
  await store.updateOpenRun(db, id, { state: 'aborted', finished_at: new Date(at) });

/** Newest first; the cursor is the run's id. Throws `CursorError`. */
export async function listRuns(db: Kysely<BacktestTables>, { first, after }: PageQuery): Promise<Page<RecordedRun>> {
  if (after !== undefined && (await store.selectRun(db, after)) === undefined) throw new CursorError();
  return pageOfRows(await store.selectRuns(db, after, first + 1), first, (row) => row.id, runOf);
}

export async function runById(db: Kysely<BacktestTables>, id: string): Promise<RecordedRun | undefined> {
  const row = await store.selectRun(db, id);
  return row === undefined ? undefined : runOf(row);
}

/** The whole result of a run that is done, as the JSON that is stored. */
export async function resultTextOfRun(db: Kysely<BacktestTables>, id: string): Promise<string | undefined> {
  return (await store.selectResult(db, (await store.selectRun(db, id))?.reused_from ?? id)) ?? undefined;
}

export async function resultOfRun(db: Kysely<BacktestTables>, id: string): Promise<BacktestResult | undefined> {
  const text = await resultTextOfRun(db, id);
  return text === undefined ? undefined : (JSON.parse(text) as BacktestResult);
}

const runOf = (row: ListedRunRow): RecordedRun => ({
  id: row.id,
  state: row.state,
  progress: row.progress,
  strategyName: row.strategy_name,
  version: row.version,
  parameters: row.parameters as ParameterValues,
  symbols: row.symbols as readonly string[],
  from: row.from_text ?? undefined,
  to: row.to_text ?? undefined,
  bars: row.bars ?? undefined,
  dataHash: row.data_hash ?? undefined,
  error: row.error ?? undefined,
  command: row.command,
  reusedFrom: row.reused_from ?? undefined,
  createdAt: instantFromMs(row.created_at.getTime()),
  finishedAt: row.finished_at === null ? undefined : instantFromMs(row.finished_at.getTime()),
});

/** Runs that are done of one version with these parameters on exactly these symbols, newest first. */
export const doneRunsOf = async (
  db: Kysely<BacktestTables>,
  { version, parameters, symbols }: Pick<RecordedRun, 'version' | 'parameters' | 'symbols'>,
  limit: number,
): Promise<readonly RecordedRun[]> => {
  const same = { version, parameters: JSON.stringify(parameters), symbols: JSON.stringify(symbols) };
  return (await store.selectDoneOf(db, same, limit)).map(runOf);
};

/** What could be said of the choice of a run when it was done. */
export async function selectionOfRun(db: Kysely<BacktestTables>, id: string): Promise<SelectionRecord | undefined> {
  const text = await store.selectSelection(db, (await store.selectRun(db, id))?.reused_from ?? id);
  return text === null || text === undefined ? undefined : (JSON.parse(text) as SelectionRecord);
}

/** How many backtests of these versions came to their end, by version; those without any are left out. */
export const countFinishedRuns = async (db: Kysely<BacktestTables>, versions: readonly string[]): Promise<ReadonlyMap<string, number>> =>
  new Map((await store.countDone(db, versions)).map(({ version, count }) => [version, Number(count)]));
