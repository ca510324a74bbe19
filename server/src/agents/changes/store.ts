import { sql } from 'kysely';
import type { ExpressionBuilder, Kysely, Transaction } from 'kysely';
import type { AgentChangeKind, ChangeProposalState } from './change.ts';

/** Whether it has expired is worked out, not written. */
export type WrittenState = Exclude<ChangeProposalState, 'expired'>;

export interface ChangeProposalRow {
  readonly id: string;
  readonly agent: string;
  readonly owner_id: string;
  readonly idempotency_key: string;
  readonly asked_hash: string;
  readonly kind: AgentChangeKind;
  readonly content: string;
  readonly hash: string;
  readonly explanation: string;
  readonly sources: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly state: WrittenState;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly because: string | null;
  readonly outcome: string | null;
}

export interface ChangeProposalTables {
  readonly change_proposals: ChangeProposalRow;
}

type Db = Kysely<ChangeProposalTables>;
type Trx = Transaction<ChangeProposalTables>;

/** Any number, but always this one: beside the name of an agent it makes the lock of its proposals. */
const PROPOSALS_LOCK = 7_301_846_224;

/** Held until the transaction ends: what of an agent waits is counted and added to by one at a time. */
export async function lockProposals(trx: Trx, agent: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${agent}, ${PROPOSALS_LOCK}::bigint))`.execute(trx);
}

export async function insertProposal(trx: Trx, row: ChangeProposalRow): Promise<void> {
  await trx.insertInto('change_proposals').values(row).execute();
}

export const selectProposal = async (db: Db, id: string): Promise<ChangeProposalRow | undefined> =>
  await db.selectFrom('change_proposals').selectAll().where('id', '=', id).executeTakeFirst();

export const selectByKey = async (db: Db | Trx, agent: string, key: string): Promise<ChangeProposalRow | undefined> =>
  await db.selectFrom('change_proposals').selectAll().where('agent', '=', agent).where('idempotency_key', '=', key).executeTakeFirst();

const waits = (now: Date) => (eb: ExpressionBuilder<ChangeProposalTables, 'change_proposals'>) =>
  eb.and([eb('state', '=', 'waiting'), eb('expires_at', '>', now)]);

export async function countWaiting(trx: Db | Trx, agent: string, now: Date): Promise<number> {
  const { count } = await trx
    .selectFrom('change_proposals')
    .where('agent', '=', agent)
    .where(waits(now))
    .select(sql<string>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whatever became of them. */
export async function countSince(trx: Db | Trx, agent: string, since: Date): Promise<number> {
  const { count } = await trx
    .selectFrom('change_proposals')
    .where('agent', '=', agent)
    .where('created_at', '>', since)
    .select(sql<string>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Newest first. */
export async function selectProposals(
  db: Db,
  { open, now, before }: { readonly open: boolean | undefined; readonly now: Date; readonly before: string | undefined },
  limit: number,
): Promise<readonly ChangeProposalRow[]> {
  let rows = db.selectFrom('change_proposals').selectAll().orderBy('id', 'desc').limit(limit);
  if (open === true) rows = rows.where(waits(now));
  if (open === false) rows = rows.where((eb) => eb.not(waits(now)(eb)));
  if (before !== undefined) rows = rows.where('id', '<', before);
  return await rows.execute();
}

export interface DecisionRow {
  readonly state: Exclude<WrittenState, 'waiting' | 'failed'>;
  readonly decided_by: string;
  readonly decided_at: Date;
  readonly because: string | null;
}

/** Decides about what still waits, once: of two at the same moment one finds it waiting. `undefined` where it does not, or is another one by its hash. */
export async function decideWaiting(
  db: Db,
  { id, hash }: { readonly id: string; readonly hash: string },
  decision: DecisionRow,
): Promise<ChangeProposalRow | undefined> {
  return await db
    .updateTable('change_proposals')
    .set(decision)
    .where('id', '=', id)
    .where('hash', '=', hash)
    .where(waits(decision.decided_at))
    .returningAll()
    .executeTakeFirst();
}

/** Writes down what came of an approval, once. */
export async function settleApproved(
  db: Db,
  id: string,
  ended: { readonly state: 'approved' | 'failed'; readonly outcome: string },
): Promise<ChangeProposalRow | undefined> {
  return await db
    .updateTable('change_proposals')
    .set(ended)
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .where('outcome', 'is', null)
    .returningAll()
    .executeTakeFirst();
}
