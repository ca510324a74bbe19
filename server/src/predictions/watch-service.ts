import type { Kysely } from 'kysely';
import type { EngineEvent, EventOf } from '../engine/events.ts';
import { openRedecider } from '../engine/redecide/redecider.ts';
import type { Redecider } from '../engine/redecide/redecider.ts';
import type { Feeding } from '../engine/recorded-lives.ts';
import type { ReplayProblem } from '../engine/replay-journal.ts';
import { isEngineEvent } from '../engine/step.ts';
import type { EngineState } from '../engine/state.ts';
import { openBell } from '../jobs/bell.ts';
import type { Journal } from '../journal/journal.ts';
import type { Timers } from '../market-data/providers/timers.ts';
import { ratioFromNumber } from '../money/fixed.ts';
import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { recordDecision } from './decision-service.ts';
import type { DecidedDrift } from './decision-service.ts';
import type { RecordedDrift } from './drift.ts';
import { modelRunners } from './model-runners.ts';
import type { ModelRunners, OpenWatched } from './model-runners.ts';
import type { CarriedModel } from './prediction.ts';
import { feedingEffects, joinSteps } from './recorded-steps.ts';
import type { RecordedStep } from './recorded-steps.ts';
import { progressOf, recordProgress } from './service.ts';
import type { PredictionTables } from './service.ts';

export interface WatchOptions {
  readonly db: Kysely<PredictionTables>;
  readonly journal: Pick<Journal, 'head' | 'read' | 'onAppended'>;
  /** What was known at an entry: where the watch goes on after a restart. */
  readonly past: {
    readonly stateAt: (seq: number) => Promise<{ readonly state: Pick<EngineState, 'strategies'> }>;
    readonly lifeAt: (seq: number, strategyId: string) => Promise<{ readonly life: readonly Feeding[] }>;
  };
  /** The model that a version carries; `undefined` for a strategy without one. */
  readonly modelOf: (version: string) => Promise<CarriedModel | undefined>;
  readonly openWatched: OpenWatched;
  /** Gives the engine an event. */
  readonly command: (event: EngineEvent) => Promise<unknown>;
  readonly now: () => Instant;
  readonly canonical: (value: unknown) => string;
  readonly timers: Timers;
  readonly report: (what: string, error: unknown) => void;
}

export interface PredictionWatch {
  /** The last entry that was gone through. */
  readonly doneSeq: () => number;
  /** Takes no more; what is left is gone through at the next start. */
  close(): Promise<void>;
}

const PAGE = 2_000;
/** Entries without a prediction after which the place in the journal is written down all the same. */
const NOTE_EVERY = 5_000;
const RETRY_MS = 5_000;

/**
 * Follows the journal beside the engine: every decision of a strategy that carries a model is made again by its module, and what the model said is written down. Where the
 * module decides otherwise than the journal holds, people are told. After a failure it begins again from what is written down.
 */
export function startPredictionWatch(options: WatchOptions): PredictionWatch {
  const { journal, timers, report } = options;
  const bell = openBell(timers);
  const closing = new AbortController();
  let done = 0;

  const follow = async (): Promise<void> => {
    const reader = await openReader(options);
    try {
      while (!closing.signal.aborted) {
        const moved = await reader.takePage(closing.signal);
        done = reader.doneSeq();
        if (!moved) await bell.wait(undefined);
      }
    } finally {
      await reader.close();
    }
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (closing.signal.aborted) break;
        report('predictions could not be written down; they are tried again', error);
        await bell.wait(RETRY_MS);
      }
    }
  };
  const running = run();
  const stop = journal.onAppended(() => bell.ring());
  return {
    doneSeq: () => done,
    close: async () => {
      stop();
      closing.abort();
      bell.ring();
      await running;
    },
  };
}

/** Which strategies carry a model now, as the record last said. */
function openCarriers(modelOf: WatchOptions['modelOf']) {
  const carriers = new Set<string>();
  const note = async (strategyId: string, version: string): Promise<void> => {
    if ((await modelOf(version)) === undefined) carriers.delete(strategyId);
    else carriers.add(strategyId);
  };
  return { note, has: (strategyId: string): boolean => carriers.has(strategyId) };
}

type Carriers = ReturnType<typeof openCarriers>;

interface Begun {
  readonly after: number;
  readonly carriers: Carriers;
  readonly runners: ModelRunners;
  readonly redecider: Redecider;
}

/** Where it stopped before, or at the journal's end where it never began: nobody asked what models said before there was a watch. */
async function placeToBegin({ db, journal }: WatchOptions): Promise<number> {
  const { seq: head } = journal.head();
  const known = await progressOf(db);
  if (known !== undefined) return Math.min(known, head);
  await recordProgress(db, head, []);
  return head;
}

