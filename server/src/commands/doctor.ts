import type { Command } from 'commander';
import type { Finding } from './doctor/finding.ts';
import { parsePort } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly dataDir: string;
  readonly port: number;
  readonly json?: boolean;
}

async function examine({ dataDir, port }: Options, environment: NodeJS.ProcessEnv, version: string): Promise<readonly Finding[]> {
  const { checkAlertChannels, checkComputeCore, checkDashboard, checkKeys, checkMasterKey, checkNode, checkPort } =
    await import('./doctor/program.ts');
  const { checkDatabase, checkDataDir, holderOf } = await import('./doctor/storage.ts');
  const { well } = await import('./doctor/finding.ts');
  const holder = await holderOf(dataDir);
  return [
    well('Tidemark', version),
    checkNode(process.versions.node),
    await checkComputeCore(),
    checkDashboard(),
    ...(await checkDataDir(dataDir, holder)),
    await checkDatabase({ url: environment['DATABASE_URL'], dataDir, holder }),
    await checkPort(port, holder),
    checkKeys(environment),
    checkMasterKey(environment),
    await checkAlertChannels(environment),
  ];
}

function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ part }) => part.length));
  const lines = findings.flatMap(({ part, ok, detail, mend }) => {
    const line = `${ok ? 'ok     ' : 'PROBLEM'}  ${part.padEnd(width)}  ${detail}`;
    return mend === undefined ? [line] : [line, `${' '.repeat(width + 11)}→ ${mend}`];
  });
  return `${lines.join('\n')}\n`;
}

/** Something is wrong, and the lines on stdout say what. */
export class Unwell extends Error {
  override readonly name = 'Unwell';
}

async function doctor(options: Options, terminal: Terminal, version: string): Promise<void> {
  const findings = await examine(options, terminal.environment, version);
  const problems = findings.filter(({ ok }) => !ok).map(({ part }) => part);
  terminal.out.write(options.json === true ? `${JSON.stringify({ ok: problems.length === 0, findings })}\n` : table(findings));
  if (problems.length > 0) throw new Unwell(`Something is wrong with: ${problems.join(', ')}`);
}

export function addDoctor(program: Command, terminal: Terminal, version: string): void {
  program
    .command('doctor')
    .description('Look at versions, builds, data directory, database, port and keys: what is wrong and how to mend it')
    .option('--data-dir <folder>', 'journal and embedded database live here; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--port <port>', 'where the server would listen on loopback', parsePort, 4000)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark doctor
  tidemark doctor --data-dir /var/lib/tidemark --port 4100 --json

Changes nothing. Keys are looked for, never printed. Exit code 1: something is wrong.`,
    )
    .action((options: Options) => doctor(options, terminal, version));
}
