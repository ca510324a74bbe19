import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Difference } from '../engine/redecide/redecide.ts';
import { explain } from './failures.ts';
import type { RecordedSession } from './replay/recorded-session.ts';
import type { Replayed } from './replay/replay-session.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly dataDir: string;
  readonly journal?: string;
  readonly run?: string;
  readonly from?: number;
  readonly to?: number;
  readonly strategy?: string;
  readonly ignoreWords?: boolean;
  readonly deadline: number;
  readonly json?: boolean;
}

const DEADLINE_S = 30;
const MS = 1_000;

function parseSeq(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Expected the number of an entry: 1 is the first.');
  return Number(text);
}

function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Expected whole seconds, one or more.');
  return Number(text);
}

/** What was named is not there, or may not be read: that is no difference. */
function asBadInput(error: unknown): never {
  throw error instanceof Error && 'code' in error && 'path' in error ? new UsageError(explain(error)) : error;
}

async function openRecorded({ dataDir, journal }: Options, environment: Terminal['environment']): Promise<RecordedSession> {
  try {
    if (journal !== undefined) {
      const { sessionInBackup } = await import('./replay/session-in-backup.ts');
      return await sessionInBackup(journal);
    }
    const { sessionInDatabase, sessionInFolder } = await import('./replay/recorded-session.ts');
    const url = environment['DATABASE_URL'];
    return url === undefined ? await sessionInFolder(dataDir) : await sessionInDatabase(url);
  } catch (error) {
    return asBadInput(error);
  }
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

function lines({ first, last, snapshot, entries, events, effects, strategies, difference }: Replayed, journal: string): readonly string[] {
  const start = snapshot === 0 ? '' : `, from the snapshot of entry ${snapshot}`;
  return [
    `${journal}: entries ${first} to ${last}${start}`,
    `${plural(entries, 'entry', 'entries')}: ${plural(events, 'event')} decided again, ${plural(effects, 'fact or action', 'facts and actions')} compared`,
    ...strategies.map(
      ({ name, version, decisions, unanswered }) =>
        `  ${name} ${version.slice(0, 12)}: ${plural(decisions, 'decision')} made again${unanswered === 0 ? '' : `, ${plural(unanswered, 'question')} without an answer`}`,
    ),
    difference === undefined ? 'no difference: every decision and every effect, byte for byte' : 'DIFFERENT',
  ];
}

/** One sentence: where, what, and what stands on either side. */
export function sentence({ seq, kind, problem, field, recorded, replayed, strategy }: Difference): string {
  const who = strategy === undefined ? '' : ` (strategy ${strategy.name}, version ${strategy.version.slice(0, 12)})`;
  const where = field === undefined ? '' : `. Field ${field}`;
  const sides =
    recorded === undefined && replayed === undefined ? '' : `: recorded ${recorded ?? 'nothing'}, replayed ${replayed ?? 'nothing'}`;
  return `Entry ${seq}, ${kind ?? 'unknown'}${who}: ${problem}${where}${sides}`;
}

/** A count on stderr, four times a second at most, where somebody looks at it. */
function progressOn({ err }: Terminal): (seq: number) => void {
  let told = 0;
  return (seq) => {
    const now = performance.now();
    if (!err.isTTY || now - told < PROGRESS_MS) return;
    told = now;
    err.write(`\rtidemark: entry ${seq} …`);
  };
}

const PROGRESS_MS = 250;

/** A run is a backtest: it is made again whole, and its result compared. */
async function replayOfRun(id: string, { dataDir, deadline, json, ...others }: Options, terminal: Terminal): Promise<void> {
  const unfit = (['journal', 'from', 'to', 'strategy', 'ignoreWords'] as const).find((name) => others[name] !== undefined);
  if (unfit !== undefined) throw new UsageError(`--run makes a whole backtest again: --${unfit.replace('W', '-w')} does not go with it`);
  const { replayRun } = await import('./replay/replay-run.ts');
  const place = { dataDir, url: terminal.environment['DATABASE_URL'], deadlineMs: deadline * MS };
  const { difference, ...done } = await replayRun(id, place).catch(asBadInput);
  const shown = { ...done, equal: difference === undefined, difference: difference ?? null };
  const { strategy, bars, decisions, trades } = done;
  const what = `${id}: ${strategy.name} ${strategy.version.slice(0, 12)} over ${plural(bars, 'bar')}, ${plural(decisions, 'decision')}, ${plural(trades, 'trade')}`;
  const verdict = difference === undefined ? 'no difference: the result is the same in every figure' : 'DIFFERENT';
  terminal.out.write(json === true ? `${JSON.stringify(shown)}\n` : `${what}\n${verdict}\n`);
  if (difference === undefined) return;
  const { field, recorded, replayed } = difference;
  throw new Error(
    `Run ${id}: the backtest gives another result. Field ${field}: recorded ${recorded ?? 'nothing'}, replayed ${replayed ?? 'nothing'}`,
  );
}

async function replay(options: Options, terminal: Terminal): Promise<void> {
  if (options.run !== undefined) {
    await replayOfRun(options.run, options, terminal);
    return;
  }
  const session = await openRecorded(options, terminal.environment);
  try {
    const { replaySession } = await import('./replay/replay-session.ts');
    const done = await replaySession(session, {
      from: options.from,
      to: options.to,
      strategy: options.strategy,
      compareWords: options.ignoreWords !== true,
      deadlineMs: options.deadline * MS,
      onProgress: progressOn(terminal),
      onWarning: (message) => terminal.err.write(`tidemark: ${message}\n`),
    });
    if (terminal.err.isTTY) terminal.err.write('\r');
    const { difference, first, last, snapshot, ...counts } = done;
    const shown = {
      journal: session.journal,
      from: first,
      to: last,
      snapshot,
      equal: difference === undefined,
      ...counts,
      difference: difference ?? null,
    };
    terminal.out.write(options.json === true ? `${JSON.stringify(shown)}\n` : `${lines(done, session.journal).join('\n')}\n`);
    if (difference !== undefined) throw new Error(sentence(difference));
  } finally {
    await session.close();
  }
}

export function addReplay(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .description('Decide a recorded session again: every step of the engine and every decision of a strategy, by the version that traded')
    .option('--data-dir <folder>', 'where the journal lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--journal <file>', 'a backup: it holds the journal and the modules, and the server may run meanwhile')
    .option('--run <id>', 'instead of a session, a recorded backtest: made again by its version over the bars in the database')
    .option('--from <entry>', 'the first entry that is compared (default: the first of all)', parseSeq)
    .option('--to <entry>', 'the last entry that is compared (default: the last of all)', parseSeq)
    .option('--strategy <name>', 'make only the decisions of this strategy again, by its name or id; the engine is replayed whole')
    .option('--ignore-words', 'pass over words for people, which another version of the program may have written otherwise')
    .option('--deadline <seconds>', 'how long a module may take for one answer', parseSeconds, DEADLINE_S)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark replay
  tidemark replay --data-dir /var/lib/tidemark --from 120000 --json
  tidemark backup --out today.backup && tidemark replay --journal today.backup
  tidemark replay --strategy Crossing
  tidemark replay --run run-3f2a

Changes nothing. Stops at the first difference and names it: entry, kind, field, recorded against replayed, strategy and version. Exit code 0: no
difference. 1: a difference. 2: the journal is damaged, a module is missing, or the flags do not fit. Of a data folder the server must be stopped.`,
    )
    .action((options: Options) => replay(options, terminal));
}
