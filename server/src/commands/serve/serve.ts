import type { KeyObject } from 'node:crypto';
import type { Transaction } from 'kysely';
import { availableParallelism } from 'node:os';
import { openIndicators } from '@tidemark/compute';
import type { ChannelSettings } from '../../alerts/channel-settings.ts';
import type { AlertChannel } from '../../alerts/channel.ts';
import { startDispatch } from '../../alerts/dispatch-service.ts';
import type { Dispatch } from '../../alerts/dispatch-service.ts';
import { NO_RULES } from '../../alerts/rules.ts';
import type { Person } from '../../accounts/credential-service.ts';
import { createLoginToken, ensureOwner } from '../../accounts/service.ts';
import { openingProblem } from '../../engine/opening-record.ts';
import { openSession } from '../../engine/session.ts';
import type { Session } from '../../engine/session.ts';
import type { OpenDoor } from '../../agents/runner/offered-tool.ts';
import { modelInWords } from '../../agents/runner/model-settings.ts';
import type { ModelSettings } from '../../agents/runner/model-settings.ts';
import { openCapabilities } from '../../graphql/capabilities/open.ts';
import type { OpenCapabilities } from '../../graphql/capabilities/open.ts';
import { listInstruments } from '../../instruments/service.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { encode } from '../../journal/codec.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import { openJournal } from '../../journal/open.ts';
import { startAnchors } from '../../journal/anchor-writer.ts';
import { checkNewestAnchor } from '../../journal/anchors.ts';
import { projectEntries, startProjector } from '../../journal/projector.ts';
import { alpacaProvider } from '../../market-data/providers/alpaca.ts';
import type { AlpacaEndpoint } from '../../market-data/providers/alpaca-client.ts';
import { MACHINE_TIMERS } from '../../market-data/providers/timers.ts';
import { importSampleData } from '../../market-data/service.ts';
import { money } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { alpacaOptions } from '../../options/providers/alpaca.ts';
import { openOptionMath } from '../../options/service.ts';
import { alpacaBroker } from '../../orders/brokers/alpaca/alpaca-broker.ts';
import type { ArtifactSettings } from '../../platform/artifacts/settings.ts';
import { serveBackups } from '../../platform/backup/backup-socket.ts';
import { openDataDir } from '../../platform/data-dir.ts';
import { openDatabase } from '../../platform/database.ts';
import type { Database, OpenedDatabase } from '../../platform/database.ts';
import { createServer } from '../../platform/http.ts';
import { openJobQueue } from '../../platform/job-queue.ts';
import { hearEndedProofs } from '../../platform/instances/ended-proofs.ts';
import { tellStatus } from '../../platform/instances/engine-status.ts';
import { instanceName } from '../../platform/instances/instance-name.ts';
import { finishAsked, serveRequests } from '../../platform/instances/request-server.ts';
import { migrate } from '../../platform/migrate.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import { startTraces } from '../../traces/service.ts';
import type { TracingSettings } from '../settings/tracing.ts';
import { createFirstAgent, startAgents } from './agents.ts';
import { channelsOf, startAlertingWatch } from './alert-channels.ts';
import { untilClosed } from './closers.ts';
import type { Closers } from './closers.ts';
import { createFirstStrategies } from './demo.ts';
import { linkOrigin, listeningOf } from './listening.ts';
import type { ListeningOptions } from './listening.ts';
import { openMarketFeed } from './market-feed.ts';
import { startOptionFeed } from './option-feed.ts';
import { openRecordedPast } from './recorded-past.ts';
import { startPredictions } from './predictions.ts';
import { startSimulatedExchange } from './simulated-exchange.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';
import { runnersOf, warmUpHistory } from './strategy-modules.ts';

