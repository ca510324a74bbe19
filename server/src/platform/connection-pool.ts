import pg from 'pg';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseUnavailable } from './database-unavailable.ts';

/** SQLSTATE classes and system errors which say that the server, not the statement, is the trouble. */
const UNAVAILABLE_SQLSTATE = /^(08|57P0|53300)/;
const UNAVAILABLE_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const UNAVAILABLE_TEXT =
  /Connection terminated|Client has encountered a connection error|timeout (exceeded )?when trying to connect|not queryable/i;

const codeOf = (error: object): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** Names the one failure that callers treat apart: anything else passes through as it is. */
export function classifyDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailable) return error;
  const code = codeOf(error);
  const gone = UNAVAILABLE_SYSTEM.has(code) || UNAVAILABLE_SQLSTATE.test(code) || UNAVAILABLE_TEXT.test(error.message);
  return gone ? new DatabaseUnavailable(`The database is not available: ${error.message || code}`, { cause: error }) : error;
}

/** A bigint column counts things here (sequence numbers, milliseconds): as a number, and refused where a number cannot hold it. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`Invariant: the database's integer ${text} is beyond 2^53`);
  return value;
}

export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (...[id, format]: Parameters<pg.CustomTypesConfig['getTypeParser']>) =>
    id === pg.types.builtins.INT8 && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(id, format),
};

/** Rows of a statement; an array of results where the text holds several. */
export type Statements = (text: string, values?: unknown[]) => Promise<pg.QueryResult | pg.QueryResult[]>;

/** Statements on any connection of the pool, with its failures named as everywhere. */
export const statementsOf =
  (pool: pg.Pool): Statements =>
  async (text, values) => {
    try {
      return await pool.query(text, values);
    } catch (error) {
      throw classifyDatabaseError(error);
    }
  };

/** `pool`, with connection failures turned into {@link DatabaseUnavailable}. It connects anew by itself once the server is back. */
export function watchedPool(pool: pg.Pool): PostgresPool {
  // An idle connection that breaks is dropped by the pool; the next query tells whoever needs to know.
  pool.on('error', () => undefined);
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    connect: async () => {
      try {
        const client = await pool.connect();
        const seen = known.get(client);
        if (seen !== undefined) return seen;
        const watched = watchedClient(client);
        known.set(client, watched);
        return watched;
      } catch (error) {
        throw classifyDatabaseError(error);
      }
    },
    end: async () => await pool.end(),
  };
}

function watchedClient(client: pg.PoolClient): PostgresPoolClient {
  let broken = false;
  client.on('error', () => (broken = true));
  const run = client.query.bind(client) as (...input: unknown[]) => Promise<unknown>;
  const query = async (...input: unknown[]): Promise<unknown> => {
    try {
      return await run(...input);
    } catch (error) {
      const named = classifyDatabaseError(error);
      if (named instanceof DatabaseUnavailable) broken = true;
      throw named;
    }
  };
  return { query: query as PostgresPoolClient['query'], release: (destroy?: boolean) => client.release(destroy === true || broken) };
}