/** With the modules as they were fed until then. */
async function begin(options: WatchOptions): Promise<Begun> {
  const { past, modelOf, openWatched, canonical } = options;
  const after = await placeToBegin(options);
  const carriers = openCarriers(modelOf);
  const strategies = after === 0 ? new Map() : (await past.stateAt(after)).state.strategies;
  const lives = new Map<string, readonly Feeding[]>();
  for (const [id, { config }] of strategies) {
    await carriers.note(id, config.version);
    if (carriers.has(id)) lives.set(id, (await past.lifeAt(after, id)).life);
  }
  const runners = modelRunners(openWatched, modelOf);
  const redecider = openRedecider({ open: runners.open, canonical, isWanted: carriers.has }, { strategies }, lives);
  return { after, carriers, runners, redecider };
}

interface Reader {
  /** The next page, up to where it is told to stop; false where there is none. */
  readonly takePage: (closing: AbortSignal) => Promise<boolean>;
  readonly doneSeq: () => number;
  readonly close: () => Promise<void>;
}

async function openReader(options: WatchOptions): Promise<Reader> {
  const { db, journal } = options;
  const { after, carriers, runners, redecider } = await begin(options);
  const joined = joinSteps();
  /** What the engine is told once the record is read to its end: of each strategy the newest. */
  const untold = new Map<string, DecidedDrift>();
  let [read, done, noted] = [after, after, after];

  const takeStep = async (step: RecordedStep): Promise<RecordedDrift | undefined> => {
    done = step.lastSeq;
    if (!isEngineEvent(step.entry.kind)) return undefined;
    const effects = feedingEffects(step, redecider.configOf);
    for (const effect of effects)
      if (effect.kind === 'StrategyChanged') await carriers.note(effect.strategy.config.id, effect.strategy.config.version);
    const problem = await redecider.take(step.entry, step.event, effects);
    if (step.event.kind !== 'StrategyDecided') return undefined;
    const { decision } = step.event;
    if (problem !== undefined) await tellDifference(options, step.event, problem);
    const answer = runners.takeAnswer(decision.strategyId);
    if (answer === undefined) return undefined;
    const decided = await recordDecision(db, { seq: step.entry.seq, decision, answer, agrees: problem === undefined });
    untold.set(decision.strategyId, decided);
    return decided.drift;
  };
  const note = async (drift: readonly RecordedDrift[]): Promise<void> => {
    await recordProgress(db, done, drift);
    noted = done;
  };
  return {
    doneSeq: () => done,
    takePage: async (closing) => {
      const entries = await journal.read(read, PAGE);
      const last = entries.at(-1);
      if (last === undefined) return false;
      const atEnd = entries.length < PAGE;
      const drift: RecordedDrift[] = [];
      let decisions = 0;
      for (const step of joined.take(entries, atEnd)) {
        // Nothing is noted of this page: it is gone through again at the next start.
        if (closing.aborted) return true;
        if (step.event.kind === 'StrategyDecided' && carriers.has(step.event.decision.strategyId)) decisions += 1;
        const measured = await takeStep(step);
        if (measured !== undefined) drift.push(measured);
      }
      read = last.seq;
      if (atEnd) await tellDrift(options, untold);
      if (decisions > 0 || done - noted >= NOTE_EVERY) await note(drift);
      return true;
    },
    close: async () => {
      await redecider.close();
    },
  };
}

/** The breaker hears of an output that is no number at once, and of drift as soon as the window is full. */
async function tellDrift({ command, now }: WatchOptions, untold: Map<string, DecidedDrift>): Promise<void> {
  for (const [strategyId, { modelId, isNoNumber, drift }] of untold) {
    const about = { kind: 'ModelDriftMeasured', at: now(), strategyId, modelId } as const;
    if (isNoNumber) await command({ ...about, health: 0, worst: 'an output that is no number' });
    else if (drift !== undefined) {
      const { health, worst, stabilityIndex } = drift;
      await command({ ...about, stabilityIndex: ratioFromNumber(stabilityIndex), health, ...(worst === undefined ? {} : { worst }) });
    }
    untold.delete(strategyId);
  }
}

async function tellDifference(
  { command, now }: WatchOptions,
  { decision: { strategyId, barAt } }: EventOf<'StrategyDecided'>,
  { seq, problem, field, recorded = 'nothing', replayed = 'nothing' }: ReplayProblem,
): Promise<void> {
  const where = field === undefined ? '' : ` ${field} is ${recorded} in the journal, and ${replayed} now.`;
  const detail = `The decision of ${formatInstant(barAt)}, entry ${seq}: ${problem}.${where} Pause the strategy, and compare by tidemark replay.`;
  const title = 'A model strategy decided otherwise than its module does';
  await command({
    kind: 'NoticeGiven',
    at: now(),
    part: 'engine',
    notice: { code: 'PredictionDifference', subject: strategyId, severity: 'critical', title, detail },
  });
}
