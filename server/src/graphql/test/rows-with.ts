import { sql } from 'kysely';
import type { ApiWorld } from './api-world.ts';

/** How many rows of any table hold a text. */
export async function rowsWith({ database: { db } }: Pick<ApiWorld, 'database'>, text: string): Promise<number> {
  const { rows } = await sql<{ name: string }>`select table_name::text as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(db);
  let found = 0;
  for (const { name } of rows) {
    const { rows: counted } = await sql<{ count: string }>`
      select count(*)::text as count from ${sql.id(name)} as each where position(${text} in each::text) > 0`.execute(db);
    found += Number(counted[0]?.count ?? 0);
  }
  return found;
}
