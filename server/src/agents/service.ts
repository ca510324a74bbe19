import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { CursorError, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { AgentCall, CallBeginning, CallEnd } from './call.ts';
import * as store from './store.ts';
import type { AgentTables, ListedRow } from './store.ts';

export type { AgentTables } from './store.ts';

export interface CallListQuery extends PageQuery {
  /** The id of an agent's key. */
  readonly agent?: string | undefined;
  /** The id of what the calls were about. */
  readonly about?: string | undefined;
}

/** The record of what agents ask for. It only grows. */
export interface AgentRecord {
  /** Writes that a call begins; gives its id. Rejects where it cannot be written: then nothing may be done. */
  begin(call: CallBeginning): Promise<string>;
  /** Writes how it ended. Rejects where it cannot be written: then the answer may not leave. */
  end(id: string, end: CallEnd): Promise<void>;
  /** Newest first. Throws `CursorError`. */
  list(query: CallListQuery): Promise<Page<AgentCall>>;
  /** Of a turn, in order: of one key alone, since whoever calls names the turn. */
  ofTurn(agent: string, turn: string): Promise<readonly AgentCall[]>;
}

const TIME_DIGITS = 12;
const CALL_ID = /^[0-9a-f]{12}-[0-9a-f]{16}$/;

/** In the order of time: milliseconds since 1970 in hex, and chance. */
export const newRecordId = (atMs: number): string => `${atMs.toString(16).padStart(TIME_DIGITS, '0')}-${randomBytes(8).toString('hex')}`;

const endOf = ({
  outcome,
  duration_ms: durationMs,
  cost,
  result_hash: resultHash,
  answer,
  refusal,
  about,
}: ListedRow): CallEnd | undefined =>
  outcome === null || durationMs === null || cost === null
    ? undefined
    : {
        outcome,
        durationMs,
        cost,
        resultHash: resultHash ?? undefined,
        answer: answer ?? undefined,
        refusal: refusal ?? undefined,
        about: about ?? undefined,
      };

const callOf = (row: ListedRow): AgentCall => ({
  id: row.id,
  at: instantFromMs(row.at.getTime()),
  actor: row.actor,
  tool: row.tool,
  arguments: row.arguments,
  cause: row.cause ?? undefined,
  turn: row.turn ?? undefined,
  end: endOf(row),
});

export function openAgentRecord(db: Kysely<AgentTables>, now: () => Instant): AgentRecord {
  return {
    begin: async ({ actor, tool, arguments: given, cause, turn }) => {
      const atMs = Math.floor(now());
      const id = newRecordId(atMs);
      await store.insertCall(db, { id, at: new Date(atMs), actor, tool, arguments: given, cause: cause ?? null, turn: turn ?? null });
      return id;
    },
    end: async (id, { outcome, durationMs, cost, resultHash, answer, refusal, about }) =>
      await store.insertEnd(db, {
        call_id: id,
        outcome,
        duration_ms: durationMs,
        cost,
        result_hash: resultHash ?? null,
        answer: answer ?? null,
        refusal: refusal ?? null,
        about: about ?? null,
      }),
    ofTurn: async (agent, turn) => (await store.selectCallsOfTurn(db, `agent:${agent}`, turn)).map(callOf),
    list: async ({ agent, about, first, after }) => {
      if (after !== undefined && !CALL_ID.test(after)) throw new CursorError();
      const actor = agent === undefined ? undefined : `agent:${agent}`;
      const rows = await store.selectCalls(db, { actor, about, before: after }, first + 1);
      return pageOfRows(rows, first, (row) => row.id, callOf);
    },
  };
}
