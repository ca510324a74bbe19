import type { Target } from '../strategies/strategy.ts';
import type { Action, Effect } from './effects.ts';
import type { BarSlice, EngineEvent } from './events.ts';

type Ask = Extract<Action, { kind: 'AskStrategy' }>;

interface Life {
  warmUp: readonly BarSlice[];
  readonly asks: { readonly ask: Ask; decided: readonly Target[] | undefined }[];
}

/** What each strategy's module was fed since it was last enabled, and what it answered: gathered while a journal is replayed. */
export interface RecordedLives {
  note(event: EngineEvent, effects: readonly Effect[]): void;
  of(strategyId: string): Life;
}

export function recordLives(): RecordedLives {
  const lives = new Map<string, Life>();
  const lifeOf = (strategyId: string): Life => {
    const known = lives.get(strategyId) ?? { warmUp: [], asks: [] };
    lives.set(strategyId, known);
    return known;
  };
  const noteEvent = (event: EngineEvent): void => {
    if (event.kind === 'StrategyEnabled') lives.delete(event.strategyId);
    if (event.kind === 'StrategyConfigured') lives.delete(event.config.id);
    if (event.kind === 'StrategyWarmed') lifeOf(event.strategyId).warmUp = event.slices;
    if (event.kind !== 'StrategyDecided') return;
    const { strategyId, barAt, targets } = event.decision;
    const asked = lifeOf(strategyId).asks.findLast(({ ask }) => ask.at === barAt);
    if (asked !== undefined) asked.decided = targets;
  };
  return {
    note: (event, effects) => {
      noteEvent(event);
      for (const effect of effects)
        if (effect.kind === 'AskStrategy') lifeOf(effect.strategyId).asks.push({ ask: effect, decided: undefined });
    },
    of: lifeOf,
  };
}