export interface ServeOptions extends ListeningOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Where reports are kept; without it each is drawn anew. */
  readonly artifacts?: ArtifactSettings | undefined;
  /** PostgreSQL instead of the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Where the journal's head is written down, apart from it. */
  readonly anchorFile: string;
  /** Keys and place of a broker; the simulated exchange of our own where absent. */
  readonly endpoint: AlpacaEndpoint | undefined;
  /** Signs what strategies have shown on paper, and reads what another server has signed. */
  readonly recordKey?: KeyObject | undefined;
  /** Where alerts go beside the dashboard. */
  readonly alerts?: ChannelSettings | undefined;
  /** Where traces of orders go; nowhere where absent. */
  readonly tracing?: TracingSettings | undefined;
  /** Of our own simulated exchange: bars a minute, and the first date played. */
  readonly speed: number;
  readonly from: string | undefined;
  /** The model that agents ask; none where none is set up. */
  readonly agentModel?: ModelSettings | undefined;
  /** Whether this process takes jobs; workers elsewhere do otherwise. */
  readonly works: boolean;
  readonly version: string;
  readonly report: (what: string, error: unknown) => void;
  readonly progress: (what: string) => void;
}

export interface Serving {
  readonly url: string;
  /** Logs the owner in, once. */
  readonly loginUrl: string;
  close(): Promise<void>;
}

/** Whoever has asked the process to end waits ten seconds before killing it; a little of that is the program's own end. */
const wallClock = (): Instant => instantFromMs(Date.now());

/** What commits with the journal's entries. */
async function writeTogether(trx: Transaction<Database>, entries: readonly JournalEntry[]): Promise<void> {
  await projectEntries(trx, entries);
  await finishAsked(trx, entries);
}

async function openRecords(
  options: ServeOptions,
  journalDir: string,
  closers: Closers,
): Promise<{ database: OpenedDatabase; journal: Journal }> {
  const { databaseUrl: url, dataDir, report } = options;
  const database = await openDatabase(url === undefined ? { dataDir } : { url });
  closers.add('the database', database.close);
  await migrate(database.db);
  const onWarning = (message: string): void => report('the journal', new Error(message));
  const journal =
    url === undefined
      ? await openJournal({ kind: 'embedded', dir: journalDir, onWarning })
      : await openJournal({ kind: 'postgres', db: database.db, url, onWarning, withTransaction: writeTogether });
  closers.add('the journal', () => journal.close());
  await checkNewestAnchor(options.anchorFile, journal);
  closers.add('the anchors', startAnchors({ path: options.anchorFile, journal, report }));
  return { database, journal };
}

/** The engine hears of every instrument it does not know, or knows otherwise. */
async function listAll(session: Session, database: OpenedDatabase): Promise<readonly string[]> {
  const instruments = await listInstruments(database.db);
  for (const instrument of instruments) {
    const known = session.state().instruments.get(instrument.symbol);
    if (known !== undefined && encode(known) === encode(instrument)) continue;
    await session.command({ kind: 'InstrumentListed', at: session.state().now, instrument });
  }
  return instruments.map(({ symbol }) => symbol);
}

async function openEngine(
  options: ServeOptions,
  endpoint: AlpacaEndpoint,
  records: { database: OpenedDatabase; journal: Journal },
  journalDir: string,
  closers: Closers,
) {
  const broker = alpacaBroker({ endpoint });
  const provider = alpacaProvider({ endpoint, feed: 'iex' });
  const sessionNow = (): Instant => session.state().now;
  const engine = {
    engine: {
      mode: endpoint.mode,
      accountId: endpoint.account ?? endpoint.keyId,
      feeRateEstimate: money('0'),
      collarMarketOrders: true,
      initialTradingState: 'ACTIVE' as const,
    },
    limits: DEFAULT_LIMITS,
  };
  const { databaseUrl: url, report } = options;
  const place = url === undefined ? { kind: 'files' as const, dir: journalDir } : { kind: 'postgres' as const, url };
  const recorded = await openRecordedPast({ ...records, place, engine, report }, closers);
  const session: Session = await openSession({
    ...engine,
    snapshot: recorded.snapshot,
    journal: records.journal,
    broker,
    openRunner: runnersOf(records.database.db),
    history: warmUpHistory(records.database.db, provider, sessionNow),
    canonical: encode,
    report,
  });
  closers.add('the engine', session.close);
  await recorded.startSnapshots();
  return { session, provider, broker, past: recorded.past };
}

