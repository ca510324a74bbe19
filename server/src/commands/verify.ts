import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Head } from '../journal/chain.ts';
import type { JournalProblem } from '../journal/segments.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly dataDir: string;
  readonly json?: boolean;
}

interface Verdict {
  /** The file folder, or the database. */
  readonly journal: string;
  readonly head: Head;
  readonly problem: JournalProblem | undefined;
}

/** The last entry of the newest file that holds one; what stands there may be damaged, which the walk over the chain finds. */
async function lastEntry(dir: string): Promise<Head> {
  const { decodeBody } = await import('../journal/frames.ts');
  const { intactFrames, segmentNames } = await import('../journal/segments.ts');
  const { EMPTY_HEAD } = await import('../journal/chain.ts');
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

/** Reads the files as they are and changes nothing; a running server must stop first, for its last write may be half there. */
async function verifyFiles(dataDir: string): Promise<Verdict> {
  const { lockDirectory } = await import('../journal/directory-lock.ts');
  const { verifySegments } = await import('../journal/segments.ts');
  const dir = join(dataDir, 'journal');
  await stat(dir);
  const lock = await lockDirectory(dir);
  try {
    return { journal: dir, head: await lastEntry(dir), problem: await verifySegments(dir) };
  } finally {
    lock.release();
  }
}

async function verifyDatabase(url: string): Promise<Verdict> {
  const { openDatabase } = await import('../platform/database.ts');
  const { openJournal } = await import('../journal/open.ts');
  const { migrationState } = await import('./doctor/migration-state.ts');
  const database = await openDatabase({ url });
  try {
    const { pending } = await migrationState(database.db);
    if (pending.length > 0) throw new Error('The database is not of this version yet: start tidemark serve on it once, then verify');
    const journal = await openJournal({ kind: 'postgres', db: database.db });
    const verdict = { journal: 'the database', head: journal.head(), problem: await journal.verify() };
    await journal.close();
    return verdict;
  } finally {
    await database.close();
  }
}

const TORN =
  'If it is the very last write, a crash left it: nobody was told that it was done, and the next start sets it aside. Otherwise restore the journal from a backup.';

async function verify({ dataDir, json }: Options, terminal: Terminal): Promise<void> {
  const url = terminal.environment['DATABASE_URL'];
  const { journal, head, problem } = url === undefined ? await verifyFiles(dataDir) : await verifyDatabase(url);
  if (json === true) {
    terminal.out.write(`${JSON.stringify({ journal, ok: problem === undefined, entries: head.seq, head: head.hash, problem })}\n`);
  } else if (problem === undefined) {
    const found = head.seq === 0 ? 'no entries' : `${head.seq} entries, every hash follows from the one before; the last is ${head.hash}`;
    terminal.out.write(`${journal}: ${found}\n`);
  }
  if (problem === undefined) return;
  throw new Error(`${journal} is damaged at entry ${problem.seq}: ${problem.problem}. ${TORN}`);
}

export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('Check the hash chain of the journal from its first entry to its last')
    .option('--data-dir <folder>', 'where the journal lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark verify
  tidemark verify --data-dir /var/lib/tidemark --json
  DATABASE_URL=postgres://localhost/tidemark tidemark verify

Changes nothing. Exit code 1 names the first entry that is wrong.`,
    )
    .action((options: Options) => verify(options, terminal));
}
