import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** A foreign key, as the database has it. */
export interface Reference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Columns of `from`, and those of `to` that they hold, in the same order. */
  readonly columns: readonly string[];
  readonly referred: readonly string[];
  readonly definition: string;
}

/** Foreign keys of all tables in the schema. */
export async function references(db: Kysely<Database>): Promise<readonly Reference[]> {
  const names = (table: string, columns: string) =>
    sql`(select json_agg(c.attname order by u.place) from unnest(${sql.ref(columns)}) with ordinality u (number, place)
      join pg_attribute c on c.attrelid = ${sql.ref(table)} and c.attnum = u.number)`;
  const { rows } = await sql<Reference>`
    select k.conname::text as name, a.relname::text as "from", b.relname::text as "to", pg_get_constraintdef(k.oid) as definition,
      ${names('k.conrelid', 'k.conkey')} as columns, ${names('k.confrelid', 'k.confkey')} as referred
    from pg_constraint k join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid join pg_namespace n on n.oid = a.relnamespace
    where k.contype = 'f' and n.nspname = current_schema() order by 2, 1`.execute(db);
  return rows;
}

/**
 * Fills tables in any order: foreign keys are taken away before, and put back and checked after. Rows whose other end is missing are left out: they are newer
 * than the rows that were read before them. Returns what `fill` does, and how many rows were left out.
 */
export async function fillInAnyOrder<T>(
  db: Kysely<Database>,
  tables: readonly string[],
  fill: () => Promise<T>,
): Promise<{ readonly filled: T; readonly leftOut: number }> {
  const taken = (await references(db)).filter(({ from }) => tables.includes(from));
  for (const { from, name } of taken) await sql`alter table ${sql.table(from)} drop constraint ${sql.id(name)}`.execute(db);
  const filled = await fill();
  const leftOut = await leaveOutWithoutOtherEnd(db, taken);
  for (const { from, name, definition } of taken)
    await sql`alter table ${sql.table(from)} add constraint ${sql.id(name)} ${sql.raw(definition)}`.execute(db);
  return { filled, leftOut };
}

/** Again and again until nothing is found: a row that is left out may be the other end of another. */
async function leaveOutWithoutOtherEnd(db: Kysely<Database>, taken: readonly Reference[]): Promise<number> {
  let all = 0;
  for (;;) {
    let found = 0;
    for (const reference of taken) found += await leaveOut(db, reference);
    if (found === 0) return all;
    all += found;
  }
}

async function leaveOut(db: Kysely<Database>, { from, to, columns, referred }: Reference): Promise<number> {
  const child = sql.table(from);
  const isSet = columns.map((column) => sql`r.${sql.ref(column)} is not null`);
  const isSame = columns.map((column, index) => sql`o.${sql.ref(referred[index] ?? column)} = r.${sql.ref(column)}`);
  const and = sql` and `;
  const isWithout = sql`${sql.join(isSet, and)} and not exists (select from ${sql.table(to)} o where ${sql.join(isSame, and)})`;
  const { rows } = await sql<{ some: boolean }>`select exists (select from ${child} r where ${isWithout}) as some`.execute(db);
  if (rows[0]?.some !== true) return 0;
  // What is only ever added to refuses it otherwise.
  await sql`alter table ${child} disable trigger user`.execute(db);
  const { numAffectedRows = 0n } = await sql`delete from ${child} r where ${isWithout}`.execute(db);
  await sql`alter table ${child} enable trigger user`.execute(db);
  return Number(numAffectedRows);
}
