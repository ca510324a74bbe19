import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Latencies } from '../../engine/session/latencies.ts';
import type { RequestsLeft } from '../../market-data/providers/request-budget.ts';

interface EngineStatusRow {
  readonly id: boolean;
  readonly instance: string;
  readonly version: string;
  readonly program: string;
  readonly started_at: Date;
  readonly seen_at: Date;
  readonly stopped_at: Date | null;
  readonly halted: string | null;
  readonly reconcile_age_ms: number | null;
  readonly latencies: unknown;
  readonly requests: unknown;
}

export interface EngineStatusTables {
  readonly engine_status: EngineStatusRow;
}

/** What the engine's process says of itself. */
export interface EngineFigures {
  readonly instance: string;
  readonly version: string;
  /** Hash of the sources that decide. */
  readonly program: string;
  /** Why the engine has stopped, though its process lives. */
  readonly halted: string | undefined;
  readonly reconcileAgeMs: number | undefined;
  readonly latencies: Latencies;
  /** What the broker let the engine ask when this was said. */
  readonly requestsLeft: RequestsLeft | undefined;
}

/** Times are the database's, so that the clocks of two machines need not agree. */
export async function saveStatus(db: Kysely<EngineStatusTables>, figures: EngineFigures, startedMsAgo: number): Promise<void> {
  const { instance, version, program, halted, reconcileAgeMs, latencies, requestsLeft } = figures;
  await sql`
    insert into engine_status (instance, version, program, started_at, seen_at, stopped_at, halted, reconcile_age_ms, latencies, requests)
    values (${instance}, ${version}, ${program}, clock_timestamp() - ${startedMsAgo}::double precision * interval '1 millisecond', clock_timestamp(), null,
      ${halted ?? null}, ${reconcileAgeMs ?? null}, ${JSON.stringify(latencies)}::jsonb, ${JSON.stringify(requestsLeft) ?? null}::jsonb)
    on conflict (id) do update set instance = excluded.instance, version = excluded.version, program = excluded.program,
      started_at = excluded.started_at, seen_at = excluded.seen_at, stopped_at = null, halted = excluded.halted,
      reconcile_age_ms = excluded.reconcile_age_ms, latencies = excluded.latencies, requests = excluded.requests`.execute(db);
}

/** The process ends and says so, unless another one has come meanwhile. */
export async function saveStopped(db: Kysely<EngineStatusTables>, instance: string): Promise<void> {
  await sql`update engine_status set stopped_at = clock_timestamp() where instance = ${instance}`.execute(db);
}

export interface EngineStatus extends EngineFigures {
  readonly seenAt: Date;
  /** Since it has said anything, by the database's clock. */
  readonly silentMs: number;
  readonly stoppedAt: Date | undefined;
}

/** `undefined` where no engine has ever said anything. */
export async function selectStatus(db: Kysely<EngineStatusTables>): Promise<EngineStatus | undefined> {
  const { rows } = await sql<EngineStatusRow & { readonly silent_ms: number }>`
    select *, (extract(epoch from clock_timestamp() - seen_at) * 1000)::double precision as silent_ms from engine_status`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    instance: row.instance,
    version: row.version,
    program: row.program,
    halted: row.halted ?? undefined,
    reconcileAgeMs: row.reconcile_age_ms ?? undefined,
    // Written by `saveStatus` of the same table alone.
    latencies: row.latencies as Latencies,
    requestsLeft: (row.requests as RequestsLeft | null) ?? undefined,
    seenAt: row.seen_at,
    silentMs: row.silent_ms,
    stoppedAt: row.stopped_at ?? undefined,
  };
}
