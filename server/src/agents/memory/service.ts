import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { CursorError, pageOfRows } from '../../orders/page.ts';
import type { Page, PageQuery } from '../../orders/page.ts';
import { newRecordId } from '../service.ts';
import type { AgentTables } from '../service.ts';
import { hasCall } from '../store.ts';
import { EXPIRY_ACTOR, MEMORY_DAYS, memoryProblem, roomProblem } from './memory.ts';
import type { Memory, MemoryKind, MemoryProblem, MemoryText } from './memory.ts';
import * as store from './store.ts';
import type { ListedMemoryRow, MemoryTables } from './store.ts';

export type { MemoryTables } from './store.ts';

export interface RecallQuery extends PageQuery {
  /** Words that all must stand in a text; `or`, `"a phrase"` and `-without` work. Everything where absent. */
  readonly query?: string | undefined;
  readonly kind?: MemoryKind | undefined;
  /** Those whose texts are gone, instead of those that have one. */
  readonly erased?: boolean | undefined;
}

export type Remembered = { readonly ok: true; readonly memory: Memory } | { readonly ok: false; readonly problem: MemoryProblem };

/** What agents remember, each for itself. Who may ask for whose is decided before. */
export interface AgentMemory {
  /** `actor` is `agent:<key id>`. Where the entry has no place, or cannot stand, nothing is kept. */
  remember(actor: string, asked: MemoryText): Promise<Remembered>;
  /** The best match first, the newest where nothing is searched for; never what has expired. Throws `CursorError`. */
  recall(actor: string, query: RecallQuery): Promise<Page<Memory>>;
  /** Takes the text of one entry of an agent away, or of all, and writes down who did and why; gives how many. */
  erase(by: string, of: { readonly actor: string; readonly id?: string | undefined }, reason: string): Promise<number>;
  /** The same for what has expired, of all agents. */
  eraseExpired(): Promise<number>;
}

type Tables = MemoryTables & AgentTables;

const DAY_MS = 86_400_000;
const CURSOR = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)~([0-9a-f]{12}-[0-9a-f]{16})$/;
const CALL_SOURCE = 'call:';

function memoryOf(row: ListedMemoryRow): Memory {
  const { erased_at: at, erased_by: by, erased_reason: reason } = row;
  return {
    id: row.id,
    at: instantFromMs(row.at.getTime()),
    actor: row.actor,
    kind: row.kind,
    text: row.text ?? undefined,
    textHash: row.text_hash,
    source: row.source,
    about: row.about === '' ? [] : row.about.split(' '),
    expiresAt: instantFromMs(row.expires_at.getTime()),
    erasure: at === null || by === null || reason === null ? undefined : { at: instantFromMs(at.getTime()), by, reason },
  };
}

function cursorOf(after: string | undefined): { readonly rank: string; readonly id: string } | undefined {
  if (after === undefined) return undefined;
  const [, rank, id] = CURSOR.exec(after) ?? [];
  if (rank === undefined || id === undefined) throw new CursorError();
  return { rank, id };
}

/** An entry that is new; its place is looked for later. */
function newMemory(actor: string, { kind, text, source, about, expiresAfterDays }: MemoryText, atMs: number): Memory & { text: string } {
  return {
    id: newRecordId(atMs),
    at: instantFromMs(atMs),
    actor,
    kind,
    text,
    textHash: createHash('sha256').update(text, 'utf8').digest('hex'),
    source,
    about: about ?? [],
    expiresAt: instantFromMs(atMs + (expiresAfterDays ?? MEMORY_DAYS.usual) * DAY_MS),
    erasure: undefined,
  };
}

async function remember(db: Kysely<Tables>, actor: string, asked: MemoryText, atMs: number): Promise<Remembered> {
  if (!actor.startsWith('agent:')) throw new Error('Invariant: agents alone have a memory');
  const wrong = memoryProblem(asked);
  if (wrong !== undefined) return { ok: false, problem: wrong };
  // A call is in the record, so that it is looked up; runs and turns of a conversation are the agent's own word.
  const call = asked.source.startsWith(CALL_SOURCE) ? asked.source.slice(CALL_SOURCE.length) : undefined;
  if (call !== undefined && !(await hasCall(db, call, actor)))
    return { ok: false, problem: { field: 'source', message: 'source names no call of this agent', hint: 'Name one of its own calls.' } };
  const memory = newMemory(actor, asked, atMs);
  const bytes = Buffer.byteLength(memory.text);
  return await db.transaction().execute(async (trx) => {
    await store.lockMemory(trx, actor);
    const full = roomProblem(await store.selectUse(trx, actor, new Date(atMs)), bytes);
    if (full !== undefined) return { ok: false, problem: full };
    const { id, kind, source, about, textHash, expiresAt, text } = memory;
    const row = { id, at: new Date(atMs), actor, kind, source, about: about.join(' '), text_hash: textHash, text_bytes: bytes };
    await store.insertMemory(trx, { ...row, expires_at: new Date(expiresAt) }, text);
    return { ok: true, memory };
  });
}

export function openAgentMemory(db: Kysely<Tables>, now: () => Instant): AgentMemory {
  const nowMs = (): number => Math.floor(now());
  const erased = async (what: (atMs: number) => store.Erased, by: string, reason: string): Promise<number> => {
    const atMs = nowMs();
    const some = async (): Promise<number> =>
      await db.transaction().execute((trx) => store.eraseTexts(trx, what(atMs), { at: new Date(atMs), actor: by, reason }));
    let total = 0;
    for (let gone = store.ERASED_AT_ONCE_MAX; gone === store.ERASED_AT_ONCE_MAX; total += gone) gone = await some();
    return total;
  };
  return {
    remember: (actor, asked) => remember(db, actor, asked, nowMs()),
    recall: async (actor, { query, kind, erased: isErased = false, first, after }) => {
      const words = query?.trim() ?? '';
      const filter = { actor, now: new Date(nowMs()), kind, query: words === '' ? undefined : words, isErased, before: cursorOf(after) };
      const rows = await store.selectMemories(db, filter, first + 1);
      return pageOfRows(rows, first, ({ rank, id }) => `${rank}~${id}`, memoryOf);
    },
    erase: async (by, { actor, id }, reason) =>
      await erased(() => (id === undefined ? { of: 'all', actor } : { of: 'one', actor, id }), by, reason),
    eraseExpired: async () => await erased((atMs) => ({ of: 'expired', now: new Date(atMs) }), EXPIRY_ACTOR, 'expired'),
  };
}
