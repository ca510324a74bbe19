import type { Kysely } from 'kysely';
import type { CallOutcome } from './call.ts';

export interface CallRow {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly tool: string;
  readonly arguments: string;
  readonly cause: string | null;
  readonly turn: string | null;
}

export interface CallEndRow {
  readonly call_id: string;
  readonly outcome: CallOutcome;
  readonly duration_ms: number;
  readonly cost: number;
  readonly result_hash: string | null;
  readonly answer: string | null;
  readonly refusal: string | null;
  readonly about: string | null;
}

export interface AgentTables {
  readonly agent_calls: CallRow;
  readonly agent_call_ends: CallEndRow;
}

export async function insertCall(db: Kysely<AgentTables>, row: CallRow): Promise<void> {
  await db.insertInto('agent_calls').values(row).execute();
}

export async function insertEnd(db: Kysely<AgentTables>, row: CallEndRow): Promise<void> {
  await db.insertInto('agent_call_ends').values(row).execute();
}

/** Whether this agent has made the call. */
export const hasCall = async (db: Kysely<AgentTables>, id: string, actor: string): Promise<boolean> =>
  (await db.selectFrom('agent_calls').select('id').where('id', '=', id).where('actor', '=', actor).executeTakeFirst()) !== undefined;

/** With its end, where it has one. */
export type ListedRow = CallRow & { readonly [column in keyof Omit<CallEndRow, 'call_id'>]: CallEndRow[column] | null };

const callsWithEnds = (db: Kysely<AgentTables>) =>
  db
    .selectFrom('agent_calls')
    .leftJoin('agent_call_ends', 'agent_call_ends.call_id', 'agent_calls.id')
    .select([
      'id',
      'at',
      'actor',
      'tool',
      'arguments',
      'cause',
      'turn',
      'outcome',
      'duration_ms',
      'cost',
      'result_hash',
      'answer',
      'refusal',
      'about',
    ]);

/** Which calls: of one actor, about one thing, from before the call `before`; all where nothing is said. */
export interface CallFilter {
  readonly actor: string | undefined;
  readonly about: string | undefined;
  readonly before: string | undefined;
}

/** Newest first. */
export async function selectCalls(
  db: Kysely<AgentTables>,
  { actor, about, before }: CallFilter,
  limit: number,
): Promise<readonly ListedRow[]> {
  let query = callsWithEnds(db).orderBy('id', 'desc').limit(limit);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (about !== undefined) query = query.where('about', '=', about);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query.execute();
}

/** Of one turn, in order. */
export const selectCallsOfTurn = async (db: Kysely<AgentTables>, actor: string, turn: string): Promise<readonly ListedRow[]> =>
  await callsWithEnds(db).where('actor', '=', actor).where('turn', '=', turn).orderBy('id').execute();
