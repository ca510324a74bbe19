import { readable } from '../../alerts/readable.ts';
import type { ChannelView } from '../../alerts/graphql.ts';
import type { Session } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { programHash } from '../../journal/snapshots/program.ts';
import { formatInstant, instantFromMs } from '../../money/instant.ts';
import { LEFT_TO_CANCELS } from '../../market-data/providers/request-budget.ts';
import type { RequestsLeft } from '../../market-data/providers/request-budget.ts';
import type { Instant } from '../../money/instant.ts';
import type { KeptBackup } from '../../platform/backup/kept-backups.ts';
import type { Health, HealthOfEngine, HealthPart, HealthReads } from '../../platform/graphql.ts';
import { formatValue } from '../../risk/limits.ts';
import type { EngineStanding } from '../../platform/instances/engine-status.ts';
import { jobsPart } from './jobs-health.ts';

export interface HealthSources {
  readonly session: Pick<Session, 'state' | 'latencies' | 'reconcileAgeMs' | 'requestsLeft' | 'halted'>;
  /** This process, among all that serve the database. */
  readonly instance: string;
  /** Where the engine is in another process: whether that is heard, and whether its journal leads here to what it led to there. */
  readonly engine?: EngineElsewhere | undefined;
  readonly journal: { head(): { readonly seq: number; readonly hash: string } };
  readonly database: { readonly kind: string; ping(): Promise<number> };
  /** Newest journal entry that the projections hold. */
  readonly appliedSeq: () => number;
  readonly newestBackup: () => Promise<KeptBackup | undefined>;
  readonly channels: () => Promise<readonly ChannelView[]>;
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly version: string;
  readonly now: () => Instant;
}

export interface EngineElsewhere {
  readonly standing: () => EngineStanding;
  /** Why the state that is shown may not be the engine's; `undefined` where it is. */
  readonly problem: () => string | undefined;
}

const FEED_AGE_MS_MAX = 5 * 60_000;
const RECONCILE_AGE_MS_MAX = 120_000;
const PING_MS_MAX = 500;
const LAG_MAX = 1_000;

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

function feedPart(state: EngineState): HealthPart {
  const newest = Math.max(...[...state.marks.values()].map(({ at }) => at), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(newest)) return { name: 'feed', state: 'degraded', detail: 'No price has come yet.' };
  const ageMs = Math.max(0, state.now - newest);
  const late = state.marketOpen && ageMs > FEED_AGE_MS_MAX;
  const detail = `${state.marks.size} symbols; the newest price is ${seconds(ageMs)} old by the venue's clock.`;
  return { name: 'feed', state: late ? 'degraded' : 'ok', detail, at: instantFromMs(newest) };
}

/** What is left then is for cancels alone. */
const isSpent = ({ limit, remaining }: RequestsLeft): boolean => remaining <= Math.floor(limit * LEFT_TO_CANCELS);

function brokerPart(state: EngineState, session: HealthSources['session']): HealthPart {
  const latency = session.latencies()['submit-to-answer'];
  const figures = latency === undefined ? {} : { p50Ms: latency.p50Ms, p99Ms: latency.p99Ms };
  if (!state.brokerConnected)
    return { name: 'broker', state: 'down', detail: 'Not connected: no order can be sent, entries are denied.', ...figures };
  const left = session.requestsLeft();
  const account = state.account === undefined ? '' : `, account ${state.account.accountNumber}`;
  const budget = left === undefined ? '' : `; ${left.remaining} of ${left.limit} requests are left in this minute`;
  const detail = `Connected${account}${budget}; latencies are from submit to answer.`;
  return { name: 'broker', state: left !== undefined && isSpent(left) ? 'degraded' : 'ok', detail, ...figures };
}

/** Time decides what is stale and when a session ends: whose clock is wrong trades on the wrong day. */
function clockPart({ clockSkewMs, limits, mode }: EngineState): HealthPart {
  if (mode === 'simulated') return { name: 'clock', state: 'ok', detail: "The venue's clock is ours." };
  if (clockSkewMs === undefined)
    return { name: 'clock', state: 'degraded', detail: "Not yet measured against the broker's: entries are denied." };
  const ahead = clockSkewMs < 0 ? "behind the broker's" : "ahead of the broker's";
  const detail = `Ours is ${Math.abs(clockSkewMs).toFixed(0)} ms ${ahead}; entries are denied beyond ${formatValue('ms', limits.clockSkewMsMax)}.`;
  return { name: 'clock', state: Math.abs(clockSkewMs) > limits.clockSkewMsMax ? 'degraded' : 'ok', detail };
}

