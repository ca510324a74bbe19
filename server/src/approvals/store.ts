import type { Kysely, Transaction } from 'kysely';
import type { ChangeKind, ProposalState } from './proposal.ts';

export interface ProposalRow {
  readonly id: string;
  readonly kind: ChangeKind;
  readonly content: string;
  readonly reason: string;
  readonly hash: string;
  readonly proposed_by: string;
  readonly person_id: string;
  readonly proposed_at: Date;
  readonly expires_at: Date;
  readonly state: ProposalState;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decision_reason: string | null;
  readonly first_seq: number;
  readonly seq: number;
}

export interface ProposalTables {
  readonly proposals: ProposalRow;
}

export async function upsertProposal(trx: Transaction<ProposalTables>, row: ProposalRow): Promise<void> {
  const { state, decided_by, decided_at, decision_reason, seq } = row;
  await trx
    .insertInto('proposals')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, decided_by, decided_at, decision_reason, seq }))
    .execute();
}

export async function deleteProposals(trx: Transaction<ProposalTables>): Promise<void> {
  await trx.deleteFrom('proposals').execute();
}

/** Newest first, from before the entry `before`. */
export async function selectProposals(
  db: Kysely<ProposalTables>,
  open: boolean | undefined,
  before: number | undefined,
  limit: number,
): Promise<readonly ProposalRow[]> {
  let query = db.selectFrom('proposals').selectAll().orderBy('first_seq', 'desc').limit(limit);
  if (open !== undefined) query = query.where('state', open ? '=' : '!=', 'open');
  if (before !== undefined) query = query.where('first_seq', '<', before);
  return await query.execute();
}

export const selectProposal = async (db: Kysely<ProposalTables>, id: string): Promise<ProposalRow | undefined> =>
  await db.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst();
