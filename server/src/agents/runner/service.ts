import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { CursorError, numberCursor, pageOfRows } from '../../orders/page.ts';
import type { Page, PageQuery } from '../../orders/page.ts';
import type { Agent, AgentRun, AgentTurn, RunEnd, RunTrigger, Used } from './agent.ts';
import { ROLE_NAMES } from './roles.ts';
import type { RoleName } from './roles.ts';
import * as store from './store.ts';
import type { AgentRow, RunnerDb, RunnerTables, RunRow, TurnRow } from './store.ts';

export type { RunnerDb, RunnerTables } from './store.ts';

const RUN_ID = /^[0-9a-f]{12}-[0-9a-f]{16}$/;
const DAY_MS = 86_400_000;

const instantOf = (at: Date): Instant => instantFromMs(at.getTime());
const dateOf = (at: Instant): Date => new Date(at);

function roleIn(name: string): RoleName {
  const known = ROLE_NAMES.find((each) => each === name);
  if (known === undefined) throw new Error(`Invariant: there is a role ${name}, for an agent has it`);
  return known;
}

const agentOf = (row: AgentRow): Agent => ({
  id: row.id,
  name: row.name,
  role: roleIn(row.role),
  keyId: row.key_id,
  ownerId: row.owner_id,
  model: row.model,
  everyMinutes: row.every_minutes ?? undefined,
  budget: {
    turnsPerRunMax: row.turns_per_run_max,
    secondsPerRunMax: row.seconds_per_run_max,
    tokensPerDayMax: row.tokens_per_day_max,
    trialsPerDayMax: row.trials_per_day_max,
    workSecondsPerDayMax: row.work_seconds_per_day_max,
  },
  isPaused: row.is_paused,
  createdAt: instantOf(row.created_at),
});

const endOf = ({ outcome, reason }: RunRow): RunEnd | undefined => (outcome === null || reason === null ? undefined : { outcome, reason });

const runOf = (row: RunRow): AgentRun => ({
  id: row.id,
  agentId: row.agent_id,
  trigger: row.trigger,
  askedBy: row.asked_by ?? undefined,
  queuedAt: instantOf(row.queued_at),
  begunAt: row.begun_at === null ? undefined : instantOf(row.begun_at),
  endedAt: row.ended_at === null ? undefined : instantOf(row.ended_at),
  end: endOf(row),
  summary: row.summary ?? undefined,
  tokensIn: row.tokens_in,
  tokensOut: row.tokens_out,
});

const turnOf = (row: TurnRow): AgentTurn => ({
  number: row.number,
  at: instantOf(row.at),
  said: row.said,
  tools: (JSON.parse(row.tools) as readonly unknown[]).map(String),
  tokensIn: row.tokens_in,
  tokensOut: row.tokens_out,
  durationMs: row.duration_ms,
});

export type NewAgent = Omit<Agent, 'id' | 'isPaused' | 'createdAt'>;

/** Writes a new agent down; it is not paused. */
export async function saveAgent(db: Kysely<RunnerTables>, agent: NewAgent, now: Instant): Promise<Agent> {
  const { budget } = agent;
  const row: AgentRow = {
    id: randomBytes(12).toString('hex'),
    name: agent.name,
    role: agent.role,
    key_id: agent.keyId,
    owner_id: agent.ownerId,
    model: agent.model,
    every_minutes: agent.everyMinutes ?? null,
    turns_per_run_max: budget.turnsPerRunMax,
    seconds_per_run_max: budget.secondsPerRunMax,
    tokens_per_day_max: budget.tokensPerDayMax,
    trials_per_day_max: budget.trialsPerDayMax,
    work_seconds_per_day_max: budget.workSecondsPerDayMax,
    is_paused: false,
    created_at: dateOf(now),
  };
  await store.insertAgent(db, row);
  return agentOf(row);
}

/** In the order in which they were made. */
export const listAgents = async (db: Kysely<RunnerTables>): Promise<readonly Agent[]> => (await store.selectAgents(db)).map(agentOf);

export async function agentById(db: Kysely<RunnerTables>, id: string): Promise<Agent | undefined> {
  const row = await store.selectAgent(db, id);
  return row === undefined ? undefined : agentOf(row);
}

/** False where it was so before. */
export const setPaused = async (db: Kysely<RunnerTables>, id: string, isPaused: boolean): Promise<boolean> =>
  await store.updatePaused(db, id, isPaused);

