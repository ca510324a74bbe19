import { join } from 'node:path';
import type { Command } from 'commander';
import type { CheckResult } from '../journal/audit/findings.ts';
import type { Terminal } from './usage.ts';
import type { RecordsChecked } from './verify/records.ts';

interface Options {
  readonly dataDir: string;
  readonly anchorFile?: string;
  readonly rebuild?: boolean;
  readonly json?: boolean;
}

const TORN =
  'If it is the very last write, a crash left it: nobody was told that it was done, and the next start sets it aside. Otherwise restore the journal from a backup.';

const isSound = ({ problems }: CheckResult): boolean => problems.length === 0;

function lineOf({ check, looked, problems, further, skipped }: CheckResult): string {
  if (skipped !== undefined) return `${check.padEnd(12)} not checked: ${skipped}`;
  return `${check.padEnd(12)} ${problems.length === 0 ? 'ok' : `${problems.length + further} PROBLEMS`}: ${looked}`;
}

function print({ journal, head, problem, checks }: RecordsChecked, json: boolean, terminal: Terminal): void {
  const ok = problem === undefined && checks.every(isSound);
  if (json) {
    terminal.out.write(`${JSON.stringify({ journal, ok, entries: head.seq, head: head.hash, problem, checks })}\n`);
    return;
  }
  if (problem === undefined) {
    const found = head.seq === 0 ? 'no entries' : `${head.seq} entries, every hash follows from the one before; the last is ${head.hash}`;
    terminal.out.write(`${journal}: ${found}\n`);
  }
  for (const check of checks) {
    terminal.out.write(`${lineOf(check)}\n`);
    for (const { where, problem: what } of check.problems) terminal.out.write(`  ${where}: ${what}\n`);
    if (check.further > 0) terminal.out.write(`  … and ${check.further} more\n`);
  }
}

async function verify({ dataDir, anchorFile, rebuild, json }: Options, terminal: Terminal): Promise<void> {
  const { checkRecords } = await import('./verify/records.ts');
  const checked = await checkRecords({
    dataDir,
    url: terminal.environment['DATABASE_URL'],
    anchorFile: anchorFile ?? terminal.environment['TIDEMARK_ANCHOR_FILE'] ?? join(dataDir, 'anchors'),
    rebuild: rebuild === true,
    progress: (what) => terminal.err.isTTY && terminal.err.write(`tidemark: ${what} …\n`),
  });
  print(checked, json === true, terminal);
  const { journal, problem, checks } = checked;
  if (problem !== undefined) throw new Error(`${journal} is damaged at entry ${problem.seq}: ${problem.problem}. ${TORN}`);
  const unsound = checks.filter((check) => !isSound(check));
  const [first] = unsound;
  if (first === undefined) return;
  const mend = unsound.every(({ check }) => check === 'projections')
    ? ' The journal is sound: --rebuild builds the tables anew from it.'
    : '';
  throw new Error(
    `${first.problems[0]?.where}: ${first.problems[0]?.problem}. Checks that failed: ${unsound.map(({ check }) => check).join(', ')}.${mend}`,
  );
}

export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('Check the records: hash chain, anchors, decisions, ledgers, snapshots, and every row of the tables')
    .option('--data-dir <folder>', 'where the journal lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--anchor-file <file>', 'where its head was written down (default: TIDEMARK_ANCHOR_FILE, else "anchors" in the data folder)')
    .option('--rebuild', 'first build the tables anew from the journal')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark verify
  tidemark verify --data-dir /var/lib/tidemark --json
  tidemark verify --rebuild
  DATABASE_URL=postgres://localhost/tidemark tidemark verify

Changes nothing without --rebuild. The server must be stopped, unless the records are in PostgreSQL. Exit code 1 names what is wrong, and where.`,
    )
    .action((options: Options) => verify(options, terminal));
}