/** Both, opened side by side. Where one fails, the other has come to its end before that is told, so that it can be closed. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

async function startOwnExchange(options: ServeOptions, closers: Closers): Promise<SimulatedExchange | undefined> {
  if (options.endpoint !== undefined) return undefined;
  const exchange = await startSimulatedExchange(options.dataDir, options.from, (message) =>
    options.report('the exchange', new Error(message)),
  );
  closers.add('the exchange', () => exchange.close());
  return exchange;
}

/** Alerts begin to go out before the engine can raise any. */
async function startAlerts(
  { alerts, report }: ServeOptions,
  mode: AlpacaEndpoint['mode'],
  { database: { db }, journal }: { database: OpenedDatabase; journal: Journal },
  closers: Closers,
): Promise<{ readonly channels: readonly AlertChannel[]; readonly dispatch: Dispatch }> {
  const channels = channelsOf(alerts);
  const { least = 'warning', rules = NO_RULES } = alerts ?? {};
  const dispatch = await startDispatch({ db, journal, channels, least, rules, mode, timers: MACHINE_TIMERS, report });
  closers.add('alert channels', () => dispatch.close());
  return { channels, dispatch };
}

interface FeedParts {
  readonly database: OpenedDatabase;
  readonly provider: ReturnType<typeof alpacaProvider>;
  readonly session: Session;
  readonly optionSource: { readonly provider: ReturnType<typeof alpacaOptions>; readonly math: Awaited<ReturnType<typeof openOptionMath>> };
  readonly report: ServeOptions['report'];
}

/** Prices come, the session begins, and options are quoted. */
async function startFeeds({ database, provider, session, optionSource, report }: FeedParts, closers: Closers): Promise<void> {
  const symbols = await listAll(session, database);
  const feed = await openMarketFeed({
    db: database.db,
    provider,
    session,
    symbols,
    timeframe: '1Day',
    now: () => session.state().now,
    timers: MACHINE_TIMERS,
    report,
  });
  closers.add('the market feed', () => feed.close());
  await session.start();
  const optionFeed = startOptionFeed({ db: database.db, source: optionSource, session, timers: MACHINE_TIMERS, report });
  closers.add('the option feed', () => optionFeed.close());
}

/** A database that does not answer just now is told; whatever is asked of the queue later tries it again. */
function startWork(
  { works, report }: ServeOptions,
  queue: JobQueue,
  { jobs, resume }: OpenCapabilities['research'],
  closers: Closers,
): void {
  const begin = async (): Promise<void> => {
    if (works) await queue.work(jobs, availableParallelism());
    await resume();
  };
  const begun = begin().catch((error: unknown) =>
    report('backtests, sweeps and walk-forwards are not worked on until the next start', error),
  );
  closers.add('the job queue', async () => {
    await begun;
    await queue.close();
  });
}

interface Met {
  readonly database: OpenedDatabase;
  readonly session: Session;
  readonly instance: string;
  readonly opened: OpenCapabilities;
}

/** Other instances over the same PostgreSQL hear that the engine lives and give it commands, and this one hears what they end. */
async function meetInstances({ databaseUrl: url, version, report }: ServeOptions, met: Met, closers: Closers): Promise<void> {
  if (url === undefined) return;
  const { database, session, instance, opened } = met;
  closers.add('what other instances hear of the engine', await tellStatus({ db: database.db, session, instance, version, report }));
  closers.add('commands of other instances', await serveRequests({ db: database.db, url, session, report }));
  closers.add('what other instances end', await hearEndedProofs({ db: database.db, url, ...opened.elsewhere, report }));
}

interface AgentsOf {
  readonly database: OpenedDatabase;
  readonly opened: OpenCapabilities;
  readonly openDoor: OpenDoor;
  readonly owner: Person;
  readonly mode: AlpacaEndpoint['mode'];
}

