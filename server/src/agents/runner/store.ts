import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { MarketDataTables } from '../../market-data/service.ts';
import type { TrialTables } from '../../trials/service.ts';
import type { ModelChoice, RunOutcome, RunTrigger } from './agent.ts';

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly key_id: string;
  readonly owner_id: string;
  readonly model: ModelChoice;
  readonly every_minutes: number | null;
  readonly turns_per_run_max: number;
  readonly seconds_per_run_max: number;
  readonly tokens_per_day_max: number;
  readonly trials_per_day_max: number;
  readonly work_seconds_per_day_max: number;
  readonly is_paused: boolean;
  readonly created_at: Date;
}

export interface RunRow {
  readonly id: string;
  readonly agent_id: string;
  readonly trigger: RunTrigger;
  readonly asked_by: string | null;
  readonly queued_at: Date;
  readonly begun_at: Date | null;
  readonly ended_at: Date | null;
  readonly outcome: RunOutcome | null;
  readonly reason: string | null;
  readonly summary: string | null;
  readonly tokens_in: number;
  readonly tokens_out: number;
}

export interface TurnRow {
  readonly run_id: string;
  readonly number: number;
  readonly at: Date;
  readonly said: string;
  readonly tools: string;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly duration_ms: number;
}

interface WorkRow {
  readonly work_id: string;
  readonly run_id: string;
  readonly at: Date;
  readonly sets: number;
}

export interface RunnerTables {
  readonly agents: AgentRow;
  readonly agent_runs: RunRow;
  readonly agent_turns: TurnRow;
  readonly agent_work: WorkRow;
}

/** When work was asked for, and whether it has ended; other slices say more of it. */
interface Worked {
  readonly id: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

type Db = Kysely<RunnerTables>;
export type RunnerDb = Kysely<RunnerTables & TrialTables & MarketDataTables & { readonly runs: Worked; readonly sweeps: Worked }>;

export async function insertAgent(db: Db, row: AgentRow): Promise<void> {
  await db.insertInto('agents').values(row).execute();
}

export const selectAgents = async (db: Db): Promise<readonly AgentRow[]> =>
  await db.selectFrom('agents').selectAll().orderBy('created_at').orderBy('id').execute();

export const selectAgent = async (db: Db, id: string): Promise<AgentRow | undefined> =>
  await db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();

/** False where it was so before, or there is no such agent. */
export async function updatePaused(db: Db, id: string, isPaused: boolean): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('agents')
    .set({ is_paused: isPaused })
    .where('id', '=', id)
    .where('is_paused', '=', !isPaused)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** False where one waits already. */
export async function insertRun(db: Db, row: RunRow): Promise<boolean> {
  const inserted = await db
    .insertInto('agent_runs')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Runs that may begin now, the one that waits longest first: of agents that are not paused and have none at work. */
export const selectReady = async (db: Db): Promise<readonly RunRow[]> =>
  await db
    .selectFrom('agent_runs as r')
    .innerJoin('agents as a', 'a.id', 'r.agent_id')
    .selectAll('r')
    .where('r.begun_at', 'is', null)
    .where('r.ended_at', 'is', null)
    .where('a.is_paused', '=', false)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('agent_runs as w')
            .select('w.id')
            .whereRef('w.agent_id', '=', 'r.agent_id')
            .where('w.begun_at', 'is not', null)
            .where('w.ended_at', 'is', null),
        ),
      ),
    )
    .orderBy('r.id')
    .execute();

