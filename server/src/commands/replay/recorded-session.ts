import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleFromBytes } from '@tidemark/compute';
import type { StrategyModule } from '@tidemark/compute';
import type { Kysely } from 'kysely';
import { ModuleMissing } from '../../engine/redecide/module-life.ts';
import type { Head } from '../../journal/chain.ts';
import { lockDirectory } from '../../journal/directory-lock.ts';
import { openJournal } from '../../journal/open.ts';
import { fileReader, rowReader } from '../../journal/past/journal-reader.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import { verifySegments } from '../../journal/segments.ts';
import type { JournalProblem } from '../../journal/segments.ts';
import { openDatabase } from '../../platform/database.ts';
import type { Database } from '../../platform/database.ts';
import { versionByHash } from '../../strategies/service.ts';
import { migrationState } from '../doctor/migration-state.ts';
import { lastEntry } from '../verify/records.ts';

/** A journal at rest, with the modules of the strategies that traded in it. */
export interface RecordedSession {
  /** The folder, the file or the database, for people. */
  readonly journal: string;
  readonly head: Head;
  readonly reader: JournalReader;
  /** The module whose bytes are of this version. Rejects with {@link ModuleMissing}. */
  readonly module: (version: string, name: string) => Promise<StrategyModule>;
  readonly close: () => Promise<void>;
}

/** The chain of the journal is broken: what was recorded is not known. */
export class JournalDamaged extends Error {
  override readonly name = 'UsageError';
}

export function refuseDamaged(journal: string, problem: JournalProblem | undefined): void {
  if (problem !== undefined)
    throw new JournalDamaged(`${journal} is damaged at entry ${problem.seq}: ${problem.problem}. tidemark verify says more`);
}

function readModule(wasm: Uint8Array, name: string): StrategyModule {
  try {
    return moduleFromBytes(wasm, `What is stored for ${name}`);
  } catch (error) {
    throw new ModuleMissing(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A version is its bytes: they are hashed again, whatever they were stored as. */
export function checkedModule(wasm: Uint8Array | undefined, version: string, name: string): StrategyModule {
  const short = version.slice(0, 12);
  if (wasm === undefined) throw new ModuleMissing(`The module of ${name}, version ${short}, is not among the records`);
  const module = readModule(wasm, name);
  if (module.version !== version)
    throw new ModuleMissing(
      `The module of ${name} that is stored as version ${short} has the SHA-256 ${module.version}: its bytes were changed`,
    );
  return module;
}

const modulesIn =
  (db: Kysely<Database>): RecordedSession['module'] =>
  async (version, name) =>
    checkedModule((await versionByHash(db, version))?.module.wasm, version, name);

/** The files as they are; a running server must stop first, for its last write may be half there. */
export async function sessionInFolder(dataDir: string): Promise<RecordedSession> {
  const dir = join(dataDir, 'journal');
  await stat(dir);
  await stat(join(dataDir, 'database'));
  const lock = await lockDirectory(dir);
  try {
    refuseDamaged(dir, await verifySegments(dir));
    const head = await lastEntry(dir);
    const database = await openDatabase({ dataDir });
    const close = async (): Promise<void> => {
      await database.close();
      lock.release();
    };
    return { journal: dir, head, reader: fileReader(dir), module: modulesIn(database.db), close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The server may run: what it writes meanwhile is not looked at. */
export async function sessionInDatabase(url: string, schema?: string): Promise<RecordedSession> {
  const database = await openDatabase({ url, schema });
  try {
    const { pending } = await migrationState(database.db);
    if (pending.length > 0) throw new Error('The database is not of this version yet: start tidemark serve on it once, then replay');
    const journal = await openJournal({ kind: 'postgres', db: database.db });
    const head = journal.head();
    const problem = await journal.verify();
    await journal.close();
    refuseDamaged('the database', problem);
    return { journal: 'the database', head, reader: rowReader(database.db), module: modulesIn(database.db), close: database.close };
  } catch (error) {
    await database.close();
    throw error;
  }
}
