import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { ChangeProposalTables } from '../agents/changes/service.ts';
import type { MemoryTables } from '../agents/memory/service.ts';
import type { RunnerTables } from '../agents/runner/service.ts';
import type { AgentTables } from '../agents/service.ts';
import type { OutboxTables } from '../alerts/outbox-service.ts';
import type { BrokerKeyTables } from '../accounts/broker-keys-service.ts';
import type { AccountTables } from '../accounts/service.ts';
import type { BacktestTables } from '../backtests/service.ts';
import type { InstrumentTables } from '../instruments/service.ts';
import { lockDirectory } from '../journal/directory-lock.ts';
import type { ProjectionTables } from '../journal/projector.ts';
import type { PostgresJournalTables } from '../journal/postgres-store.ts';
import type { SnapshotTables } from '../journal/snapshots/snapshot-rows.ts';
import type { MarketDataTables } from '../market-data/service.ts';
import type { ModelTables } from '../models/service.ts';
import type { OptionTables } from '../options/service.ts';
import type { PredictionTables } from '../predictions/service.ts';
import type { ResearchTables } from '../research/service.ts';
import type { StrategyVersionTables } from '../strategies/service.ts';
import { columnTypes, statementsOf, watchedPool } from './connection-pool.ts';
import type { Statements } from './connection-pool.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { startUpkeep } from './embedded-upkeep.ts';
import type { BackupTables } from './backup/kept-backups.ts';
import type { EngineStatusTables } from './instances/engine-status.ts';
import type { EngineRequestTables } from './instances/request-server.ts';

/** Every table, each declared by the slice that owns it. */
export type Database = MarketDataTables &
  InstrumentTables &
  OptionTables &
  ProjectionTables &
  PostgresJournalTables &
  SnapshotTables &
  BacktestTables &
  ResearchTables &
  ModelTables &
  PredictionTables &
  StrategyVersionTables &
  OutboxTables &
  AccountTables &
  BrokerKeyTables &
  BackupTables &
  AgentTables &
  MemoryTables &
  ChangeProposalTables &
  RunnerTables &
  EngineStatusTables &
  EngineRequestTables;

export interface DatabaseOptions {
  /** A PostgreSQL server; the embedded database where absent. */
  readonly url?: string | undefined;
  /** The data directory: the embedded database lives in its `database` folder and locks it while open. In memory where absent. */
  readonly dataDir?: string | undefined;
  /** PostgreSQL only: the schema that holds all tables, made if missing. */
  readonly schema?: string | undefined;
  /** A dumped empty cluster for the embedded database to start from. */
  readonly baseTarball?: string | undefined;
  readonly connectionsMax?: number | undefined;
}

export interface OpenedDatabase {
  readonly db: Kysely<Database>;
  /** Runs SQL as it stands, for the queue's library; several statements give a result each. */
  readonly statements: Statements;
  /** Holds the tables of the job queue: apart from ours, for its library makes them itself. */
  readonly queueSchema: string;
  readonly kind: 'embedded' | 'postgres';
  /** Round trip of the smallest query, in milliseconds. */
  readonly ping: () => Promise<number>;
  readonly close: () => Promise<void>;
  /** The embedded cluster as a tarball; `undefined` on PostgreSQL. */
  readonly dump: () => Promise<Uint8Array | undefined>;
}

/** Throws {@link DatabaseUnavailable} when it cannot be reached, `DirectoryLocked` when another process has the directory. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenedDatabase> {
  return options.url === undefined ? await openEmbedded(options) : await openPostgres(options.url, options);
}

const QUEUE_SCHEMA = 'tidemark_jobs';

async function openEmbedded({ dataDir, baseTarball }: DatabaseOptions): Promise<OpenedDatabase> {
  const lock = dataDir === undefined ? undefined : await lockDirectory(dataDir);
  try {
    const clusterDir = dataDir === undefined ? undefined : join(dataDir, 'database');
    if (clusterDir !== undefined) await mkdir(clusterDir, { recursive: true, mode: 0o700 });
    const embedded = await openEmbeddedDatabase({ dataDir: clusterDir, baseTarball });
    const pool = new pg.Pool({ stream: () => embedded.stream(), max: 1, idleTimeoutMillis: 0, types: columnTypes });
    const db = kyselyOver(pool);
    const upkeep = startUpkeep(db, (error) => process.emitWarning(error));
    return {
      db,
      statements: statementsOf(pool),
      queueSchema: QUEUE_SCHEMA,
      kind: 'embedded',
      ping: async () => await ping(db),
      dump: async () => await embedded.dump(),
      close: async () => {
        await upkeep.stop();
        await db.destroy();
        await embedded.close();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function openPostgres(url: string, { schema, connectionsMax = 10 }: DatabaseOptions): Promise<OpenedDatabase> {
  const searchPath = schema === undefined ? {} : { options: `-c search_path=${quoted(schema)}` };
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    types: columnTypes,
    connectionTimeoutMillis: 5_000,
    application_name: 'tidemark',
    ...searchPath,
  });
  const db = kyselyOver(pool);
  try {
    if (schema !== undefined) await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
    await ping(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    statements: statementsOf(pool),
    queueSchema: schema === undefined ? QUEUE_SCHEMA : `${schema}_jobs`,
    kind: 'postgres',
    ping: async () => await ping(db),
    dump: () => Promise.resolve(undefined),
    close: async () => await db.destroy(),
  };
}

const kyselyOver = (pool: pg.Pool): Kysely<Database> => new Kysely({ dialect: new PostgresDialect({ pool: watchedPool(pool) }) });

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

function quoted(schema: string): string {
  if (!SCHEMA_NAME.test(schema))
    throw new Error(`The schema name "${schema}" is not usable: lower-case letters, digits and _ only, please`);
  return schema;
}

async function ping(db: Kysely<Database>): Promise<number> {
  const startedAt = performance.now();
  await sql`select 1`.execute(db);
  return performance.now() - startedAt;
}
