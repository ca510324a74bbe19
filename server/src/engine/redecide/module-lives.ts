import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { Effect } from '../effects.ts';
import type { Lives } from '../recorded-lives.ts';
import type { OpenRunner } from '../session/strategy-runners.ts';
import type { EngineState, StrategySlot } from '../state.ts';
import { moduleLife } from './module-life.ts';
import type { ModuleLife } from './module-life.ts';

type Slot = Pick<StrategySlot, 'config' | 'state'>;

const isEnabled = ({ state }: Slot): boolean => state === 'paper' || state === 'live';

/** What became of a strategy's questions. */
export interface Count {
  decisions: number;
  unanswered: number;
}

/** The modules that were open, as the record tells it: which strategy had which, and when the next took its place. */
export interface ModuleLives {
  /** By id, as the record last said. */
  readonly slots: ReadonlyMap<string, Slot>;
  readonly note: (effects: readonly Effect[]) => void;
  readonly of: (strategyId: string) => ModuleLife | undefined;
  /** The one that was asked about this bar: the newest module, or one before it that had not answered yet. */
  readonly askedAt: (strategyId: string, barAt: number) => ModuleLife | undefined;
  /** A new module where the effects say that the strategy is on, none where it is off. The one before answers first what it was asked. */
  readonly replace: (strategyId: string, effects: readonly Effect[]) => Promise<void>;
  /** Stopped for good, whatever waits. */
  readonly drop: (strategyId: string) => Promise<void>;
  /** A new process opened the modules of what is on, and fed them what they were fed. */
  readonly restart: () => Promise<void>;
  readonly countOf: (strategyId: string) => Count;
  /** Questions that wait. */
  readonly waiting: (strategyId: string) => number;
  readonly close: () => Promise<void>;
}

/** Every module of one strategy, oldest first: all but the last only while a question to them waits. */
type Line = readonly ModuleLife[];

export function openLives(
  open: OpenRunner,
  isWanted: (strategyId: string) => boolean,
  { strategies }: Pick<EngineState, 'strategies'>,
  begun: Lives,
): ModuleLives {
  const slots = new Map<string, Slot>(strategies);
  const newest = new Map<string, ModuleLife>();
  const older = new Map<string, Line>();
  const countOf = openCounts();
  const line = (strategyId: string): Line => {
    const life = newest.get(strategyId);
    return [...(older.get(strategyId) ?? []), ...(life === undefined ? [] : [life])];
  };
  const end = async (strategyId: string, ended: Line): Promise<void> => {
    for (const life of ended) {
      countOf(strategyId).unanswered += life.unanswered();
      await life.close();
    }
  };
  const drop = async (strategyId: string): Promise<void> => {
    const ended = line(strategyId);
    older.delete(strategyId);
    newest.delete(strategyId);
    await end(strategyId, ended);
  };
  const known = (): ReadonlySet<string> => new Set([...newest.keys(), ...older.keys()]);
  for (const [strategyId, slot] of strategies) {
    const life = begun.get(strategyId) ?? [];
    if (isWanted(strategyId) && (isEnabled(slot) || life.length > 0)) newest.set(strategyId, moduleLife(slot.config, open, life));
  }
  return {
    slots,
    note: (effects) => {
      for (const effect of effects) if (effect.kind === 'StrategyChanged') slots.set(effect.strategy.config.id, effect.strategy);
    },
    of: (strategyId) => newest.get(strategyId),
    askedAt: (strategyId, barAt) => line(strategyId).find((life) => life.isAsked(barAt)),
    replace: async (strategyId, effects) => {
      const { waiting = [], done = [] } = Object.groupBy(line(strategyId), (life) => (life.unanswered() > 0 ? 'waiting' : 'done'));
      newest.delete(strategyId);
      older.set(strategyId, waiting);
      await end(strategyId, done);
      const config = enabledBy(effects, strategyId);
      if (config !== undefined && isWanted(strategyId)) newest.set(strategyId, moduleLife(config, open));
    },
    drop,
    restart: async () => {
      for (const strategyId of known()) {
        const slot = slots.get(strategyId);
        await end(strategyId, older.get(strategyId) ?? []);
        older.delete(strategyId);
        if (slot !== undefined && isEnabled(slot)) newest.get(strategyId)?.restarted();
        else await drop(strategyId);
      }
      for (const [strategyId, slot] of slots)
        if (isEnabled(slot) && isWanted(strategyId) && !newest.has(strategyId)) newest.set(strategyId, moduleLife(slot.config, open));
    },
    countOf,
    waiting: (strategyId) => line(strategyId).reduce((sum, life) => sum + life.unanswered(), 0),
    close: async () => {
      for (const strategyId of known()) await drop(strategyId);
    },
  };
}

function openCounts(): (strategyId: string) => Count {
  const counts = new Map<string, Count>();
  return (strategyId) => {
    const known = counts.get(strategyId) ?? { decisions: 0, unanswered: 0 };
    counts.set(strategyId, known);
    return known;
  };
}

/** The configuration with which an event switched a strategy on, or left it on. */
function enabledBy(effects: readonly Effect[], strategyId: string): StrategyConfig | undefined {
  for (const effect of effects)
    if (effect.kind === 'StrategyChanged' && effect.strategy.config.id === strategyId && isEnabled(effect.strategy))
      return effect.strategy.config;
  return undefined;
}
