import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  'alter table instruments add column easy_to_borrow boolean',
  'alter table instruments add column sector text',
  'alter table instruments add column over_the_counter boolean',
  'alter table instruments add column leveraged boolean',
];

/** What risk controls ask of an instrument; null where it is not known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
