import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { CursorError, pageOfRows } from '../../orders/page.ts';
import type { Page, PageQuery } from '../../orders/page.ts';
import { WAITING_PER_AGENT_MAX } from '../../recommendations/agent-proposal.ts';
import { newRecordId } from '../service.ts';
import { changeHash, CHANGES_PER_HOUR_MAX } from './change.ts';
import type { AgentChange, ChangeProposal, ProposedChange } from './change.ts';
import * as store from './store.ts';
import type { ChangeProposalRow, ChangeProposalTables } from './store.ts';

export type { ChangeProposalTables } from './store.ts';

export interface NewChangeProposal {
  readonly agent: string;
  readonly owner: string;
  readonly idempotencyKey: string;
  /** Over what was asked for, as {@link digestOf} makes it: the same key asks for the same. */
  readonly askedHash: string;
  readonly change: AgentChange;
  readonly explanation: string;
  readonly sources: readonly string[];
  readonly waitMs: number;
}

export type ProposedOrNot = { readonly ok: true; readonly proposal: ChangeProposal } | { readonly ok: false; readonly problem: string };

/** Writes a proposal down that is about to be made; false where it cannot be. */
export type RecordProposal = (proposal: ChangeProposal) => Promise<boolean>;

export interface ChangeDecision {
  readonly state: 'approved' | 'rejected' | 'withdrawn';
  readonly by: string;
  readonly at: Instant;
  readonly because?: string | undefined;
}

/** Changes that agents propose. Who may, and what is done then, is decided before. */
export interface ChangeProposals {
  /**
   * Written down before it is there: nothing waits that nobody was told of. Where `record` gives false nothing is proposed, and where the database fails
   * after it the journal names a proposal that is not there, and that nobody can approve.
   */
  propose(asked: NewChangeProposal, record: RecordProposal): Promise<ProposedOrNot>;
  /** What was proposed under a key before; a problem where that was something else. */
  earlier(agent: string, idempotencyKey: string, askedHash: string): Promise<ProposedOrNot | undefined>;
  byId(id: string): Promise<ChangeProposal | undefined>;
  /** Newest first. Throws `CursorError`. */
  list(query: PageQuery & { readonly open?: boolean | undefined }): Promise<Page<ChangeProposal>>;
  /** Once: `undefined` where it waits no more, has expired, or is not what has this hash. */
  decide(of: Pick<ChangeProposal, 'id' | 'hash'>, decision: ChangeDecision): Promise<ChangeProposal | undefined>;
  /** What came of an approval, once: until then it is not known. */
  settle(id: string, ended: { readonly state: 'approved' | 'failed'; readonly outcome: string }): Promise<ChangeProposal | undefined>;
}

type Db = Kysely<ChangeProposalTables>;

const ID = /^[0-9a-f]{12}-[0-9a-f]{16}$/;
const KEY_USED = 'This idempotency key was used for a different proposal. Use a fresh key for a new one.';
const HOUR_MS = 3_600_000;
const TOO_MANY = `${CHANGES_PER_HOUR_MAX} changes of this agent were proposed within the hour: wait, and propose what matters most.`;
const UNWRITTEN = 'Nothing was proposed: it could not be written down. Propose it again later, with the same idempotency key.';
const FULL = `${WAITING_PER_AGENT_MAX} changes of this agent wait for a person already: withdraw one, or wait until somebody decides.`;

const proposalIn =
  (now: Date) =>
  (row: ChangeProposalRow): ChangeProposal => ({
    id: row.id,
    agent: row.agent,
    owner: row.owner_id,
    change: JSON.parse(row.content) as AgentChange,
    explanation: row.explanation,
    sources: JSON.parse(row.sources) as readonly string[],
    createdAt: instantFromMs(row.created_at.getTime()),
    expiresAt: instantFromMs(row.expires_at.getTime()),
    hash: row.hash,
    state: row.state === 'waiting' && row.expires_at <= now ? 'expired' : row.state,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at === null ? undefined : instantFromMs(row.decided_at.getTime()),
    because: row.because ?? undefined,
    outcome: row.outcome ?? undefined,
  });

