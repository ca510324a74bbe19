import type { Wished } from '../strategies/strategy.ts';
import type { Action, Effect } from './effects.ts';
import type { BarSlice, EngineEvent } from './events.ts';

type Ask = Extract<Action, { kind: 'AskStrategy' }>;

/** Something a module was fed: bars of the past, or a question with its answer, where one was recorded. */
export type Feeding =
  | { readonly kind: 'past'; readonly slices: readonly BarSlice[] }
  | { readonly kind: 'ask'; readonly ask: Ask; readonly decided: readonly Wished[] | undefined };

/** By strategy, in order. */
export type Lives = ReadonlyMap<string, readonly Feeding[]>;

/** What each strategy's module was fed since it was last enabled, in order: gathered while a journal is replayed. */
export interface RecordedLives {
  readonly note: (event: EngineEvent, effects: readonly Effect[]) => void;
  readonly of: (strategyId: string) => readonly Feeding[];
  /** All of them as they are now: later notes do not change the answer. */
  readonly all: () => Lives;
}

const isUnanswered = (feeding: Feeding): boolean => feeding.kind === 'ask' && feeding.decided === undefined;

/** Goes on from lives that were recorded before. */
export function recordLives(known: Lives = new Map()): RecordedLives {
  const lives = new Map([...known].map(([strategyId, life]) => [strategyId, [...life]]));
  const lifeOf = (strategyId: string): Feeding[] => {
    const known = lives.get(strategyId) ?? [];
    lives.set(strategyId, known);
    return known;
  };
  /** Questions that were open when the past was fed were answered after it. */
  const notePast = (life: Feeding[], slices: readonly BarSlice[]): void => {
    const answered = life.findLastIndex((feeding) => !isUnanswered(feeding)) + 1;
    life.splice(answered, 0, { kind: 'past', slices });
  };
  const noteDecision = (life: Feeding[], barAt: number, targets: readonly Wished[]): void => {
    const index = life.findLastIndex((feeding) => feeding.kind === 'ask' && feeding.ask.at === barAt);
    const feeding = life[index];
    if (feeding?.kind === 'ask') life[index] = { ...feeding, decided: targets };
  };
  const noteEvent = (event: EngineEvent): void => {
    if (event.kind === 'StrategyEnabled') lives.delete(event.strategyId);
    if (event.kind === 'StrategyConfigured') lives.delete(event.config.id);
    if (event.kind === 'StrategyWarmed') notePast(lifeOf(event.strategyId), event.slices);
    if (event.kind === 'StrategyDecided') noteDecision(lifeOf(event.decision.strategyId), event.decision.barAt, event.decision.targets);
  };
  return {
    note: (event, effects) => {
      noteEvent(event);
      for (const effect of effects) {
        if (effect.kind === 'AskStrategy') lifeOf(effect.strategyId).push({ kind: 'ask', ask: effect, decided: undefined });
      }
    },
    of: lifeOf,
    all: () => new Map([...lives].map(([strategyId, life]) => [strategyId, [...life]])),
  };
}
