import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // What is known of an entry for ever; an id begins with the time, so that it is the order. `about` holds ids with a space between two.
  `create table agent_memories (
     id text collate "C" primary key,
     at timestamptz not null,
     actor text not null check (actor like 'agent:%'),
     kind text not null check (kind in ('note', 'fact')),
     source text not null check (octet_length(source) <= 200),
     about text not null,
     text_hash text not null check (text_hash ~ '^[0-9a-f]{64}$'),
     text_bytes integer not null check (text_bytes > 0),
     expires_at timestamptz not null check (expires_at > at))`,
  'create index agent_memories_actor on agent_memories (actor, id)',
  'create index agent_memories_expiry on agent_memories (expires_at)',
  // Apart, so that it can be taken away while everything else stays.
  `create table agent_memory_texts (
     memory_id text collate "C" primary key references agent_memories (id),
     text text not null check (char_length(text) between 1 and 2000))`,
  `create index agent_memory_texts_search on agent_memory_texts using gin (to_tsvector('simple', text))`,
  `create table agent_memory_erasures (
     memory_id text collate "C" primary key references agent_memories (id),
     at timestamptz not null,
     actor text not null,
     reason text not null)`,
  `create function refuse_change_of_agent_memories() returns trigger language plpgsql as
     'begin raise exception ''what agents remember is never changed''; end'`,
  `create function refuse_unsaid_erasure() returns trigger language plpgsql as
     'begin
        if not exists (select from agent_memory_erasures where memory_id = old.memory_id) then
          raise exception ''a text goes only after it was written down who erases it'';
        end if;
        return old;
      end'`,
  `create trigger agent_memories_only_grow before update or delete on agent_memories
     for each row execute function refuse_change_of_agent_memories()`,
  `create trigger agent_memory_erasures_only_grow before update or delete on agent_memory_erasures
     for each row execute function refuse_change_of_agent_memories()`,
  `create trigger agent_memory_texts_stay before update on agent_memory_texts
     for each row execute function refuse_change_of_agent_memories()`,
  `create trigger agent_memory_texts_go_by_erasure before delete on agent_memory_texts
     for each row execute function refuse_unsaid_erasure()`,
];

/** What agents remember: facts about each entry only grow, and its text can be erased. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