/** False where it has begun before. Rejects where another of the agent is at work: the database itself sees to that. */
export async function beginRun(db: Db, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('agent_runs')
    .set({ begun_at: now })
    .where('id', '=', id)
    .where('begun_at', 'is', null)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface RunEndRow {
  readonly ended_at: Date;
  readonly outcome: RunOutcome;
  readonly reason: string;
  readonly summary: string | null;
}

/** Ends a run, with the tokens of all its turns. One that has ended stays as it ended. */
export async function endRun(db: Db, id: string, end: RunEndRow): Promise<void> {
  await db
    .updateTable('agent_runs')
    .set((is) => ({
      ...end,
      tokens_in: is
        .selectFrom('agent_turns')
        .select(sql<number>`coalesce(sum(tokens_in), 0)::int`.as('sum'))
        .where('run_id', '=', id),
      tokens_out: is
        .selectFrom('agent_turns')
        .select(sql<number>`coalesce(sum(tokens_out), 0)::int`.as('sum'))
        .where('run_id', '=', id),
    }))
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** Runs that have begun and not ended. */
export const selectAtWork = async (db: Db): Promise<readonly string[]> =>
  (await db.selectFrom('agent_runs').select('id').where('begun_at', 'is not', null).where('ended_at', 'is', null).execute()).map(
    ({ id }) => id,
  );

/** When each agent was last asked to run by its schedule. */
export const selectLastScheduled = async (db: Db): Promise<readonly { readonly agent_id: string; readonly at: Date }[]> =>
  (
    await db
      .selectFrom('agent_runs')
      .select((is) => ['agent_id', is.fn.max('queued_at').as('at')])
      .where('trigger', '=', 'schedule')
      .groupBy('agent_id')
      .execute()
  ).map(({ agent_id, at }) => ({ agent_id, at: new Date(at) }));

/** Newest first. */
export async function selectRuns(db: Db, agentId: string, before: string | undefined, limit: number): Promise<readonly RunRow[]> {
  let query = db.selectFrom('agent_runs').selectAll().where('agent_id', '=', agentId).orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query.execute();
}

export const selectRun = async (db: Db, id: string): Promise<RunRow | undefined> =>
  await db.selectFrom('agent_runs').selectAll().where('id', '=', id).executeTakeFirst();

export async function insertTurn(db: Db, row: TurnRow): Promise<void> {
  await db.insertInto('agent_turns').values(row).execute();
}

/** In order. */
export const selectTurns = async (db: Db, runId: string, after: number, limit: number): Promise<readonly TurnRow[]> =>
  await db
    .selectFrom('agent_turns')
    .selectAll()
    .where('run_id', '=', runId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute();

export async function insertWork(db: Db, row: WorkRow): Promise<void> {
  await db.insertInto('agent_work').values(row).execute();
}

/** Tokens of an agent's turns since then. */
export async function selectTokens(db: Db, agentId: string, since: Date): Promise<number> {
  const { sum } = await db
    .selectFrom('agent_turns as t')
    .innerJoin('agent_runs as r', 'r.id', 't.run_id')
    .select(sql<number>`coalesce(sum(t.tokens_in + t.tokens_out), 0)::float8`.as('sum'))
    .where('r.agent_id', '=', agentId)
    .where('t.at', '>=', since)
    .executeTakeFirstOrThrow();
  return sum;
}

export interface DoneWorkRow {
  /** As it was asked for, and as the ledger of trials has counted it until now. */
  readonly sets: number;
  readonly counted: number;
  readonly created_at: Date | null;
  readonly finished_at: Date | null;
}

/** What an agent's runs have asked for since then. */
export const selectWork = async (db: RunnerDb, agentId: string, since: Date): Promise<readonly DoneWorkRow[]> =>
  await db
    .selectFrom('agent_work as w')
    .innerJoin('agent_runs as a', 'a.id', 'w.run_id')
    .leftJoin('runs as r', 'r.id', 'w.work_id')
    .leftJoin('sweeps as s', 's.id', 'w.work_id')
    .select([
      'w.sets',
      sql<number>`(select coalesce(sum(t.sets), 0)::float8 from trials t where t.source = w.work_id)`.as('counted'),
      sql<Date | null>`coalesce(r.created_at, s.created_at)`.as('created_at'),
      sql<Date | null>`coalesce(r.finished_at, s.finished_at)`.as('finished_at'),
    ])
    .where('a.agent_id', '=', agentId)
    .where('w.at', '>=', since)
    .execute();
