import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { openIndicators } from '@tidemark/compute';
import { createLoginToken, ensureOwner } from '../../accounts/service.ts';
import type { ChannelSettings } from '../../alerts/channel-settings.ts';
import { firstState, recordedOpening } from '../../engine/opening-record.ts';
import { followEngine } from '../../engine/session/follower.ts';
import type { Follower } from '../../engine/session/follower.ts';
import type { EngineState } from '../../engine/state.ts';
import { modelInWords } from '../../agents/runner/model-settings.ts';
import type { ModelSettings } from '../../agents/runner/model-settings.ts';
import { openCapabilities } from '../../graphql/capabilities/open.ts';
import { encode } from '../../journal/codec.ts';
import { followProjections } from '../../journal/followed-projections.ts';
import type { Journal } from '../../journal/journal.ts';
import { followPostgresJournal } from '../../journal/postgres.ts';
import { newestUsable } from '../../journal/snapshots/newest-usable.ts';
import { snapshotRows } from '../../journal/snapshots/snapshot-rows.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { ArtifactSettings } from '../../platform/artifacts/settings.ts';
import { openDatabase } from '../../platform/database.ts';
import type { OpenedDatabase } from '../../platform/database.ts';
import { createServer } from '../../platform/http.ts';
import { hearEndedProofs } from '../../platform/instances/ended-proofs.ts';
import { watchEngine } from '../../platform/instances/engine-status.ts';
import { followingSession } from '../../platform/instances/following-session.ts';
import { instanceName } from '../../platform/instances/instance-name.ts';
import { openRequestSender } from '../../platform/instances/request-sender.ts';
import { openJobQueue } from '../../platform/job-queue.ts';
import { migrate } from '../../platform/migrate.ts';
import { openPast } from '../../platform/past/past.ts';
import { channelsOf } from './alert-channels.ts';
import { untilClosed } from './closers.ts';
import type { Closers } from './closers.ts';
import { linkOrigin, listeningOf } from './listening.ts';
import type { ListeningOptions } from './listening.ts';
import type { Serving } from './serve.ts';
import { runnersOf } from './strategy-modules.ts';

export interface ServeApiOptions extends ListeningOptions {
  readonly port: number;
  /** The PostgreSQL that the engine writes. */
  readonly databaseUrl: string;
  readonly artifacts?: ArtifactSettings | undefined;
  readonly recordKey?: KeyObject | undefined;
  /** As the engine has them: only shown here. */
  readonly alerts?: ChannelSettings | undefined;
  /** As the engine has it: agents run there, and only what is set up is shown here. */
  readonly agentModel?: ModelSettings | undefined;
  /** Whether this process takes jobs, too. */
  readonly works: boolean;
  readonly version: string;
  readonly report: (what: string, error: unknown) => void;
  readonly progress: (what: string) => void;
}

interface Followed {
  readonly database: OpenedDatabase;
  readonly journal: Journal;
  readonly follower: Follower;
  readonly initial: EngineState;
}

/** The engine's state, from its journal: nothing of it lies anywhere else. */
async function follow({ databaseUrl: url, report, progress }: ServeApiOptions, closers: Closers): Promise<Followed> {
  progress('opening the records');
  const database = await openDatabase({ url });
  closers.add('the database', database.close);
  await migrate(database.db);
  const onWarning = (message: string): void => report('the journal', new Error(message));
  const journal = await followPostgresJournal(database.db, { url, onWarning });
  closers.add('the journal', () => journal.close());
  const [first] = await journal.read(0, 1);
  const opening = recordedOpening(first);
  if (opening === undefined)
    throw new Error(
      'No engine has worked on this database yet: start one first, with "tidemark serve --roles api,engine" and the same DATABASE_URL',
    );
  const initial = firstState(first, opening);
  progress("reading the engine's journal");
  const snapshot = await newestUsable({ snapshots: snapshotRows(database.db), journal, initial, onIgnored: onWarning });
  const follower = await followEngine({ journal, initial, canonical: encode, snapshot });
  closers.add('the state', () => Promise.resolve(follower.close()));
  return { database, journal, follower, initial };
}

async function open(options: ServeApiOptions, closers: Closers): Promise<Omit<Serving, 'close'>> {
  const { databaseUrl: url, report, version } = options;
  const { database, journal, follower, initial } = await follow(options, closers);
  const { db } = database;
  const projector = await followProjections({ db, journal, onError: (error) => report('the projections', error) });
  closers.add('the projections', () => projector.close());
  const engine = await watchEngine(db, report);
  closers.add('the watch over the engine', () => engine.close());
  const past = openPast({ place: { kind: 'postgres', url }, initial, onWarning: (message) => report('snapshots', new Error(message)) });
  closers.add('the reader of the past', () => past.close());
  const queue = openJobQueue({ database, report });
  closers.add('the job queue', () => queue.close());
  const instance = instanceName();
  const sender = await openRequestSender({ db, follower, engine, instance });
  closers.add('commands', () => Promise.resolve(sender.close()));
  const now = () => instantFromMs(Date.now());
  const opened = await openCapabilities({
    database,
    queue,
    journal,
    projector,
    session: followingSession({ follower, engine, command: sender.command }),
    instance,
    engine: { standing: engine.standing, problem: follower.problem },
    indicators: await openIndicators(),
    past,
    promotions: { recordKey: options.recordKey, past, openRunner: runnersOf(db) },
    alertChannels: channelsOf(options.alerts),
    alertRules: options.alerts?.file,
    artifacts: options.artifacts,
    accounts: options.accounts,
    agentModel: modelInWords(options.agentModel),
    version,
    now,
    report,
  });
  closers.add('the API', () => opened.close());
  closers.add('what other instances end', await hearEndedProofs({ db, url, ...opened.elsewhere, report }));
  const server = await createServer({ ...opened, ...listeningOf(options), port: options.port, report });
  closers.add('the server', () => server.close());
  if (options.works) await queue.work(opened.research.jobs, availableParallelism());
  const token = await createLoginToken(db, await ensureOwner(db, now()), now());
  return { url: server.url, loginUrl: `${linkOrigin(server.url, options.listening)}/login?token=${token}` };
}

/** API and dashboard over the journal of an engine in another process. It writes no entry of its own, and any number of them may run. */
export const serveApi = (options: ServeApiOptions): Promise<Serving> => untilClosed(options.report, (closers) => open(options, closers));
