import { NO_RULES_FILE } from '../../alerts/channel-settings.ts';
import type { RulesFile } from '../../alerts/channel-settings.ts';
import type { RunResults } from '../../backtests/graphql.ts';
import { doneRunsOf, resultTextOfRun, runById, selectionOfRun } from '../../backtests/service.ts';
import { checkStretch } from '../../journal/chain-check.ts';
import type { JournalReads } from '../../journal/graphql.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Projector } from '../../journal/projector.ts';
import { entryBySeq, listEntries } from '../../journal/service.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import type { Instant } from '../../money/instant.ts';
import { newestBackup } from '../../platform/backup/kept-backups.ts';
import type { OpenedDatabase } from '../../platform/database.ts';
import type { Reports } from '../../platform/http/routes.ts';
import type { ArtifactSettings } from '../../platform/artifacts/settings.ts';
import { openDrawing } from '../../platform/drawing/drawing.ts';
import type { Drawing } from '../../platform/drawing/drawing.ts';
import type { EngineView } from '../../platform/instances/following-session.ts';
import { instanceName } from '../../platform/instances/instance-name.ts';
import type { Past } from '../../platform/past/past.ts';
import { listPeople } from '../../accounts/people-service.ts';
import { openAccounts } from './accounts.ts';
import type { AccountSettings, EndedElsewhere } from './accounts.ts';
import { openAgents } from './agents.ts';
import { agentsOf } from './own-agents.ts';
import { openPeopleRecord } from './people-record.ts';
import { healthOf } from './health.ts';
import type { EngineElsewhere, HealthSources } from './health.ts';
import type { HealthReads } from '../../platform/graphql.ts';
import { openLatestPoint } from './latest-point.ts';
import { marketDataOf } from './market-data.ts';
import type { IndicatorModule } from './market-data.ts';
import { openModels } from './models.ts';
import { watchProposals } from './proposal-expiry.ts';
import { promotionsOf } from './promotions.ts';
import type { PromotionParts } from './promotions.ts';
import { optionsOf } from './options.ts';
import type { OptionSource } from './option-quotes.ts';
import { bandsOf } from './live-bands.ts';
import type { BandParts } from './live-bands.ts';
import { parityOf } from './parity.ts';
import { pastOf } from './past.ts';
import { recordsOf } from './records.ts';
import { filesOfModel } from '../../models/service.ts';
import { openResearch } from './research.ts';
import type { Research } from './research.ts';
import type { KnownChannel } from './records.ts';
import { runResultsOf } from './run-results.ts';
import { comparisonsOf, reportsOf, seriesOf } from './reports.ts';
import type { ReportSources } from './reports.ts';
import { storedBars } from './stored-bars.ts';
import type { StoredBars } from './stored-bars.ts';
import { strategiesIn } from './strategies.ts';
import { versionByHash } from '../../strategies/service.ts';
import { openTrades } from './strategy-trades.ts';
import { openTradedSpans } from './traded-spans.ts';
import type { Capabilities } from '../context.ts';
import type { ReportFailure } from '../command.ts';
import type { Accounts } from '../../platform/http/credentials.ts';

/** The running parts that the API stands on. */
export interface CapabilityParts {
  readonly database: OpenedDatabase;
  readonly journal: Journal;
  readonly projector: Pick<Projector, 'appliedSeq' | 'waitFor'>;
  readonly session: EngineView;
  /** This process, among all that serve the database; made up where absent. */
  readonly instance?: string | undefined;
  /** Where the engine is in another process, which also looks after what has to be looked after once. */
  readonly engine?: EngineElsewhere | undefined;
  readonly indicators: IndicatorModule;
  /** Without it the options that are stored can be read, and not refreshed. */
  readonly options?: OptionSource | undefined;
  /** Works past states out beside the engine; without it only the present can be asked for. */
  readonly past?: Pick<Past, 'stateAt'> | undefined;
  /** Without it no paper record is made or read. */
  readonly promotions?: PromotionParts | undefined;
  /** Where alerts go beside the dashboard. */
  readonly alertChannels?: readonly KnownChannel[] | undefined;
  /** By which rules; without it everything goes to every channel. */
  readonly alertRules?: RulesFile | undefined;
  /** Where backtests wait for a worker. */
  readonly queue: JobQueue;
  /** Where reports are kept; without it each is drawn anew. */
  readonly artifacts?: ArtifactSettings | undefined;
  /** How people log in here. */
  readonly accounts?: AccountSettings | undefined;
  /** The model that agents of this installation ask, in words; none where none is set up. */
  readonly agentModel?: string | undefined;
  readonly version: string;
  /** The wall clock: sessions, keys and runs live by it; trading lives by the venue's. */
  readonly now: () => Instant;
  readonly report: ReportFailure;
}

export interface OpenCapabilities {
  readonly capabilities: Capabilities;
  readonly accounts: Accounts;
  readonly elsewhere: EndedElsewhere;
  readonly reports: Reports;
  /** What a worker does with the jobs of the queue. */
  readonly research: Pick<Research, 'jobs' | 'resume'>;
  /** Stops listening. */
  close(): Promise<void>;
}

