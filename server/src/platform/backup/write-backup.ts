import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { entryText } from '../../journal/chain.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Database } from '../database.ts';
import { BACKUP_FORMAT, lineDigest } from './format.ts';
import type { BackupHeader } from './format.ts';
import { recordTables } from './record-tables.ts';
import { references } from './references.ts';
import type { Reference } from './references.ts';

const PAGE = 1_000;

export interface BackupSource {
  readonly db: Kysely<Database>;
  readonly journal: Pick<Journal, 'head' | 'read'>;
  readonly now: () => Date;
}

/**
 * The lines of a backup, each with its line feed. The journal is taken as far as it goes when this begins, and the records after it: each module and
 * instrument that an entry names is there, and each record that another refers to. Nobody waits for it, and it waits for nobody.
 */
export async function* backupLines({ db, journal, now }: BackupSource): AsyncGenerator<string> {
  const head = journal.head();
  const digest = lineDigest();
  const line = (value: string): string => {
    digest.add(value);
    return `${value}\n`;
  };
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  const tables = await recordTables(db);
  const header: BackupHeader = {
    tidemark: 'backup',
    format: BACKUP_FORMAT,
    createdAt: now().toISOString(),
    migrations: rows.map(({ name }) => name),
    journal: head,
    tables,
  };
  yield line(JSON.stringify(header));
  for await (const text of entryLines(journal, head.seq)) yield line(text);
  const toThemselves = (await references(db)).filter(({ from, to }) => from === to);
  const own = new Map(toThemselves.map((reference) => [reference.from, reference]));
  for (const table of tables) for await (const row of rowTexts(db, table, own.get(table))) yield line(JSON.stringify({ table, row }));
  yield `${JSON.stringify(digest.end())}\n`;
}

async function* entryLines(journal: Pick<Journal, 'read'>, upTo: number): AsyncGenerator<string> {
  for (let after = 0; after < upTo;) {
    const entries = await journal.read(after, Math.min(PAGE, upTo - after));
    const last = entries.at(-1);
    if (last === undefined) throw new Error(`The journal ends at entry ${after}, before its head: verify it`);
    for (const entry of entries) {
      const text = entryText(entry, encode(entry.payload));
      yield `{"hash":"${entry.hash}","previousHash":"${entry.previousHash}","entry":${text}}`;
    }
    after = last.seq;
  }
}

interface TableRow {
  readonly row: string;
  /** What others of its table know it by, and which of them it refers to. */
  readonly key: string | null;
  readonly other: string | null;
}

/** Its rows; where they refer to rows of the same table that came, since, to a place that was passed already, those follow. */
async function* rowTexts(db: Kysely<Database>, table: string, own: Reference | undefined): AsyncGenerator<string> {
  const given = new Set<string | null>();
  const wanted = new Set<string>();
  const take = ({ row, key, other }: TableRow): string => {
    if (own !== undefined) given.add(key);
    if (other !== null) wanted.add(other);
    return row;
  };
  for await (const each of rowsInOrder(db, table, own)) yield take(each);
  if (own === undefined) return;
  for (;;) {
    const missing = [...wanted].filter((key) => !given.has(key));
    const { rows } = await sql<TableRow>`
      select ${taken(own)} from ${sql.table(table)} t where ${sql.ref(`t.${referredColumn(own)}`)}::text = any(${missing})`.execute(db);
    if (rows.length === 0) return;
    for (const each of rows) yield take(each);
  }
}

const taken = (own: Reference | undefined) =>
  own === undefined
    ? sql`row_to_json(t)::text as row, null as key, null as other`
    : sql`row_to_json(t)::text as row, ${sql.ref(`t.${referredColumn(own)}`)}::text as key, ${sql.ref(`t.${own.columns[0] ?? ''}`)}::text as other`;

function referredColumn({ name, referred: [column, ...more] }: Reference): string {
  if (column === undefined || more.length > 0) throw new Error(`Invariant: ${name}, of a table to itself, has one column`);
  return column;
}

/** In the order of the rows' places: one table at a time in one statement's view would hold all of it in memory. */
async function* rowsInOrder(db: Kysely<Database>, table: string, own: Reference | undefined): AsyncGenerator<TableRow> {
  const { rows: keys } = await sql<{ name: string }>`
    select a.attname::text as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
    where i.indrelid = ${table}::regclass and i.indisprimary order by array_position(i.indkey, a.attnum)`.execute(db);
  if (keys.length === 0) throw new Error(`Invariant: the table ${table} has a primary key`);
  const key = sql.join(keys.map(({ name }) => sql.ref(name)));
  let after: string | undefined;
  for (;;) {
    const from =
      after === undefined
        ? sql``
        : sql`where (${key}) > (select ${sql.join(keys.map(({ name }) => sql.ref(`k.${name}`)))} from json_populate_record(null::${sql.table(table)}, ${after}::json) k)`;
    const { rows } = await sql<TableRow>`
      select ${taken(own)} from (select * from ${sql.table(table)} ${from} order by ${key} limit ${PAGE}) t`.execute(db);
    yield* rows;
    after = rows.at(-1)?.row;
    if (rows.length < PAGE || after === undefined) return;
  }
}
