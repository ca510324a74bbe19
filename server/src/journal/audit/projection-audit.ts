import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { encode } from '../codec.ts';
import { PROJECTION_KEYS } from '../projector.ts';
import type { ProjectionTables } from '../projector.ts';
import { findings } from './findings.ts';
import type { CheckResult, Findings } from './findings.ts';

type Row = Readonly<Record<string, unknown>>;

const PAGE = 2_000;
const BY_VALUE: ReadonlySet<string> = new Set(['seq', 'at']);

/** Rows of a table in the order of its key, as plain data. */
async function* rowsOf(db: Kysely<ProjectionTables>, table: string, key: readonly string[]): AsyncGenerator<Row> {
  // Text in the order of its bytes, whatever the database's language; everything else by its value.
  const order = sql.join(key.map((column) => (BY_VALUE.has(column) ? sql.ref(column) : sql`${sql.ref(column)}::text collate "C"`)));
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await sql<Row>`select * from ${sql.table(table)} order by ${order} limit ${PAGE} offset ${offset}`.execute(db);
    yield* rows;
    if (rows.length < PAGE) return;
  }
}

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : encode(value ?? null));
const nameOf = (table: string, key: readonly string[], row: Row): string =>
  `${table}, row ${key.map((column) => `${column} = ${textOf(row[column])}`).join(', ')}`;

const compareKeys = (key: readonly string[], left: Row, right: Row): number => {
  for (const column of key) {
    const [one, other] = [left[column], right[column]];
    const order = BY_VALUE.has(column) ? Number(one) - Number(other) : Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
    if (order !== 0) return order;
  }
  return 0;
};

function compareRows(found: Findings, table: string, key: readonly string[], live: Row, rebuilt: Row): void {
  const where = nameOf(table, key, live);
  for (const column of new Set([...Object.keys(live), ...Object.keys(rebuilt)])) {
    const [written, expected] = [textOf(live[column]), textOf(rebuilt[column])];
    if (written !== expected) found.add(where, `${column} is ${written} in the table, and the journal makes it ${expected}`);
  }
}

async function compareTable(
  found: Findings,
  table: string,
  live: Kysely<ProjectionTables>,
  rebuilt: Kysely<ProjectionTables>,
): Promise<number> {
  const key = PROJECTION_KEYS[table] ?? [];
  const [ours, theirs] = [rowsOf(live, table, key), rowsOf(rebuilt, table, key)];
  let [left, right] = [await ours.next(), await theirs.next()];
  let rows = 0;
  while (left.done !== true || right.done !== true) {
    const order = left.done === true ? 1 : right.done === true ? -1 : compareKeys(key, left.value, right.value);
    if (order < 0 && left.done !== true)
      found.add(nameOf(table, key, left.value), 'it is in the table, and does not follow from the journal');
    if (order > 0 && right.done !== true)
      found.add(nameOf(table, key, right.value), 'it follows from the journal, and is not in the table');
    if (order === 0 && left.done !== true && right.done !== true) compareRows(found, table, key, left.value, right.value);
    if (order <= 0) {
      rows += 1;
      left = await ours.next();
    }
    if (order >= 0) right = await theirs.next();
  }
  return rows;
}

/** Every row of every table that is built from the journal, against tables that were just built from it elsewhere. Changes neither. */
export async function auditProjections(live: Kysely<ProjectionTables>, rebuilt: Kysely<ProjectionTables>): Promise<CheckResult> {
  const found = findings('projections');
  let rows = 0;
  const tables = Object.keys(PROJECTION_KEYS);
  for (const table of tables) rows += await compareTable(found, table, live, rebuilt);
  return found.result(`${rows} rows of ${tables.length} tables compared with what the journal makes of them`);
}
