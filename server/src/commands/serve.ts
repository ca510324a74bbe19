import { join } from 'node:path';
import type { Command } from 'commander';
import { channelSettings } from '../alerts/channel-settings.ts';
import { keepCompiled } from './serve/compiled-modules.ts';
import { recordKeyOf, servedEndpoint } from './stored-keys.ts';
import { untilStopped } from './signals.ts';
import { parsePort, parsePositive, parseTime, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';
import { readArtifactSettings } from '../platform/artifacts/settings.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

interface Options {
  readonly port: number;
  readonly dataDir: string;
  readonly anchorFile?: string;
  readonly roles: string;
  readonly exchange: string;
  readonly exchangeUrl?: string;
  readonly speed: number;
  readonly from?: Instant;
}

const ALL_ROLES = ['api', 'engine', 'worker'];

/** API and engine are one process; work on backtests can be left to `tidemark worker`, where both see one PostgreSQL. */
function readRoles(text: string, databaseUrl: string | undefined): { readonly works: boolean } {
  const roles = text.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !ALL_ROLES.includes(role));
  if (unknown !== undefined) throw new UsageError(`--roles knows ${ALL_ROLES.join(', ')}; "${unknown}" is none of them`);
  const missing = ['api', 'engine'].filter((role) => !roles.includes(role));
  if (missing.length > 0)
    throw new UsageError(
      `This process runs API and engine together: add ${missing.join(', ')} to --roles. A process that only works is "tidemark worker".`,
    );
  const works = roles.includes('worker');
  if (!works && databaseUrl === undefined)
    throw new UsageError(
      'Without the role worker nobody would run backtests: the embedded database has one process. Set DATABASE_URL, or add worker to --roles.',
    );
  return { works };
}

async function reporter(environment: NodeJS.ProcessEnv): Promise<(what: string, error: unknown) => void> {
  const { default: pino } = await import('pino');
  const logger = pino(
    { level: environment['TIDEMARK_LOG_LEVEL'] ?? 'warn', redact: ['*.secret', '*.token', '*.authorization', 'error.config'] },
    pino.destination({ dest: 2, sync: true }),
  );
  return (what, error) =>
    logger.warn({ error: error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error) }, what);
}

export function addServe(program: Command, terminal: Terminal, version: string): void {
  program
    .command('serve')
    .description('The server: API, dashboard, engine and, without keys, a simulated exchange that replays real bars')
    .option('--port <port>', 'where to listen on loopback; 0 takes any free port', parsePort, 4000)
    .option('--data-dir <folder>', 'journal, database and exchange live here', '.tidemark')
    .option(
      '--anchor-file <file>',
      'where the head of the journal is written down, best on another disk (default: TIDEMARK_ANCHOR_FILE, else "anchors" in the data folder)',
    )
    .option('--roles <roles>', 'api,engine,worker', ALL_ROLES.join(','))
    .option('--exchange <name>', 'simulated, alpaca-paper or alpaca-live', 'simulated')
    .option('--exchange-url <url>', 'a simulated exchange that runs elsewhere (see tidemark exchange)')
    .option('--speed <n>', 'of the simulated exchange: bars a minute of real time; 60 is one daily bar a second', parsePositive, 60)
    .option('--from <time>', 'of the simulated exchange: the first day that is played', parseTime)
    .addHelpText(
      'after',
      `
Examples:
  tidemark serve
  tidemark serve --port 0 --data-dir /var/lib/tidemark --speed 600
  APCA_API_KEY_ID=… APCA_API_SECRET_KEY=… tidemark serve --exchange alpaca-paper
  TIDEMARK_MASTER_KEY=… DATABASE_URL=postgres://localhost/live tidemark serve --exchange alpaca-live
  DATABASE_URL=postgres://localhost/tidemark tidemark serve

Prints one line with the URL that logs the owner in, once. Ctrl-C stops everything and loses nothing.`,
    )
    .action(async (options: Options) => {
      const { works } = readRoles(options.roles, terminal.environment['DATABASE_URL']);
      const endpoint = await servedEndpoint(options, terminal.environment);
      const writeCompiled = keepCompiled(process.env);
      const { serve } = await import('./serve/serve.ts');
      const stopped = untilStopped();
      const serving = await serve({
        port: options.port,
        dataDir: options.dataDir,
        databaseUrl: terminal.environment['DATABASE_URL'],
        anchorFile: options.anchorFile ?? terminal.environment['TIDEMARK_ANCHOR_FILE'] ?? join(options.dataDir, 'anchors'),
        endpoint,
        artifacts: readArtifactSettings(terminal.environment, options.dataDir),
        alerts: channelSettings(terminal.environment),
        recordKey: recordKeyOf(terminal.environment),
        speed: options.speed,
        from: options.from === undefined ? undefined : formatInstant(options.from).slice(0, 10),
        works,
        version,
        report: await reporter(terminal.environment),
        progress: (what) => terminal.err.write(`tidemark: ${what} …\n`),
      });
      writeCompiled();
      terminal.out.write(`Tidemark is ready: ${serving.loginUrl}\n`);
      await stopped;
      terminal.err.write('tidemark: stopping …\n');
      await serving.close();
    });
}
