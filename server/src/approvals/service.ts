import type { Kysely, Transaction } from 'kysely';
import { decode, encode } from '../journal/codec.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { numberCursor, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { Change, Proposal, ProposalState } from './proposal.ts';
import * as store from './store.ts';
import type { ProposalRow, ProposalTables } from './store.ts';

export type { ProposalTables } from './store.ts';

/** What the journal says of a proposal at one entry. */
export interface ProposalChange {
  readonly proposal: Proposal;
  readonly state: ProposalState;
  readonly decidedBy?: string;
  readonly decidedAt?: Instant;
  readonly decisionReason?: string;
  readonly seq: number;
}

/** A proposal with what became of it. */
export type RecordedProposal = ProposalChange;

export async function projectProposals(trx: Transaction<ProposalTables>, changes: readonly ProposalChange[]): Promise<void> {
  for (const change of changes) await store.upsertProposal(trx, rowOf(change));
}

export const clearProposals = store.deleteProposals;

export interface ProposalListQuery extends PageQuery {
  /** Only open ones, or only decided ones; both where absent. */
  readonly open?: boolean | undefined;
}

/** Newest first. Throws `CursorError`. */
export async function listProposals(
  db: Kysely<ProposalTables>,
  { first, after, open }: ProposalListQuery,
): Promise<Page<RecordedProposal>> {
  const rows = await store.selectProposals(db, open, numberCursor(after), first + 1);
  return pageOfRows(rows, first, (row) => String(row.first_seq), recordOf);
}

export async function proposalById(db: Kysely<ProposalTables>, id: string): Promise<RecordedProposal | undefined> {
  const row = await store.selectProposal(db, id);
  return row === undefined ? undefined : recordOf(row);
}

const rowOf = ({ proposal, state, decidedBy, decidedAt, decisionReason, seq }: ProposalChange): ProposalRow => ({
  id: proposal.id,
  kind: proposal.change.kind,
  content: encode(proposal.change),
  reason: proposal.reason,
  hash: proposal.hash,
  proposed_by: proposal.by,
  person_id: proposal.person,
  proposed_at: new Date(proposal.proposedAt),
  expires_at: new Date(proposal.expiresAt),
  state,
  decided_by: decidedBy ?? null,
  decided_at: decidedAt === undefined ? null : new Date(decidedAt),
  decision_reason: decisionReason ?? null,
  first_seq: seq,
  seq,
});

const recordOf = (row: ProposalRow): RecordedProposal => ({
  proposal: {
    id: row.id,
    change: decode(row.content) as Change,
    reason: row.reason,
    by: row.proposed_by,
    person: row.person_id,
    proposedAt: instantFromMs(row.proposed_at.getTime()),
    expiresAt: instantFromMs(row.expires_at.getTime()),
    hash: row.hash,
  },
  state: row.state,
  ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
  ...(row.decided_at === null ? {} : { decidedAt: instantFromMs(row.decided_at.getTime()) }),
  ...(row.decision_reason === null ? {} : { decisionReason: row.decision_reason }),
  seq: row.seq,
});
