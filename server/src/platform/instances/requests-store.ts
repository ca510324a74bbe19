import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';

/**
 * Waiting: nobody has it. Taken: the engine has it, and nobody else may say what becomes of it. Done: it stands in the journal, at `seq`. Refused and
 * withdrawn: it was not carried out, and never will be.
 */
export type RequestState = 'waiting' | 'taken' | 'done' | 'refused' | 'withdrawn';

interface EngineRequestRow {
  readonly id: string;
  readonly number: number;
  readonly instance: string;
  readonly program: string;
  /** Canonical text of the event. */
  readonly event: string;
  readonly asked_at: Date;
  readonly deadline: Date | null;
  readonly state: RequestState;
  readonly seq: number | null;
  readonly problem: string | null;
  readonly ended_at: Date | null;
}

export interface EngineRequestTables {
  readonly engine_requests: EngineRequestRow;
}

type Db = Kysely<EngineRequestTables>;

export interface NewRequest {
  readonly id: string;
  readonly instance: string;
  readonly program: string;
  readonly event: string;
  /** By the database's clock; without one it waits until an engine comes. */
  readonly withinMs: number | undefined;
}

/** Written and told in one transaction. False where the same was asked before and is open, or done: only what was never carried out may be asked again. */
export async function insertRequest(db: Db, { id, instance, program, event, withinMs }: NewRequest, channel: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql`
      insert into engine_requests (id, instance, program, event, asked_at, deadline, state)
      values (${id}, ${instance}, ${program}, ${event}, clock_timestamp(),
        clock_timestamp() + ${withinMs ?? null}::double precision * interval '1 millisecond', 'waiting')
      on conflict (id) do update set instance = excluded.instance, program = excluded.program, event = excluded.event, asked_at = excluded.asked_at,
        deadline = excluded.deadline, state = 'waiting', problem = null, ended_at = null
      where engine_requests.state in ('refused', 'withdrawn') or (engine_requests.state = 'waiting' and engine_requests.deadline <= clock_timestamp())
      returning id`.execute(trx);
    if (rows.length === 0) return false;
    await sql`select pg_notify(${channel}, '')`.execute(trx);
    return true;
  });
}

export interface RequestView {
  readonly event: string;
  readonly state: RequestState;
  readonly isLate: boolean;
  readonly seq: number | undefined;
  readonly problem: string | undefined;
}

export async function selectRequest(db: Db, id: string): Promise<RequestView | undefined> {
  const { rows } = await sql<Pick<EngineRequestRow, 'event' | 'state' | 'seq' | 'problem'> & { readonly is_late: boolean }>`
    select event, state, seq, problem, coalesce(deadline <= clock_timestamp(), false) as is_late from engine_requests where id = ${id}`.execute(
    db,
  );
  const [row] = rows;
  return row && { event: row.event, state: row.state, isLate: row.is_late, seq: row.seq ?? undefined, problem: row.problem ?? undefined };
}

/** False where the engine was faster. */
export async function withdrawRequest(db: Db, id: string): Promise<boolean> {
  const query = db.updateTable('engine_requests').set({ state: 'withdrawn', ended_at: sql`clock_timestamp()` });
  return (await query.where('id', '=', id).where('state', '=', 'waiting').executeTakeFirst()).numUpdatedRows > 0n;
}

export interface TakenRequest {
  readonly id: string;
  readonly program: string;
  readonly event: string;
}

/** The next ones, in the order in which they were asked: none that is late, and none that another engine has. */
export async function takeRequests(db: Db, limit: number): Promise<readonly TakenRequest[]> {
  const { rows } = await sql<TakenRequest & { readonly number: number }>`
    update engine_requests set state = 'taken' where id in (
      select id from engine_requests where state = 'waiting' and (deadline is null or deadline > clock_timestamp())
      order by number limit ${limit} for update skip locked)
    returning id, number, program, event`.execute(db);
  return rows.toSorted((left, right) => left.number - right.number);
}

/** It was not carried out. What the journal has taken meanwhile stays done. */
export async function refuseRequest(db: Db, id: string, problem: string): Promise<void> {
  const query = db.updateTable('engine_requests').set({ state: 'refused', problem, ended_at: sql`clock_timestamp()` });
  await query.where('id', '=', id).where('state', '=', 'taken').execute();
}

/** What an engine had taken that is no more, and has not written down: its transaction would have said so. */
export async function refuseTaken(db: Db, problem: string): Promise<void> {
  const query = db.updateTable('engine_requests').set({ state: 'refused', problem, ended_at: sql`clock_timestamp()` });
  await query.where('state', '=', 'taken').execute();
}

/** In the transaction of the journal's entries. How many were taken and are done now. */
export async function finishRequests(
  trx: Transaction<EngineRequestTables>,
  done: readonly { readonly id: string; readonly seq: number }[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update engine_requests r set state = 'done', seq = d.seq, ended_at = clock_timestamp()
    from unnest(${done.map(({ id }) => id)}::text[], ${done.map(({ seq }) => seq)}::bigint[]) as d(id, seq)
    where r.id = d.id and r.state = 'taken'`.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

export async function deleteEnded(db: Db, olderThanDays: number): Promise<void> {
  await sql`delete from engine_requests where ended_at < now() - ${olderThanDays}::integer * interval '1 day'`.execute(db);
}

/** Where the engine is told of new requests; schemas of one database do not wake each other. */
export async function requestChannel(db: Db): Promise<string> {
  const { rows } = await sql<{ channel: string }>`select left('tidemark_requests_' || current_schema(), 63) as channel`.execute(db);
  const channel = rows[0]?.channel;
  if (channel === undefined) throw new Error('Invariant: the database connection has no current schema');
  return channel;
}
