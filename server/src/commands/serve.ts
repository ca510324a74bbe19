import { join } from 'node:path';
import type { Command } from 'commander';
import { readAgentModel } from './settings/agent-model.ts';
import { readAlertSettings } from './settings/alert-rules.ts';
import { readListening } from './settings/listening.ts';
import { readOperations } from './settings/operations.ts';
import { readTracing } from './settings/tracing.ts';
import { keepCompiled } from './serve/compiled-modules.ts';
import { recordKeyOf, servedEndpoint } from './stored-keys.ts';
import { accountSettings } from './account-settings.ts';
import { untilStopped } from './signals.ts';
import { parsePort, parsePositive, parseTime, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';
import type { ServeApiOptions } from './serve/api.ts';
import type { Serving } from './serve/serve.ts';
import { RATE_DEFAULTS } from '../graphql/rate-limits.ts';
import { readArtifactSettings } from '../platform/artifacts/settings.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';

interface Options {
  readonly port: number;
  readonly host?: string;
  readonly dataDir: string;
  readonly anchorFile?: string;
  readonly roles: string;
  readonly exchange: string;
  readonly exchangeUrl?: string;
  readonly speed: number;
  readonly from?: Instant;
  readonly publicOrigin?: string;
  readonly sessionIdleHours: number;
  readonly sessionDays: number;
  readonly documents?: string;
  readonly operationsPerSecond: number;
  readonly costPerMinute: number;
}

const LEFT_BEHIND_MS = 500;
const ALL_ROLES = ['api', 'engine', 'worker'];

/** What this process does: one has the engine; others may serve the API of the same PostgreSQL, and others only work. */
function readRoles(text: string, databaseUrl: string | undefined): { readonly hasEngine: boolean; readonly works: boolean } {
  const roles = text.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !ALL_ROLES.includes(role));
  if (unknown !== undefined) throw new UsageError(`--roles knows ${ALL_ROLES.join(', ')}; "${unknown}" is none of them`);
  if (!roles.includes('api'))
    throw new UsageError('A process that serves has the role api: add it to --roles. A process that only works is "tidemark worker".');
  const hasEngine = roles.includes('engine');
  if (!hasEngine && databaseUrl === undefined)
    throw new UsageError(
      'Without the role engine this process follows an engine elsewhere, over a PostgreSQL that both see: set DATABASE_URL. The embedded database has one process, which has all roles.',
    );
  const works = roles.includes('worker');
  if (!works && databaseUrl === undefined)
    throw new UsageError(
      'Without the role worker nobody would run backtests: the embedded database has one process. Set DATABASE_URL, or add worker to --roles.',
    );
  return { hasEngine, works };
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

type Common = Omit<ServeApiOptions, 'databaseUrl'>;

async function runEngine(options: Options, terminal: Terminal, common: Common): Promise<Serving> {
  const { environment } = terminal;
  const endpoint = await servedEndpoint(options, environment);
  const { serve } = await import('./serve/serve.ts');
  return await serve({
    ...common,
    dataDir: options.dataDir,
    databaseUrl: environment['DATABASE_URL'],
    anchorFile: options.anchorFile ?? environment['TIDEMARK_ANCHOR_FILE'] ?? join(options.dataDir, 'anchors'),
    endpoint,
    tracing: readTracing(environment),
    speed: options.speed,
    from: options.from === undefined ? undefined : formatInstant(options.from).slice(0, 10),
  });
}

async function run(options: Options, terminal: Terminal, version: string): Promise<void> {
  const { environment } = terminal;
  const databaseUrl = environment['DATABASE_URL'];
  const { hasEngine, works } = readRoles(options.roles, databaseUrl);
  const common: Common = {
    port: options.port,
    listening: readListening(options.host, environment),
    accounts: accountSettings(options, environment),
    operations: readOperations(options, environment),
    artifacts: readArtifactSettings(environment, options.dataDir),
    alerts: await readAlertSettings(environment),
    recordKey: recordKeyOf(environment),
    agentModel: readAgentModel(environment),
    works,
    version,
    report: await reporter(environment),
    progress: (what) => terminal.err.write(`tidemark: ${what} …\n`),
  };
  const writeCompiled = keepCompiled(process.env);
  const stopped = untilStopped();
  const serving =
    hasEngine || databaseUrl === undefined
      ? await runEngine(options, terminal, common)
      : await (await import('./serve/api.ts')).serveApi({ ...common, databaseUrl });
  writeCompiled();
  terminal.out.write(`Tidemark is ready: ${serving.loginUrl}\n`);
  await stopped;
  terminal.err.write('tidemark: stopping …\n');
  await serving.close();
  // What did not close in time has been reported, and must not keep the process.
  setTimeout(() => process.exit(1), LEFT_BEHIND_MS).unref();
}

export function addServe(program: Command, terminal: Terminal, version: string): void {
  program
    .command('serve')
    .description('The server: API, dashboard, engine and, without keys, a simulated exchange that replays real bars')
    .option('--port <port>', 'where to listen on loopback; 0 takes any free port', parsePort, 4000)
    .option('--host <address>', 'where to listen instead of loopback; needs TLS')
    .option('--data-dir <folder>', 'journal, database and exchange live here', '.tidemark')
    .option(
      '--anchor-file <file>',
      'where the head of the journal is written down, best on another disk (default: TIDEMARK_ANCHOR_FILE, else "anchors" in the data folder)',
    )
    .option(
      '--roles <roles>',
      'what this process does: api,engine,worker; without engine it follows the one that has it',
      ALL_ROLES.join(','),
    )
    .option('--exchange <name>', 'simulated, alpaca-paper or alpaca-live', 'simulated')
    .option('--exchange-url <url>', 'a simulated exchange that runs elsewhere (see tidemark exchange)')
    .option('--speed <n>', 'of the simulated exchange: bars a minute of real time; 60 is one daily bar a second', parsePositive, 60)
    .option('--from <time>', 'of the simulated exchange: the first day that is played', parseTime)
    .option(
      '--public-origin <origin>',
      'how browsers reach this server through a proxy: https://tidemark.example (default: TIDEMARK_PUBLIC_ORIGIN)',
    )
    .option('--session-idle-hours <n>', 'a log-in ends after so long without use', parsePositive, 12)
    .option('--session-days <n>', 'a log-in ends after so long however much it is used', parsePositive, 7)
    .option(
      '--documents <which>',
      'any, or trusted: then people who are logged in ask for the operations of the dashboard alone, and keys for any (default: TIDEMARK_DOCUMENTS, else any)',
    )
    .option(
      '--operations-per-second <n>',
      'what each person and each key may ask of the API, half a minute of it at once',
      parsePositive,
      RATE_DEFAULTS.operationsPerSecond,
    )
    .option('--cost-per-minute <n>', 'and of how many fields, a minute of it at once', parsePositive, RATE_DEFAULTS.costPerMinute)
    .addHelpText(
      'after',
      `
Examples:
  tidemark serve
  tidemark serve --port 0 --data-dir /var/lib/tidemark --speed 600
  APCA_API_KEY_ID=… APCA_API_SECRET_KEY=… tidemark serve --exchange alpaca-paper
  TIDEMARK_MASTER_KEY=… DATABASE_URL=postgres://localhost/live tidemark serve --exchange alpaca-live
  DATABASE_URL=postgres://localhost/tidemark tidemark serve
  DATABASE_URL=postgres://localhost/tidemark tidemark serve --roles api --port 4001
  tidemark serve --public-origin https://tidemark.example

Prints one line with the URL that logs the owner in, once. Ctrl-C stops everything and loses nothing.`,
    )
    .action((options: Options) => run(options, terminal, version));
}