const sameOrNot = (row: ChangeProposalRow, askedHash: string, now: Date): ProposedOrNot =>
  row.asked_hash === askedHash ? { ok: true, proposal: proposalIn(now)(row) } : { ok: false, problem: KEY_USED };

function newRow({ askedHash, idempotencyKey, waitMs, ...content }: NewChangeProposal, atMs: number): ChangeProposalRow {
  const [createdAt, expiresAt] = [instantFromMs(atMs), instantFromMs(atMs + waitMs)];
  const proposed: ProposedChange = { id: newRecordId(atMs), ...content, createdAt, expiresAt };
  return {
    id: proposed.id,
    agent: proposed.agent,
    owner_id: proposed.owner,
    idempotency_key: idempotencyKey,
    asked_hash: askedHash,
    kind: proposed.change.kind,
    content: JSON.stringify(proposed.change),
    hash: changeHash(proposed),
    explanation: proposed.explanation,
    sources: JSON.stringify(proposed.sources),
    created_at: new Date(createdAt),
    expires_at: new Date(expiresAt),
    state: 'waiting',
    decided_by: null,
    decided_at: null,
    because: null,
    outcome: null,
  };
}

/** What the key stands for already, or why nothing more may be proposed; nothing where it may. */
async function answered(
  db: Db | Transaction<ChangeProposalTables>,
  { agent, idempotencyKey, askedHash }: NewChangeProposal,
  now: Date,
): Promise<ProposedOrNot | undefined> {
  const before = await store.selectByKey(db, agent, idempotencyKey);
  if (before !== undefined) return sameOrNot(before, askedHash, now);
  if ((await store.countWaiting(db, agent, now)) >= WAITING_PER_AGENT_MAX) return { ok: false, problem: FULL };
  const since = new Date(now.getTime() - HOUR_MS);
  return (await store.countSince(db, agent, since)) >= CHANGES_PER_HOUR_MAX ? { ok: false, problem: TOO_MANY } : undefined;
}

async function propose(db: Db, asked: NewChangeProposal, record: RecordProposal, atMs: number): Promise<ProposedOrNot> {
  if (!asked.agent.startsWith('agent:')) throw new Error('Invariant: agents alone propose changes');
  const now = new Date(atMs);
  const early = await answered(db, asked, now);
  if (early !== undefined) return early;
  const row = newRow(asked, atMs);
  const proposal = proposalIn(now)(row);
  if (!(await record(proposal))) return { ok: false, problem: UNWRITTEN };
  return await db.transaction().execute(async (trx) => {
    await store.lockProposals(trx, asked.agent);
    const late = await answered(trx, asked, now);
    if (late !== undefined) return late;
    await store.insertProposal(trx, row);
    return { ok: true, proposal };
  });
}

export function openChangeProposals(db: Db, clock: () => Instant): ChangeProposals {
  const nowMs = (): number => Math.floor(clock());
  const now = (): Date => new Date(nowMs());
  const read = (row: ChangeProposalRow | undefined): ChangeProposal | undefined => (row === undefined ? undefined : proposalIn(now())(row));
  // One after the other: what the bounds refuse is not written down before they do. Of several instances one may still be, and does no harm.
  let last: Promise<unknown> = Promise.resolve();
  return {
    propose: (asked, record) => {
      const made = last.then(() => propose(db, asked, record, nowMs()));
      last = made.catch(() => undefined);
      return made;
    },
    earlier: async (agent, key, askedHash) => {
      const row = await store.selectByKey(db, agent, key);
      return row === undefined ? undefined : sameOrNot(row, askedHash, now());
    },
    byId: async (id) => read(await store.selectProposal(db, id)),
    list: async ({ first, after, open }) => {
      if (after !== undefined && !ID.test(after)) throw new CursorError();
      const at = now();
      const rows = await store.selectProposals(db, { open, now: at, before: after }, first + 1);
      return pageOfRows(rows, first, ({ id }) => id, proposalIn(at));
    },
    decide: async (of, { state, by, at, because }) =>
      read(await store.decideWaiting(db, of, { state, decided_by: by, decided_at: new Date(at), because: because ?? null })),
    settle: async (id, ended) => read(await store.settleApproved(db, id, ended)),
  };
}
