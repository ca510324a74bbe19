import type { KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openIndicators, openStrategyWorker } from '@tidemark/compute';
import { createLoginToken, ensureOwner } from '../../accounts/service.ts';
import { SCOPES } from '../../approvals/keys.ts';
import { firstState } from '../../engine/opening-record.ts';
import type { SessionOptions } from '../../engine/session.ts';
import { ALDER, ENGINE, openWorld, quiet } from '../../engine/test/session-world.ts';
import type { World } from '../../engine/test/session-world.ts';
import { saveInstruments } from '../../instruments/service.ts';
import { startProjector } from '../../journal/projector.ts';
import type { Projector } from '../../journal/projector.ts';
import { importCsv } from '../../market-data/service.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { createServer } from '../../platform/http.ts';
import { openJobQueue } from '../../platform/job-queue.ts';
import type { RunningServer, ServerOptions } from '../../platform/http.ts';
import { openPast } from '../../platform/past/past.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { versionByHash } from '../../strategies/service.ts';
import { openCapabilities } from '../capabilities/open.ts';
import type { OpenCapabilities } from '../capabilities/open.ts';
import type { OptionSource } from '../capabilities/option-quotes.ts';

/** A whole server over a real engine, journal and database, and how to talk to it. */
export interface ApiWorld {
  readonly world: World;
  readonly database: TestDatabase;
  readonly projector: Projector;
  readonly opened: OpenCapabilities;
  readonly server: RunningServer;
  readonly apiKey: string;
  readonly failures: string[];
  loginToken(): Promise<string>;
  post(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[] | undefined;
}

/** What the build of the dashboard writes. */
export const DOCUMENT_MANIFEST = fileURLToPath(new URL('../../../../schema/generated/trusted-documents.json', import.meta.url));

const now = (): Instant => instantFromMs(Date.now());
const BARS = 400;

/** A saw-tooth of daily bars, so that averages cross. */
function barsCsv(): string {
  const lines = ['timestamp,open,high,low,close,volume'];
  const first = Date.parse('2022-06-01T00:00:00Z');
  for (let row = 0; row < BARS; row += 1) {
    const close = 100 + 20 * Math.sin(row / 15);
    const cents = (value: number): string => value.toFixed(2);
    lines.push(
      `${new Date(first + row * 86_400_000).toISOString()},${cents(close)},${cents(close + 1)},${cents(close - 1)},${cents(close)},100000`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const RUNNER_DEADLINE_MS = 2_000;

const runnerFrom =
  (database: TestDatabase): SessionOptions['openRunner'] =>
  async (config) => {
    const version = await versionByHash(database.db, config.version);
    if (version === undefined) throw new Error(`no module of version ${config.version}`);
    return openStrategyWorker(version.module, { parameters: config.parameters, symbols: config.symbols, deadlineMs: RUNNER_DEADLINE_MS });
  };

async function openEngine(database: TestDatabase, change: Partial<SessionOptions>): Promise<World> {
  const world = await openWorld({
    openRunner: runnerFrom(database),
    ...change,
  });
  await world.session.command({ kind: 'InstrumentListed', at: world.session.state().now, instrument: ALDER });
  return world;
}

export async function openApiWorld(
  openDatabase: () => Promise<TestDatabase>,
  change: Partial<SessionOptions> = {},
  options?: OptionSource,
  recordKey?: KeyObject,
  operations?: ServerOptions['operations'],
): Promise<ApiWorld> {
  const database = await openDatabase();
  const world = await openEngine(database, change);
  const csv = join(world.dir, 'aldr.csv');
  await writeFile(csv, barsCsv());
  await saveInstruments(database.db, [ALDER]);
  await importCsv(database.db, { path: csv, timeframe: '1Day', symbol: 'ALDR', adjustment: 'raw', onBad: 'fail' });
  const failures: string[] = [];
  const report = (what: string, error: unknown): void => void failures.push(`${what}: ${String(error)}`);
  const projector = await startProjector({
    db: database.db,
    journal: world.journal,
    withJournal: false,
    onError: (error) => report('projector', error),
  });
  const indicators = await openIndicators();
  const [first] = await world.journal.read(0, 1);
  const initial = firstState(first, { engine: change.engine ?? ENGINE, limits: change.limits ?? UNLIMITED });
  const past = openPast({ place: { kind: 'files', dir: world.dir }, initial, onWarning: (message) => report('the past', message) });
  const queue = openJobQueue({ database, report });
  let working: Promise<void> | undefined;
  // Most tests run no backtest: the worker comes with the first.
  const readyToWork = async (): Promise<void> => await (working ??= queue.work(opened.research.jobs, 1));
  const opened = await openCapabilities({
    database,
    queue: { ...queue, ready: readyToWork },
    journal: world.journal,
    projector,
    session: world.session,
    indicators,
    options,
    past,
    promotions: { recordKey, past, openRunner: runnerFrom(database) },
    agentModel: 'test-model',
    version: 'test',
    now,
    report,
  });
  const owner = await ensureOwner(database.db, now());
  const { secret: apiKey } = await opened.capabilities.keys.create({ ...owner, personId: owner.id }, 'test program', 'admin', {
    kind: 'service',
    scopes: SCOPES,
    days: 1,
  });
  const webBuild = join(world.dir, 'web');
  const server = await createServer({
    capabilities: opened.capabilities,
    accounts: opened.accounts,
    reports: opened.reports,
    webBuild,
    docsBuild: join(world.dir, 'docs'),
    documentManifest: DOCUMENT_MANIFEST,
    operations,
    port: 0,
    report,
  });
  const post: ApiWorld['post'] = async (query, variables, headers) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}`, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Omit<GraphqlAnswer, 'status'>;
    return { status: response.status, data: body.data, errors: body.errors };
  };
  return {
    world,
    database,
    projector,
    opened,
    server,
    apiKey,
    failures,
    loginToken: () => createLoginToken(database.db, owner, now()),
    post,
    close: async () => {
      await server.close();
      await queue.close();
      await opened.close();
      await past.close();
      await projector.close();
      await world.close();
      await database.close();
    },
  };
}

/** Until a backtest has ended, in whichever way. */
export async function waitForRun(api: ApiWorld, id: string): Promise<void> {
  const { runs } = api.opened.capabilities;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    const run = await runs.byId(id);
    if (run !== undefined && run.state !== 'queued' && run.state !== 'running') resolve();
  };
  const stop = runs.onChange(id, () => void look());
  await look();
  await promise;
  stop();
}

export { quiet };