/** Agents run in the process that has the engine, and in no other. */
async function runAgents(
  { agentModel: model, report }: ServeOptions,
  { database: { db }, opened, openDoor, owner, mode }: AgentsOf,
  closers: Closers,
): Promise<void> {
  if (mode === 'simulated') await createFirstAgent(opened.capabilities, owner);
  const agents = await startAgents({ db, openDoor, model, now: wallClock, report });
  closers.add('agents', () => agents.close());
}

async function open(options: ServeOptions, closers: Closers): Promise<Omit<Serving, 'close'>> {
  const { report, progress } = options;
  const folders = await openDataDir(options.dataDir);
  progress('opening the records');
  const [exchange, records] = await together(startOwnExchange(options, closers), openRecords(options, folders.journalDir, closers));
  const endpoint = options.endpoint ?? exchange?.endpoint;
  if (endpoint === undefined) throw new Error('Invariant: there is a broker to speak to');
  const { database, journal } = records;
  const foreign = openingProblem((await journal.read(0, 1))[0], endpoint.mode);
  if (foreign !== undefined) throw new Error(foreign);
  const projector = await startProjector({
    db: database.db,
    journal,
    withJournal: database.kind === 'postgres',
    onError: (error) => report('the projections', error),
  });
  closers.add('the projections', () => projector.close());
  if (endpoint.mode === 'simulated') await importSampleData(database.db);
  const { channels, dispatch } = await startAlerts(options, endpoint.mode, records, closers);
  closers.add('backups', await serveBackups(options.dataDir, { db: database.db, journal, now: () => new Date() }, report));

  if (options.tracing !== undefined)
    closers.add('traces', await startTraces(journal, { ...options.tracing, version: options.version, report }));

  progress('starting the engine');
  const { session, provider, broker, past } = await openEngine(options, endpoint, records, folders.journalDir, closers);
  const optionSource = { provider: alpacaOptions({ endpoint, feed: 'indicative' }), math: await openOptionMath() };
  const queue = openJobQueue({ database, report });
  const instance = instanceName();
  const opened = await openCapabilities({
    database,
    queue,
    journal,
    projector,
    session,
    instance,
    indicators: await openIndicators(),
    options: optionSource,
    past,
    promotions: { recordKey: options.recordKey, past, openRunner: runnersOf(database.db) },
    alertChannels: channels,
    alertRules: options.alerts?.file,
    artifacts: options.artifacts,
    accounts: options.accounts,
    agentModel: modelInWords(options.agentModel),
    version: options.version,
    now: wallClock,
    report,
  });
  closers.add('the API', () => opened.close());
  await session.command({ kind: 'ClockTicked', at: (await broker.clock()).now });
  if (!session.state().secondPerson) await session.command({ kind: 'SecondPersonRequired', at: session.state().now });
  await startFeeds({ database, provider, session, optionSource, report }, closers);
  if (endpoint.mode === 'simulated') await createFirstStrategies(session, opened.capabilities.strategies);

  const server = await createServer({ ...opened, ...listeningOf(options), port: options.port, report });
  closers.add('the server', () => server.close());
  await meetInstances(options, { database, session, instance, opened }, closers);
  const watched = { db: database.db, journal, session, dispatch, channels, version: options.version, report };
  closers.add('the watch over alerts', startAlertingWatch(options.alerts?.heartbeat, watched));
  closers.add('predictions', startPredictions({ db: database.db, journal, past, session, report }));
  // It trades before it works.
  startWork(options, queue, opened.research, closers);
  exchange?.setSpeed(options.speed);
  const owner = await ensureOwner(database.db, wallClock());
  await opened.capabilities.people.record('found at a start');
  await runAgents(options, { database, opened, openDoor: server.openDoor, owner, mode: endpoint.mode }, closers);
  const token = await createLoginToken(database.db, owner, wallClock());
  return { url: server.url, loginUrl: `${linkOrigin(server.url, options.listening)}/login?token=${token}` };
}

/** Starts everything, in the order in which each part needs the ones before; what was opened is closed again when a later part fails. */
export const serve = (options: ServeOptions): Promise<Serving> => untilClosed(options.report, (closers) => open(options, closers));
