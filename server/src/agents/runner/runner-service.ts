import { countBars } from '../../market-data/service.ts';
import type { Instant } from '../../money/instant.ts';
import type { Agent, AgentRun, RunEnd } from './agent.ts';
import type { ReadyModel } from './models.ts';
import type { OpenDoor, OwnTool, ToolDoor } from './offered-tool.ts';
import {
  agentById,
  cutOffRuns,
  endRun,
  listAgents,
  queueRun,
  readyRuns,
  scheduledBefore,
  takeRun,
  usedToday,
  writeTurn,
  writeWork,
} from './service.ts';
import type { RunnerDb } from './service.ts';
import { Stopping } from './stopping.ts';

export interface RunnerParts {
  readonly db: RunnerDb;
  readonly openDoor: OpenDoor;
  /** The model of an agent, or why there is none. */
  readonly modelOf: (agent: Agent) => Promise<ReadyModel | { readonly problem: string }>;
  /** Tools that an agent has beside those of its role. None where absent. */
  readonly ownTools?: ((agent: Agent, run: AgentRun) => readonly OwnTool[]) | undefined;
  /** Data that a run begins with: it is marked as data, and stands in no instruction. None where absent. */
  readonly openingData?: ((agent: Agent) => Promise<string | undefined>) | undefined;
  readonly now: () => Instant;
  readonly report: (what: string, error: unknown) => void;
}

export interface Runner {
  /** Stops what is at work, and waits for it. */
  close(): Promise<void>;
}

/** How often the runner looks: whatever stops a run is heard within a second, on whichever instance it was done. */
const LOOK_MS = 300;
/** How many runs are at work at once. */
const AT_ONCE_MAX = 4;
const MINUTE_MS = 60_000;

interface AtWork {
  readonly agentId: string;
  readonly stop: AbortController;
  /** Once it is open. */
  door: ToolDoor | undefined;
}

const PAUSED: RunEnd = { outcome: 'stopped', reason: 'Its agent was paused.' };
const KEY_ENDED: RunEnd = { outcome: 'stopped', reason: 'The key of its agent has ended or is paused.' };
const CLOSING: RunEnd = { outcome: 'cut_off', reason: 'The server was stopped.' };
const CUT_OFF = 'The server ended before the run did.';

type Began = { readonly model: ReadyModel; readonly door: ToolDoor; readonly own: readonly OwnTool[] };

/** What a run needs, or why it cannot be. */
async function prepare({ modelOf, openDoor, ownTools }: RunnerParts, agent: Agent, run: AgentRun): Promise<Began | RunEnd> {
  const model = await modelOf(agent);
  if ('problem' in model) return { outcome: 'failed', reason: model.problem };
  const own = ownTools?.(agent, run) ?? [];
  const door = await openDoor(agent.keyId, own);
  return door === undefined ? KEY_ENDED : { model, door, own };
}

async function work(parts: RunnerParts, agent: Agent, run: AgentRun, atWork: Map<string, AtWork>): Promise<void> {
  const { db, now } = parts;
  const { secondsPerRunMax } = agent.budget;
  const stop = new AbortController();
  const overdue: RunEnd = { outcome: 'over_budget', reason: `The run has lasted ${secondsPerRunMax} seconds.` };
  const timer = setTimeout(() => stop.abort(new Stopping(overdue)), secondsPerRunMax * 1_000);
  // From here on it can be stopped: also one that was taken and has yet to begin.
  const self: AtWork = { agentId: agent.id, stop, door: undefined };
  atWork.set(run.id, self);
  try {
    const began = await prepare(parts, agent, run);
    if ('outcome' in began) return await endRun(db, run.id, { ...began, summary: undefined }, now());
    self.door = began.door;
    // The library of models is read when the first agent runs.
    const { runOnce } = await import('./one-run.ts');
    const ended = await runOnce({
      ...began,
      agent,
      run,
      data: await parts.openingData?.(agent),
      used: () => usedToday(db, agent.id, now()),
      barsOf: ({ symbol, from, to }) => countBars(db, { symbol, timeframe: '1Day', fromMs: from, toMs: to }),
      writeWork: (workId, sets) => writeWork(db, { runId: run.id, workId, sets }, now()),
      writeTurn: (turn) => writeTurn(db, run.id, turn),
      signal: stop.signal,
      now,
      clockMs: () => performance.now(),
    });
    await endRun(db, run.id, ended, now());
  } finally {
    clearTimeout(timer);
    atWork.delete(run.id);
  }
}

/** Asks for runs of agents whose time has come. One that waits or is at work is not doubled. */
async function queueDue({ db, now }: RunnerParts, agents: readonly Agent[]): Promise<void> {
  const last = await scheduledBefore(db);
  for (const { id, everyMinutes, isPaused } of agents) {
    if (everyMinutes === undefined || isPaused) continue;
    const due = (last.get(id) ?? 0) + everyMinutes * MINUTE_MS;
    if (now() >= due) await queueRun(db, id, undefined, now());
  }
}

/** Stops what must not go on. */
async function stopStopped(agents: readonly Agent[], atWork: ReadonlyMap<string, AtWork>): Promise<void> {
  for (const { agentId, stop, door } of atWork.values()) {
    const isPaused = agents.find(({ id }) => id === agentId)?.isPaused ?? true;
    if (isPaused) stop.abort(new Stopping(PAUSED));
    else if (door !== undefined && !(await door.stands())) stop.abort(new Stopping(KEY_ENDED));
  }
}

/**
 * Runs agents, in the one process that has the engine. What people ask for stands in the database, so that any instance may take it: runs wait there, and
 * a pause is seen there. Rejects where the database cannot be read at the start.
 */
export async function startRunner(parts: RunnerParts): Promise<Runner> {
  const { db, now, report } = parts;
  const atWork = new Map<string, AtWork>();
  const working = new Set<Promise<void>>();
  let isClosing = false;
  await cutOffRuns(db, CUT_OFF, now());

  const start = (agent: Agent, run: AgentRun): void => {
    const running = work(parts, agent, run, atWork).catch(async (error: unknown) => {
      report(`a run of the agent ${agent.name} could not be written down`, error);
      await endRun(db, run.id, { outcome: 'failed', reason: 'The run could not be written down.', summary: undefined }, now());
    });
    const settled = running.catch((error: unknown) => report('the end of an agent’s run could not be written down', error));
    working.add(settled);
    void settled.finally(() => working.delete(settled));
  };
  const look = async (): Promise<void> => {
    const agents = await listAgents(db);
    await stopStopped(agents, atWork);
    await queueDue(parts, agents);
    for (const run of await readyRuns(db)) {
      if (isClosing || working.size >= AT_ONCE_MAX) return;
      const agent = await agentById(db, run.agentId);
      if (agent !== undefined && !agent.isPaused && (await takeRun(db, run.id, now()))) start(agent, run);
    }
  };
  let told = '';
  const lookAgain = async (): Promise<void> => {
    try {
      await look();
      told = '';
    } catch (error) {
      // Told once, not three times a second.
      if (told !== String(error)) report('agents could not be looked after', error);
      told = String(error);
    }
  };
  let looking = lookAgain();
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    timer = setTimeout(() => {
      looking = lookAgain().then(() => (isClosing ? undefined : again()));
    }, LOOK_MS);
    timer.unref();
  };
  await looking;
  again();
  return {
    close: async () => {
      isClosing = true;
      clearTimeout(timer);
      await looking;
      for (const { stop } of atWork.values()) stop.abort(new Stopping(CLOSING));
      await Promise.all(working);
    },
  };
}
