import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Opening } from '../../engine/opening-record.ts';
import { auditJournal } from '../../journal/audit/audit.ts';
import { skippedCheck } from '../../journal/audit/findings.ts';
import type { CheckResult } from '../../journal/audit/findings.ts';
import { auditProjections } from '../../journal/audit/projection-audit.ts';
import { EMPTY_HEAD } from '../../journal/chain.ts';
import type { Head } from '../../journal/chain.ts';
import { lockDirectory } from '../../journal/directory-lock.ts';
import { decodeBody } from '../../journal/frames.ts';
import { fileReader, rowReader } from '../../journal/past/journal-reader.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import { openJournal } from '../../journal/open.ts';
import { projectedHead, projectEntries, rebuildProjections } from '../../journal/projector.ts';
import { intactFrames, segmentNames, verifySegments } from '../../journal/segments.ts';
import type { JournalProblem } from '../../journal/segments.ts';
import { money } from '../../money/fixed.ts';
import { openDatabase } from '../../platform/database.ts';
import type { OpenedDatabase } from '../../platform/database.ts';
import { migrate } from '../../platform/migrate.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import { migrationState } from '../doctor/migration-state.ts';
import { isThere } from '../is-there.ts';

export interface CheckRequest {
  readonly dataDir: string;
  /** PostgreSQL; the files of the folder where absent. */
  readonly url: string | undefined;
  readonly anchorFile: string;
  /** Build the tables anew before they are compared. */
  readonly rebuild: boolean;
  readonly progress: (what: string) => void;
}

export interface RecordsChecked {
  /** The file folder, or the database. */
  readonly journal: string;
  readonly head: Head;
  /** The first broken link of the chain: without a sound one nothing else is looked at. */
  readonly problem: JournalProblem | undefined;
  readonly checks: readonly CheckResult[];
}

/** With what an engine of this version begins: for journals of before it was written down. */
export const ASSUMED: Opening = {
  engine: {
    mode: 'simulated',
    accountId: 'unknown',
    feeRateEstimate: money('0'),
    collarMarketOrders: true,
    initialTradingState: 'ACTIVE',
  },
  limits: DEFAULT_LIMITS,
};

/** The last entry of the newest file that holds one; what stands there may be damaged, which the walk over the chain finds. */
export async function lastEntry(dir: string): Promise<Head> {
  for (const name of (await segmentNames(dir)).reverse()) {
    const frame = intactFrames(await readFile(join(dir, name))).frames.at(-1);
    if (frame === undefined) continue;
    try {
      const entry = decodeBody(frame.body).at(-1)?.entry;
      if (entry !== undefined) return { seq: entry.seq, hash: entry.hash };
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
  }
  return EMPTY_HEAD;
}

const NEWER = 'the database was written by another version: start tidemark serve on it once, then verify';

/** The tables against new ones, made in a database in memory from the same entries. */
async function checkProjections(live: OpenedDatabase, reader: JournalReader, head: Head, rebuild: boolean): Promise<CheckResult> {
  const { pending, unknown } = await migrationState(live.db);
  if (pending.length + unknown.length > 0) return skippedCheck('projections', NEWER);
  if (rebuild) await rebuildProjections(live.db, { read: async (after) => await pageAfter(reader, after, head.seq) });
  const { seq } = await projectedHead(live.db);
  const scratch = await openDatabase({});
  try {
    await migrate(scratch.db);
    if (seq > 0) {
      // The tables may be a little behind the journal: a start brings them up to date.
      for await (const page of reader.pages(0, Math.min(seq, head.seq)))
        await scratch.db.transaction().execute(async (trx) => await projectEntries(trx, page));
    }
    return await auditProjections(live.db, scratch.db);
  } finally {
    await scratch.close();
  }
}

async function pageAfter(reader: JournalReader, after: number, upTo: number) {
  if (after >= upTo) return [];
  for await (const page of reader.pages(after, upTo)) return page;
  return [];
}

/** Reads the files as they are; a running server must stop first, for its last write may be half there. */
async function checkFiles(request: CheckRequest): Promise<RecordsChecked> {
  const { dataDir, anchorFile, rebuild, progress } = request;
  const dir = join(dataDir, 'journal');
  await stat(dir);
  const lock = await lockDirectory(dir);
  try {
    progress('walking the chain');
    const head = await lastEntry(dir);
    const problem = await verifySegments(dir);
    if (problem !== undefined) return { journal: dir, head, problem, checks: [] };
    const reader = fileReader(dir);
    progress('deciding everything again');
    const checks = await auditJournal({ reader, head, anchorFile, assumed: ASSUMED });
    progress('comparing the tables');
    return { journal: dir, head, problem, checks: [...checks, await checkEmbeddedTables(dataDir, reader, head, rebuild)] };
  } finally {
    lock.release();
  }
}

async function checkEmbeddedTables(dataDir: string, reader: JournalReader, head: Head, rebuild: boolean): Promise<CheckResult> {
  if (!(await isThere(join(dataDir, 'database'))))
    return skippedCheck('projections', 'there is no database; the next start makes it from the journal');
  const database = await openDatabase({ dataDir });
  try {
    return await checkProjections(database, reader, head, rebuild);
  } finally {
    await database.close();
  }
}

async function checkDatabase({ url, anchorFile, rebuild, progress }: CheckRequest): Promise<RecordsChecked> {
  const database = await openDatabase({ url });
  try {
    const { pending } = await migrationState(database.db);
    if (pending.length > 0) throw new Error('The database is not of this version yet: start tidemark serve on it once, then verify');
    const journal = await openJournal({ kind: 'postgres', db: database.db });
    progress('walking the chain');
    const head = journal.head();
    const problem = await journal.verify();
    await journal.close();
    if (problem !== undefined) return { journal: 'the database', head, problem, checks: [] };
    const reader = rowReader(database.db);
    progress('deciding everything again');
    const checks = await auditJournal({ reader, head, anchorFile, assumed: ASSUMED });
    progress('comparing the tables');
    return { journal: 'the database', head, problem, checks: [...checks, await checkProjections(database, reader, head, rebuild)] };
  } finally {
    await database.close();
  }
}

export const checkRecords = async (request: CheckRequest): Promise<RecordsChecked> =>
  request.url === undefined ? await checkFiles(request) : await checkDatabase(request);
