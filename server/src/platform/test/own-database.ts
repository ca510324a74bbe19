import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface OwnDatabase {
  readonly name: string;
  readonly url: string;
  /** Drops it with all in it, whoever is connected. */
  readonly drop: () => Promise<void>;
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** One statement on a connection of its own. */
const run = (url: string, text: string): Promise<void> => onServer(url, async (client) => void (await client.query(text)));

/**
 * A fresh database on a PostgreSQL server, or a copy of one to which nobody is connected; the server's role must be allowed to create them. Its name begins with
 * the prefix.
 */
export async function ownDatabase(serverUrl: string, prefix: string, template = 'template1'): Promise<OwnDatabase> {
  const name = `${prefix}_${randomBytes(8).toString('hex')}`;
  await run(serverUrl, `create database ${name} template ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => run(serverUrl, `drop database ${name} with (force)`) };
}

/** A copy of a database in which a schema has another name. */
export async function ownCopy(
  serverUrl: string,
  prefix: string,
  template: { readonly name: string; readonly schema: string },
  schema: string,
): Promise<OwnDatabase> {
  const database = await ownDatabase(serverUrl, prefix, template.name);
  await run(database.url, `alter schema ${template.schema} rename to ${schema}`);
  return database;
}

/** Drops all whose names begin with the prefix. */
export async function dropDatabases(serverUrl: string, prefix: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [
      `${prefix}_`,
    ]);
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  });
}