async function databasePart({ database }: HealthSources): Promise<HealthPart> {
  try {
    const ms = await database.ping();
    return {
      name: 'database',
      state: ms > PING_MS_MAX ? 'degraded' : 'ok',
      detail: `${database.kind}; a round trip takes ${ms.toFixed(1)} ms.`,
      p50Ms: ms,
    };
  } catch (error) {
    // Being down is this part's answer; the cause is for people who look at it.
    return { name: 'database', state: 'down', detail: `Does not answer: ${error instanceof Error ? error.name : 'unknown failure'}.` };
  }
}

function journalPart({ journal, appliedSeq, session }: HealthSources): HealthPart {
  const lag = journal.head().seq - appliedSeq();
  const latency = session.latencies().journal;
  const detail = lag <= 0 ? `${journal.head().seq} entries, all projected.` : `${journal.head().seq} entries, ${lag} not yet projected.`;
  return {
    name: 'journal',
    state: lag > LAG_MAX ? 'degraded' : 'ok',
    detail,
    ...(latency === undefined ? {} : { p50Ms: latency.p50Ms, p99Ms: latency.p99Ms }),
  };
}

function strategiesPart(state: EngineState, session: HealthSources['session']): HealthPart {
  const slots = [...state.strategies.values()];
  const running = slots.filter((slot) => slot.state === 'paper' || slot.state === 'live').length;
  const failed = slots.filter((slot) => slot.state === 'paused' && slot.pausedBecause !== undefined);
  const latency = session.latencies().strategy;
  const paused = failed.map((slot) => `${slot.config.name}: ${slot.pausedBecause}`).join('; ');
  return {
    name: 'strategies',
    state: failed.length > 0 ? 'degraded' : 'ok',
    detail: `${running} of ${slots.length} run, each in a thread of its own.${paused === '' ? '' : ` Paused: ${paused}.`}`,
    ...(latency === undefined ? {} : { p50Ms: latency.p50Ms, p99Ms: latency.p99Ms }),
  };
}

function enginePart(state: EngineState, session: HealthSources['session']): HealthPart {
  const latency = session.latencies()['bar-to-order'];
  const figures = latency === undefined ? {} : { p50Ms: latency.p50Ms, p99Ms: latency.p99Ms };
  const halted = session.halted();
  if (halted !== undefined) return { name: 'engine', state: 'down', detail: `Stopped: ${halted}. Restart the server.`, ...figures };
  const free = state.tradingState === 'ACTIVE' || state.tradingState === 'HALF';
  return {
    name: 'engine',
    state: free ? 'ok' : 'degraded',
    detail: `Trading is ${state.tradingState}; latencies are from bar to order.`,
    ...figures,
    at: state.now,
  };
}

const GONE = 'Not known while the engine is away.';

/** What only the engine's own process knows is not shown as if it were so now. */
function awayParts(standing: Extract<EngineStanding, { state: 'away' }>, seq: number): readonly HealthPart[] {
  const { since, because } = standing;
  const detail =
    since === undefined
      ? `Away: ${because}. Nothing is traded.`
      : `Away since ${formatInstant(since)}: ${because}. Nothing is traded; reads show what was known after entry ${seq}.`;
  const unknown = ['feed', 'broker', 'clock', 'reconciliation'].map((name): HealthPart => ({ name, state: 'degraded', detail: GONE }));
  return [{ name: 'engine', state: 'down', detail, ...(since === undefined ? {} : { at: since }) }, ...unknown];
}

function followingPart({ problem, standing }: EngineElsewhere): HealthPart {
  const found = problem();
  if (found !== undefined)
    return {
      name: 'following',
      state: 'down',
      detail: `This process does not come to the engine's state: ${found}. Use the engine's own instance, and run the same version everywhere.`,
    };
  const program = standing().status?.program;
  if (program !== undefined && program !== programHash())
    return { name: 'following', state: 'degraded', detail: 'The engine runs another version of the program: run the same one everywhere.' };
  return { name: 'following', state: 'ok', detail: "The state is worked out from the engine's journal." };
}

