import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // An id begins with the time, so that it is the order. Whether it has expired is worked out from `expires_at`, and not written.
  `create table change_proposals (
     id text collate "C" primary key,
     agent text not null check (agent like 'agent:%'),
     owner_id text not null,
     idempotency_key text not null,
     -- Over what the agent asked for: the same key asks for the same again.
     asked_hash text not null check (asked_hash ~ '^[0-9a-f]{64}$'),
     kind text not null check (kind in ('parameters', 'limit', 'promotion')),
     -- JSON: what is now, and what would be.
     content text not null,
     -- Over all that a person is shown: an approval names it.
     hash text not null check (hash ~ '^[0-9a-f]{64}$'),
     explanation text not null,
     -- JSON.
     sources text not null,
     created_at timestamptz not null,
     expires_at timestamptz not null check (expires_at > created_at),
     state text not null default 'waiting' check (state in ('waiting', 'approved', 'rejected', 'withdrawn', 'failed')),
     decided_by text,
     decided_at timestamptz,
     because text,
     -- What came of an approval; null where that is not known.
     outcome text,
     unique (agent, idempotency_key),
     check ((state = 'waiting') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
     check (outcome is null or state in ('approved', 'failed')))`,
  `create index change_proposals_waiting on change_proposals (agent) where state = 'waiting'`,
  // What was proposed stays as it was shown, and it is decided once.
  `create function refuse_change_of_proposed() returns trigger language plpgsql as
     'begin
        if tg_op = ''DELETE'' then
          raise exception ''what agents have proposed stays'';
        end if;
        if (new.id, new.agent, new.owner_id, new.idempotency_key, new.asked_hash, new.kind, new.content, new.hash, new.explanation, new.sources,
            new.created_at, new.expires_at)
          is distinct from (old.id, old.agent, old.owner_id, old.idempotency_key, old.asked_hash, old.kind, old.content, old.hash, old.explanation,
            old.sources, old.created_at, old.expires_at) then
          raise exception ''what agents have proposed is never changed'';
        end if;
        if old.state <> ''waiting'' and not (old.state = ''approved'' and old.outcome is null and new.state in (''approved'', ''failed'')
            and (new.decided_by, new.decided_at, new.because) is not distinct from (old.decided_by, old.decided_at, old.because)) then
          raise exception ''what agents have proposed is decided once'';
        end if;
        return new;
      end'`,
  `create trigger change_proposals_stay before update or delete on change_proposals
     for each row execute function refuse_change_of_proposed()`,
];

/** Changes that agents propose: of a strategy's configuration, of a limit, and of a model's state. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of ['drop table change_proposals', 'drop function refuse_change_of_proposed()'])
    await sql.raw(statement).execute(db);
}
