import { Argument } from 'commander';
import type { Command } from 'commander';
import { openAsker } from './asking.ts';
import type { Asker } from './asking.ts';
import type { PlannedChange } from './config/change.ts';
import type { Hands, Outcome } from './config/carry-out.ts';
import { accessServer, KEY_VARIABLE, SERVER_DEFAULT } from './server-access.ts';
import type { ServerOptions } from './server-access.ts';
import type { DeskApi } from './desk-api.ts';
import { EndsWith, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface ExportOptions extends ServerOptions {
  readonly out: string;
}
interface ApplyOptions extends ServerOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly reason: string;
}

/** What a dry run ends with where the files and the server differ. */
const EXIT_DIFFERS = 3;
const EXIT_FAILED = 1;

const WORDS: Readonly<Record<Outcome['came'], string>> = {
  done: 'done',
  waits: 'waits',
  refused: 'REFUSED',
  'not-tried': 'not tried',
  unknown: 'NOT KNOWN',
};

const outcomeLine = ({ change: { file, subject, lines }, came, detail }: Outcome): string => {
  const what = lines.length === 1 ? `${subject}: ${lines[0] ?? ''}` : `${subject}: ${lines.length} lines`;
  return `${WORDS[came].padEnd(9)}  ${file}: ${what}${detail === '' ? '' : `: ${detail}`}\n`;
};

async function exportFiles({ out, ...access }: ExportOptions, terminal: Terminal): Promise<void> {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { readServer } = await import('./config/server-state.ts');
  const { configurationFiles } = await import('./config/write.ts');
  await withServer(access, terminal, async (api) => {
    const files = configurationFiles(await readServer(api));
    await mkdir(out, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const path = join(out, name);
      await writeFile(path, text);
      terminal.out.write(`${path}\n`);
    }
  });
}

async function withServer(options: ServerOptions, terminal: Terminal, work: (api: DeskApi, asker: Asker) => Promise<void>): Promise<void> {
  const asker = openAsker(terminal);
  try {
    const { api, close } = await accessServer(options, terminal, asker);
    try {
      await work(api, asker);
    } finally {
      await close();
    }
  } finally {
    asker.close();
  }
}

async function isAgreed(count: number, { yes }: ApplyOptions, asker: Asker): Promise<boolean> {
  if (yes === true) return true;
  if (!asker.isPerson) throw new UsageError('Nobody can be asked here whether to go on: look at it with --dry-run, then give --yes');
  return /^y(?:es)?$/i.test((await asker.line(`Make ${count === 1 ? 'this change' : `these ${count} changes`}? [y/N] `)).trim());
}

/** Makes the changes that nobody has been asked for yet, and says what came of each. */
async function makeChanges(changes: readonly PlannedChange[], hands: Omit<Hands, 'onOutcome'>, terminal: Terminal): Promise<void> {
  const { carryOut } = await import('./config/carry-out.ts');
  const outcomes = await carryOut(changes, { ...hands, onOutcome: (outcome) => void terminal.out.write(outcomeLine(outcome)) });
  const bad = outcomes.filter(({ came }) => came !== 'done' && came !== 'waits');
  if (bad.length > 0) {
    terminal.err.write(`tidemark: ${bad.length} of ${outcomes.length} changes were not made; the same files again go on from here\n`);
    throw new EndsWith(EXIT_FAILED);
  }
}

async function applyFiles(places: readonly string[], options: ApplyOptions, terminal: Terminal): Promise<void> {
  const { readConfiguration } = await import('./config/files.ts');
  const { readServer } = await import('./config/server-state.ts');
  const { describeChanges, planOf } = await import('./config/plan.ts');
  const { REASON_LENGTH } = await import('../graphql/reason.ts');
  const { SettingsFileError } = await import('./settings/yaml-file.ts');
  const { environment } = terminal;
  const { length } = options.reason.trim();
  if (length < REASON_LENGTH.min || length > REASON_LENGTH.max)
    throw new UsageError(`--reason has ${REASON_LENGTH.min} to ${REASON_LENGTH.max} characters: it stays in the journal`);
  const files = await readConfiguration(places);
  await withServer(options, terminal, async (api, asker) => {
    const state = await readServer(api);
    const { problems, changes } = await planOf(files, state, api, environment);
    if (problems.length > 0) throw new SettingsFileError(problems.join('\n'));
    if (changes.length === 0) {
      terminal.out.write('Nothing to change: the server has what the files say.\n');
      return;
    }
    terminal.out.write(describeChanges(changes));
    if (options.dryRun === true) throw new EndsWith(EXIT_DIFFERS);
    const open = changes.filter(({ waits }) => waits === undefined);
    if (open.length === 0) terminal.out.write('Nothing to send: all of it is asked for already, and waits.\n');
    else if (await isAgreed(open.length, options, asker))
      await makeChanges(open, { api, state, reason: options.reason, environment }, terminal);
    else terminal.out.write('Nothing was changed.\n');
  });
}

const access = (command: Command): Command =>
  command
    .option('--server <url>', 'the running server', SERVER_DEFAULT)
    .option(
      '--as <name>',
      `log in as this person, whose password is asked for or is the first line of stdin; else the key of ${KEY_VARIABLE}`,
    );

/** What a server is set to, as files. */
export function addExport(program: Command, terminal: Terminal): void {
  access(
    program
      .command('export')
      .description('Strategies, limits, alert rules and roles of a running server as YAML files, which apply takes back')
      .option('--out <folder>', 'where strategies.yaml, limits.yaml, alerts.yaml and users.yaml are written', 'config'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ${KEY_VARIABLE}=tmk_… tidemark export --out config
  tidemark export --as Ann --server https://desk.example.com

The files hold no password, no key and no address of a webhook. The same settings give the same bytes: keep them under version control.`,
    )
    .action((options: ExportOptions) => exportFiles(options, terminal));
}

/** Files that say what a server shall be set to. */
export function addApply(program: Command, terminal: Terminal): void {
  access(
    program
      .command('apply')
      .description('Make a running server what YAML files say: shows what would change, asks, and goes by the same rules as the dashboard')
      .addArgument(new Argument('<place...>', 'folders or files; strategies.yaml, limits.yaml, alerts.yaml and users.yaml count'))
      .option('--dry-run', 'only show what would change')
      .option('--yes', 'do not ask')
      .option('--reason <text>', 'stands in the journal beside each change', 'applied from files'),
  )
    .addHelpText(
      'after',
      `
Examples:
  ${KEY_VARIABLE}=tmk_… tidemark apply config --dry-run
  tidemark apply config --as Ann
  ${KEY_VARIABLE}=tmk_… tidemark apply config/limits.yaml --yes --reason "quieter week"

Everything is read and checked first; where anything is wrong nothing is changed, and all of it is named. What lets more risk through is proposed, and
waits for a second person. Exit code 0: done, or nothing to change. 1: something is wrong or was refused. With --dry-run, ${EXIT_DIFFERS}: something would change.`,
    )
    .action((places: readonly string[], options: ApplyOptions) => applyFiles(places, options, terminal));
}