function engineOf({ engine, instance }: HealthSources): HealthOfEngine {
  if (engine === undefined) return { standing: 'here', instance, staleSince: undefined };
  const standing = engine.standing();
  const staleSince = standing.state === 'away' ? standing.since : undefined;
  return { standing: standing.state, instance: standing.status?.instance, staleSince };
}

/** How the engine is: as it is known here, or that it cannot be known. */
function engineParts({ session, engine, journal }: HealthSources, state: EngineState): readonly HealthPart[] {
  const standing = engine?.standing();
  const parts =
    standing?.state === 'away'
      ? awayParts(standing, journal.head().seq)
      : [
          enginePart(state, session),
          feedPart(state),
          brokerPart(state, session),
          clockPart(state),
          reconciliationPart(state, session.reconcileAgeMs()),
        ];
  return engine === undefined ? parts : [...parts, followingPart(engine)];
}

function reconciliationPart(state: EngineState, ageMs: number | undefined): HealthPart {
  if (!state.reconciled || ageMs === undefined)
    return { name: 'reconciliation', state: 'degraded', detail: 'Not yet reconciled since the start: entries are denied.' };
  const health = ageMs > RECONCILE_AGE_MS_MAX ? 'degraded' : 'ok';
  return { name: 'reconciliation', state: health, detail: `Our books equalled the broker's ${seconds(ageMs)} ago.` };
}

function channelText({ name, target, waiting, givenUp, problem }: ChannelView): string {
  const open = [
    ...(waiting > 0 ? [`${waiting} wait`] : []),
    ...(givenUp > 0 ? [`${givenUp} were given up`] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return `${name} (${target})${open.length === 0 ? '' : `: ${open.join(', ')}`}`;
}

/** Whether alerts reach people: one channel that fails is enough to look at it. */
async function alertsPart({ channels }: HealthSources): Promise<HealthPart> {
  try {
    const known = await channels();
    if (known.length === 0) return { name: 'alerts', state: 'ok', detail: 'In the dashboard only: no other channel is set up.' };
    const isWell = known.every(({ problem, givenUp }) => problem === undefined && givenUp === 0);
    return { name: 'alerts', state: isWell ? 'ok' : 'degraded', detail: `${known.map(channelText).join('; ')}.` };
  } catch (error) {
    return {
      name: 'alerts',
      state: 'degraded',
      detail: `The outbox cannot be read: ${error instanceof Error ? error.name : 'unknown failure'}.`,
    };
  }
}

const differencesOf = (state: EngineState): string[] =>
  [...state.alerts.values()].filter(({ code }) => code.includes('Difference')).map(({ title, detail }) => readable(`${title}: ${detail}`));

/** Every part as it is now. */
export function healthOf(sources: HealthSources): HealthReads {
  const { session, journal, version, now } = sources;
  const jobs = jobsPart(sources.queue, now);
  let known: KeptBackup | undefined;
  /** While the database does not answer, which its own part says, what was known last. */
  const lastBackup = async (): Promise<KeptBackup | undefined> => (known = await sources.newestBackup().catch(() => known));
  return {
    read: async (): Promise<Health> => {
      const state = session.state();
      const ageMs = session.reconcileAgeMs();
      // Looked at once, with the part that says the same: what is asked below takes a while.
      const engine = engineOf(sources);
      const parts = [
        ...engineParts(sources, state),
        strategiesPart(state, session),
        journalPart(sources),
        await databasePart(sources),
        await jobs(),
        await alertsPart(sources),
      ];
      const { seq, hash } = journal.head();
      return {
        instance: sources.instance,
        engine,
        parts,
        version,
        uptimeSeconds: Math.round(process.uptime()),
        memoryBytes: process.memoryUsage.rss(),
        seq,
        head: hash,
        lastBackup: await lastBackup(),
        lastReconciledAt: ageMs === undefined ? undefined : instantFromMs(Math.round(now() - ageMs)),
        differences: differencesOf(state),
      };
    },
  };
}
