import type { JournalEntry } from '../../journal/journal.ts';
import type { StrategyConfig, StrategyDecision } from '../../strategies/strategy.ts';
import type { Effect } from '../effects.ts';
import type { EngineEvent } from '../events.ts';
import { firstDifference } from '../first-difference.ts';
import type { Lives } from '../recorded-lives.ts';
import type { ReplayProblem } from '../replay-journal.ts';
import { STARTED_AGAIN } from '../session/recover.ts';
import type { OpenRunner } from '../session/strategy-runners.ts';
import type { EngineState } from '../state.ts';
import type { Answer } from './module-life.ts';
import { openLives } from './module-lives.ts';
import type { ModuleLives } from './module-lives.ts';

export interface RedeciderOptions {
  /** Opens the module of a version, by its very bytes. Rejects with `ModuleMissing`. */
  readonly open: OpenRunner;
  readonly canonical: (value: unknown) => string;
  /** Strategies whose decisions are made again. */
  readonly isWanted: (strategyId: string) => boolean;
}

/** How many decisions of a strategy were made again, by its newest configuration. */
export interface StrategyCount {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly decisions: number;
  /** Questions to which the record has no answer: the process ended, or the module failed, or the record ends. */
  readonly unanswered: number;
}

/** Makes the strategies' decisions again, by their modules, from what the record says that they were fed. */
export interface Redecider {
  /** The next event with what it led to. Gives the first difference between what was decided and what the module decides. */
  readonly take: (entry: JournalEntry, event: EngineEvent, effects: readonly Effect[]) => Promise<ReplayProblem | undefined>;
  /** Who a strategy is, as the record last said. */
  readonly configOf: (strategyId: string) => StrategyConfig | undefined;
  readonly counts: () => readonly StrategyCount[];
  readonly close: () => Promise<void>;
}

const whyNot = (answer: Extract<Answer, { ok: false }>): string =>
  'reason' in answer
    ? `the module fails where a decision was recorded: ${answer.reason}`
    : `the question of entry ${answer.passedOver} was never answered, and a later one was`;

/** Asks the module what was asked then, and compares its decision with the recorded one. */
async function decideAgain(
  lives: ModuleLives,
  { seq, kind }: JournalEntry,
  recorded: StrategyDecision,
  canonical: RedeciderOptions['canonical'],
): Promise<ReplayProblem | undefined> {
  const { strategyId, barAt } = recorded;
  const life = lives.askedAt(strategyId, barAt);
  if (life === undefined)
    return { seq, kind, problem: 'a decision was recorded that nothing had asked for', field: 'decision', recorded: canonical(recorded) };
  const answer = await life.answer(barAt);
  if (!answer.ok) return { seq, kind, problem: whyNot(answer), field: 'decision.targets', recorded: canonical(recorded.targets) };
  lives.countOf(strategyId).decisions += 1;
  const replayed: StrategyDecision = { strategyId, version: life.config.version, barAt: answer.ask.at, targets: answer.targets };
  if (canonical(replayed) === canonical(recorded)) return undefined;
  const where = firstDifference({ decision: recorded }, { decision: replayed }, canonical);
  return { seq, kind, problem: 'the module decides otherwise than was recorded', ...where };
}

/** Keeps to the record: which module was opened when, what it was fed, and when its process ended. */
async function follow(lives: ModuleLives, { seq }: JournalEntry, event: EngineEvent, effects: readonly Effect[]): Promise<void> {
  lives.note(effects);
  if (event.kind === 'StrategyEnabled') await lives.replace(event.strategyId, effects);
  if (event.kind === 'StrategyConfigured') await lives.replace(event.config.id, effects);
  if (event.kind === 'StrategyWarmed') lives.of(event.strategyId)?.past(event.slices);
  if (event.kind === 'StrategyFailed') await lives.drop(event.strategyId);
  if (event.kind === 'BrokerDisconnected' && event.reason === STARTED_AGAIN) await lives.restart();
  for (const effect of effects) if (effect.kind === 'AskStrategy') lives.of(effect.strategyId)?.ask(seq, effect);
}

/** Begins where a state and its strategies' lives are known: before the first entry, that is nothing. */
export function openRedecider(
  { open, canonical, isWanted }: RedeciderOptions,
  state: Pick<EngineState, 'strategies'>,
  begun: Lives,
): Redecider {
  const lives = openLives(open, isWanted, state, begun);
  return {
    take: async (entry, event, effects) => {
      const isDecision = event.kind === 'StrategyDecided' && isWanted(event.decision.strategyId);
      const problem = isDecision ? await decideAgain(lives, entry, event.decision, canonical) : undefined;
      await follow(lives, entry, event, effects);
      return problem;
    },
    configOf: (strategyId) => lives.slots.get(strategyId)?.config,
    counts: () =>
      [...lives.slots].flatMap(([id, { config }]): StrategyCount[] => {
        if (!isWanted(id)) return [];
        const { decisions, unanswered } = lives.countOf(id);
        return [{ id, name: config.name, version: config.version, decisions, unanswered: unanswered + lives.waiting(id) }];
      }),
    close: lives.close,
  };
}