/** A run that waits for its turn; `undefined` where one of the agent waits already. `askedBy`: as the journal names whoever asks; none for a schedule. */
export async function queueRun(
  db: Kysely<RunnerTables>,
  agentId: string,
  askedBy: string | undefined,
  now: Instant,
): Promise<AgentRun | undefined> {
  const trigger: RunTrigger = askedBy === undefined ? 'schedule' : 'person';
  const atMs = Math.floor(now);
  const row: RunRow = {
    id: `${atMs.toString(16).padStart(12, '0')}-${randomBytes(8).toString('hex')}`,
    agent_id: agentId,
    trigger,
    asked_by: askedBy ?? null,
    queued_at: new Date(atMs),
    begun_at: null,
    ended_at: null,
    outcome: null,
    reason: null,
    summary: null,
    tokens_in: 0,
    tokens_out: 0,
  };
  return (await store.insertRun(db, row)) ? runOf(row) : undefined;
}

/** Newest first. Throws `CursorError`. */
export async function listRuns(db: Kysely<RunnerTables>, agentId: string, { first, after }: PageQuery): Promise<Page<AgentRun>> {
  if (after !== undefined && !RUN_ID.test(after)) throw new CursorError();
  return pageOfRows(await store.selectRuns(db, agentId, after, first + 1), first, ({ id }) => id, runOf);
}

export async function runById(db: Kysely<RunnerTables>, id: string): Promise<AgentRun | undefined> {
  const row = await store.selectRun(db, id);
  return row === undefined ? undefined : runOf(row);
}

/** In order. Throws `CursorError`. */
export async function listTurns(db: Kysely<RunnerTables>, runId: string, { first, after }: PageQuery): Promise<Page<AgentTurn>> {
  const rows = await store.selectTurns(db, runId, numberCursor(after) ?? 0, first + 1);
  return pageOfRows(rows, first, ({ number }) => String(number), turnOf);
}

/** Midnight before, by UTC. */
const dayOf = (now: Instant): Date => new Date(Math.floor(now / DAY_MS) * DAY_MS);

/** What an agent has used up since midnight. Work that has not ended counts until now; of trials the most that was asked for or counted. */
export async function usedToday(db: RunnerDb, agentId: string, now: Instant): Promise<Used> {
  const since = dayOf(now);
  const [tokens, work] = await Promise.all([store.selectTokens(db, agentId, since), store.selectWork(db, agentId, since)]);
  const lasted = work.map(({ created_at: from, finished_at: to }) =>
    from === null ? 0 : Math.max(0, (to?.getTime() ?? now) - from.getTime()),
  );
  return {
    tokens,
    trials: work.reduce((sum, { sets, counted }) => sum + Math.max(sets, counted), 0),
    workSeconds: Math.round(lasted.reduce((sum, ms) => sum + ms, 0) / 1_000),
  };
}

/** Runs that may begin now, the one that waits longest first. */
export const readyRuns = async (db: Kysely<RunnerTables>): Promise<readonly AgentRun[]> => (await store.selectReady(db)).map(runOf);

/** Begins a run that waits. False where it has begun before. Rejects where another of its agent is at work. */
export const takeRun = async (db: Kysely<RunnerTables>, id: string, now: Instant): Promise<boolean> =>
  await store.beginRun(db, id, dateOf(now));

export async function endRun(
  db: Kysely<RunnerTables>,
  id: string,
  { outcome, reason, summary }: RunEnd & { readonly summary: string | undefined },
  now: Instant,
): Promise<void> {
  await store.endRun(db, id, { ended_at: dateOf(now), outcome, reason, summary: summary ?? null });
}

/** Ends runs that a process left behind which is no more. */
export async function cutOffRuns(db: Kysely<RunnerTables>, reason: string, now: Instant): Promise<void> {
  for (const id of await store.selectAtWork(db)) await endRun(db, id, { outcome: 'cut_off', reason, summary: undefined }, now);
}

/** When each agent was last asked to run by its schedule. */
export const scheduledBefore = async (db: Kysely<RunnerTables>): Promise<ReadonlyMap<string, Instant>> =>
  new Map((await store.selectLastScheduled(db)).map(({ agent_id, at }) => [agent_id, instantOf(at)]));

export const writeTurn = async (db: Kysely<RunnerTables>, runId: string, turn: AgentTurn): Promise<void> =>
  await store.insertTurn(db, {
    run_id: runId,
    number: turn.number,
    at: dateOf(turn.at),
    said: turn.said,
    tools: JSON.stringify(turn.tools),
    tokens_in: turn.tokensIn,
    tokens_out: turn.tokensOut,
    duration_ms: turn.durationMs,
  });

/** Counts what a run has queued against its agent's day. */
export const writeWork = async (
  db: Kysely<RunnerTables>,
  { runId, workId, sets }: { readonly runId: string; readonly workId: string; readonly sets: number },
  now: Instant,
): Promise<void> => await store.insertWork(db, { work_id: workId, run_id: runId, at: dateOf(now), sets });
