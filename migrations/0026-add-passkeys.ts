import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Nothing in it opens anything: the private half never leaves its device.
  `create table passkeys (
    id text primary key,
    person_id text not null references people (id),
    credential_id text not null unique check (length(credential_id) between 1 and 1400),
    public_key text not null,
    -- What its device counted at the last use; 0 of those that do not count.
    counter bigint not null check (counter >= 0),
    -- How the device files whose it is: random, one for each person.
    user_handle text not null,
    -- The name of the site that it was made for. It works under no other.
    rp_id text not null,
    -- With commas between.
    transports text not null,
    name text not null check (length(name) between 1 and 60),
    created_at timestamptz not null,
    last_used_at timestamptz
  )`,
  'create index passkeys_person on passkeys (person_id)',
  // What a passkey is asked to sign. A row goes with its first answer, whatever comes of it.
  `create table passkey_challenges (
    challenge_hash text primary key check (length(challenge_hash) = 64),
    purpose text not null check (purpose in ('adding', 'logging in', 'confirming')),
    -- The session's id, or the hash of a browser's cookie.
    bound_to text not null,
    origin text not null,
    user_handle text check ((purpose = 'adding') = (user_handle is not null)),
    -- An address, or a session: of each the newest few are kept.
    asked_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index passkey_challenges_expiry on passkey_challenges (expires_at)',
];

/** Passkeys beside the password, or in its place. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