function journalReads({ database: { db }, journal, projector }: CapabilityParts): JournalReads {
  return {
    head: () => journal.head(),
    catchUp: async () => await journal.catchUp?.(),
    read: (after, limit) => journal.read(after, limit),
    onAppended: (listener) => journal.onAppended(() => listener()),
    list: (query) => listEntries({ db, journal }, query),
    check: (after, count) => checkStretch(journal, after, count),
    bySeq: (seq) => entryBySeq(journal, seq),
    projected: (seq) => projector.waitFor(seq),
  };
}

/** What documents of runs and files of models are made from. */
const documentSources = ({ database: { db }, version }: CapabilityParts, stored: StoredBars, drawing: Drawing): ReportSources => ({
  drawing,
  run: (id) => runById(db, id),
  result: (id) => resultTextOfRun(db, id),
  selection: (id) => selectionOfRun(db, id),
  bars: (query) => stored.read(query),
  module: async (hash) => (await versionByHash(db, hash))?.module,
  modelFiles: (id) => filesOfModel(db, id),
  version,
});

const healthIn = (parts: CapabilityParts, channels: HealthSources['channels']): HealthReads =>
  healthOf({
    ...parts,
    instance: parts.instance ?? instanceName(),
    appliedSeq: () => parts.projector.appliedSeq(),
    newestBackup: () => newestBackup(parts.database.db),
    channels,
  });

const runResultsIn = ({ database: { db } }: CapabilityParts, stored: StoredBars, drawing: Drawing): RunResults =>
  runResultsOf({
    drawing,
    result: (id) => resultTextOfRun(db, id),
    selection: (id) => selectionOfRun(db, id),
    series: (span) => seriesOf(span, (query) => stored.read(query)),
  });

/** Backtests of a strategy among which the newest over bars like its own is looked for. */
const RUNS_LOOKED_AT = 20;

interface BesideParts extends Pick<BandParts, 'trades'> {
  readonly drawing: Drawing;
  readonly runResults: RunResults;
}

/** Strategies’ trading beside their backtests: both read it by the same readers. */
function besideBacktests(
  { database: { db }, session }: CapabilityParts,
  reads: JournalReads,
  { trades, drawing, runResults }: BesideParts,
): Pick<Capabilities, 'parity' | 'bands'> {
  const spans = openTradedSpans(reads);
  return {
    parity: parityOf({ spans, trades, module: async (version) => (await versionByHash(db, version))?.module }),
    bands: bandsOf({
      spans,
      trades,
      state: () => session.state(),
      runs: (config) => doneRunsOf(db, config, RUNS_LOOKED_AT),
      timeframeOf: async (id) => (await runResults.figures(id)).timeframe,
      band: async (id, live) => {
        const text = await resultTextOfRun(db, id);
        if (text === undefined) throw new Error(`Invariant: the run ${id} is done and has no result`);
        return await drawing.band(text, live);
      },
    }),
  };
}

/** Joins the parts to what resolvers and the edge ask for. */
export async function openCapabilities(parts: CapabilityParts): Promise<OpenCapabilities> {
  const { database, journal, session, now, report } = parts;
  const { db } = database;
  const reads = journalReads(parts);
  const { accounts, elsewhere, ...ofPeople } = openAccounts(
    db,
    now,
    openPeopleRecord(session, () => listPeople(db), now, report),
    parts.accounts,
  );
  const stored = storedBars(db);
  const latest = openLatestPoint(journal);
  const marketData = marketDataOf(db, stored, parts.indicators, () => session.state().now);
  const trades = await openTrades(db, journal, reads);
  const isEngine = parts.engine === undefined;
  const agents = openAgents({ db, now, watches: isEngine, report });
  const expiry = isEngine ? watchProposals(session, now, report) : undefined;
  const drawing = openDrawing({ artifacts: parts.artifacts, report });
  const models = openModels({ db, queue: parts.queue, stored, session, watches: isEngine, now, report });
  const research = openResearch({ db, queue: parts.queue, stored, version: parts.version, now, report });
  const records = recordsOf(
    db,
    { newestAfter: (seq) => latest.newestAfter(seq) },
    reads,
    parts.alertChannels ?? [],
    parts.alertRules ?? NO_RULES_FILE,
  );
  const runResults = runResultsIn(parts, stored, drawing);
  const capabilities: Capabilities = {
    session,
    journal: reads,
    past: pastOf({ past: parts.past, journal, now: () => session.state().now }),
    ...records,
    trades,
    strategies: strategiesIn(db, now),
    promotions: promotionsOf(db, parts.promotions),
    marketData,
    options: optionsOf(db, parts.options, session, now),
    runs: research.runs,
    runResults,
    comparisons: comparisonsOf({ drawing, result: (id) => resultTextOfRun(db, id) }),
    sweeps: research.sweeps,
    walkForwards: research.walkForwards,
    trainings: research.trainings,
    models: models.models,
    retrainings: models.retrainings,
    predictions: models.predictions,
    ...besideBacktests(parts, reads, { trades, runResults, drawing }),
    health: healthIn(parts, () => records.alerts.channels()),
    ...ofPeople,
    ...agents.capabilities,
    agents: agentsOf(db, agents.capabilities.agentRecord, parts.agentModel, now),
  };
  return {
    capabilities,
    accounts,
    elsewhere,
    reports: reportsOf(documentSources(parts, stored, drawing)),
    research,
    close: async () => {
      await expiry?.stop();
      await agents.stop();
      await models.stop();
      latest.stop();
      trades.stop();
      await research.close();
      await drawing.close();
    },
  };
}
