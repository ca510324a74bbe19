import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { TrialTables } from '../trials/service.ts';

export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'aborted';

export interface RunRow {
  readonly id: string;
  readonly state: RunState;
  readonly progress: number;
  readonly strategy_name: string;
  readonly version: string;
  readonly parameters: unknown;
  readonly symbols: unknown;
  readonly from_text: string | null;
  readonly to_text: string | null;
  readonly bars: number | null;
  readonly data_hash: string | null;
  readonly error: string | null;
  readonly command: string;
  /** The result as JSON text: its numbers must come back bit by bit, which `jsonb` promises too, at a higher price. */
  readonly result: string | null;
  /** See `request.ts`; runs of before it was kept have none, and have ended. */
  readonly request: string | null;
  /** Equal for runs whose results are equal. */
  readonly content_key: string | null;
  /** See `selection.ts`. */
  readonly selection: string | null;
  /** The run that has the result. */
  readonly reused_from: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

export interface BacktestTables extends TrialTables {
  readonly runs: RunRow;
}

export type ListedRunRow = Omit<RunRow, 'result' | 'request' | 'selection'>;

const LISTED = [
  'id',
  'state',
  'progress',
  'strategy_name',
  'version',
  'parameters',
  'symbols',
  'from_text',
  'to_text',
  'bars',
  'data_hash',
  'error',
  'command',
  'content_key',
  'reused_from',
  'created_at',
  'finished_at',
] as const;

export async function insertRun(db: Kysely<BacktestTables>, row: RunRow): Promise<void> {
  await db.insertInto('runs').values(row).execute();
}

/** Changes a run that has not ended; false where there is none. */
export async function updateOpenRun(db: Kysely<BacktestTables>, id: string, changes: Partial<Omit<RunRow, 'id'>>): Promise<boolean> {
  const result = await db
    .updateTable('runs')
    .set(changes)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export const selectSelection = async (db: Kysely<BacktestTables>, id: string): Promise<string | null | undefined> =>
  (await db.selectFrom('runs').select('selection').where('id', '=', id).executeTakeFirst())?.selection;

export const selectRequest = async (db: Kysely<BacktestTables>, id: string): Promise<string | null | undefined> =>
  (await db.selectFrom('runs').select('request').where('id', '=', id).executeTakeFirst())?.request;

/** A run that has a result of its own under this key. */
export const selectSameContent = async (db: Kysely<BacktestTables>, key: string): Promise<ListedRunRow | undefined> =>
  await db
    .selectFrom('runs')
    .select(LISTED)
    .where('content_key', '=', key)
    .where('state', '=', 'done')
    .where('reused_from', 'is', null)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();

export const selectOpenIds = async (db: Kysely<BacktestTables>): Promise<readonly string[]> =>
  (await db.selectFrom('runs').select('id').where('state', 'in', ['queued', 'running']).orderBy('created_at').orderBy('id').execute()).map(
    ({ id }) => id,
  );

/** State and progress of some runs. */
export const selectMarks = async (
  db: Kysely<BacktestTables>,
  ids: readonly string[],
): Promise<readonly Pick<RunRow, 'id' | 'state' | 'progress'>[]> =>
  await db.selectFrom('runs').select(['id', 'state', 'progress']).where('id', 'in', ids).execute();

/** Newest first, from before the run `after`. */
export async function selectRuns(db: Kysely<BacktestTables>, after: string | undefined, limit: number): Promise<readonly ListedRunRow[]> {
  let query = db.selectFrom('runs').select(LISTED).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(
        eb.refTuple('created_at', 'id'),
        '<',
        eb.selectFrom('runs as seen').select(['seen.created_at', 'seen.id']).where('seen.id', '=', after).$asTuple('created_at', 'id'),
      ),
    );
  }
  return await query.execute();
}

export const selectRun = async (db: Kysely<BacktestTables>, id: string): Promise<ListedRunRow | undefined> =>
  await db.selectFrom('runs').select(LISTED).where('id', '=', id).executeTakeFirst();

export const selectResult = async (db: Kysely<BacktestTables>, id: string): Promise<string | null | undefined> =>
  (await db.selectFrom('runs').select('result').where('id', '=', id).executeTakeFirst())?.result;

export const countDone = async (
  db: Kysely<BacktestTables>,
  versions: readonly string[],
): Promise<readonly { readonly version: string; readonly count: string }[]> =>
  versions.length === 0
    ? []
    : await db
        .selectFrom('runs')
        .select((eb) => ['version', eb.fn.countAll<string>().as('count')])
        .where('version', 'in', versions)
        .where('state', '=', 'done')
        .groupBy('version')
        .execute();

export interface SameStrategy {
  readonly version: string;
  /** JSON text. */
  readonly parameters: string;
  readonly symbols: string;
}

/** Runs that are done of one version with these parameters and exactly these symbols, newest first. */
export const selectDoneOf = async (
  db: Kysely<BacktestTables>,
  { version, parameters, symbols }: SameStrategy,
  limit: number,
): Promise<readonly ListedRunRow[]> =>
  await db
    .selectFrom('runs')
    .select(LISTED)
    .where('version', '=', version)
    .where('state', '=', 'done')
    .where(sql<boolean>`parameters = ${parameters}::jsonb`)
    .where(sql<boolean>`symbols @> ${symbols}::jsonb and symbols <@ ${symbols}::jsonb`)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
