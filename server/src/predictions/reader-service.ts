import type { Kysely } from 'kysely';
import { openRedecider } from '../engine/redecide/redecider.ts';
import type { Redecider } from '../engine/redecide/redecider.ts';
import type { Feeding } from '../engine/recorded-lives.ts';
import { isEngineEvent } from '../engine/step.ts';
import type { EngineState } from '../engine/state.ts';
import type { Journal } from '../journal/journal.ts';
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
import { tellDifference, tellDrift } from './tell-service.ts';
import type { Told } from './tell-service.ts';

export interface ReaderOptions extends Told {
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
  readonly canonical: (value: unknown) => string;
  /** Entries that are read at a time. */
  readonly pageSize?: number;
}

const PAGE = 2_000;
/** Entries without a prediction after which the place in the journal is written down all the same. */
const NOTE_EVERY = 5_000;

/** Which strategies carry a model now, as the record last said. */
function openCarriers(modelOf: ReaderOptions['modelOf']) {
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
async function placeToBegin({ db, journal }: ReaderOptions): Promise<number> {
  const { seq: head } = journal.head();
  const known = await progressOf(db);
  if (known !== undefined) return Math.min(known, head);
  await recordProgress(db, head, []);
  return head;
}

/** With the modules as they were fed until then. */
async function begin(options: ReaderOptions): Promise<Begun> {
  const { past, modelOf, openWatched, canonical } = options;
  const after = await placeToBegin(options);
  const carriers = openCarriers(modelOf);
  const strategies: EngineState['strategies'] = after === 0 ? new Map() : (await past.stateAt(after)).state.strategies;
  const lives = new Map<string, readonly Feeding[]>();
  for (const [id, { config }] of strategies) {
    await carriers.note(id, config.version);
    if (carriers.has(id)) lives.set(id, (await past.lifeAt(after, id)).life);
  }
  const runners = modelRunners(openWatched, modelOf);
  const redecider = openRedecider({ open: runners.open, canonical, isWanted: carriers.has }, { strategies }, lives);
  return { after, carriers, runners, redecider };
}

/** Goes through the journal page by page. */
export interface Reader {
  /** The next page, up to where it is told to stop; false where there is none. */
  readonly takePage: (closing: AbortSignal) => Promise<boolean>;
  readonly doneSeq: () => number;
  readonly close: () => Promise<void>;
}

/** Rejects where a page cannot be gone through: what is written down is where the next reader begins. */
export async function openReader(options: ReaderOptions): Promise<Reader> {
  const { db, journal, pageSize = PAGE } = options;
  const { after, carriers, runners, redecider } = await begin(options);
  const joined = joinSteps();
  /**
   * What the engine is told after each page, and not only at the record's end, which one that grows as fast as it is read never has. Drift is of a window, so
   * that the newest says it all; an output that is no number stays until it is told.
   */
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
    if (untold.get(decision.strategyId)?.isNoNumber !== true) untold.set(decision.strategyId, decided);
    return decided.drift;
  };
  const note = async (drift: readonly RecordedDrift[]): Promise<void> => {
    await recordProgress(db, done, drift);
    noted = done;
  };
  return {
    doneSeq: () => done,
    takePage: async (closing) => {
      const entries = await journal.read(read, pageSize);
      const last = entries.at(-1);
      if (last === undefined) return false;
      // A page that is full may be the last one: its last step is whole then.
      const atEnd = entries.length < pageSize || journal.head().seq === last.seq;
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
      await tellDrift(options, untold);
      if (decisions > 0 || done - noted >= NOTE_EVERY) await note(drift);
      return true;
    },
    close: async () => {
      await redecider.close();
    },
  };
}
