import type { BarOutcome, PendingBar, WatchedPrediction, WatchedWorker } from '@tidemark/compute/models';
import { ModuleMissing } from '../engine/redecide/module-life.ts';
import type { OpenRunner } from '../engine/session/strategy-runners.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { CarriedModel } from './prediction.ts';

/** What the model said of the last slice that its module was fed. */
export interface LastAnswer {
  readonly config: StrategyConfig;
  readonly model: CarriedModel;
  /** Start of the slice's bars. */
  readonly barAt: Instant;
  readonly predictions: readonly WatchedPrediction[];
  /** Whether there is a symbol that has a bar after the warm-up, and no figure. */
  readonly isNoNumber: boolean;
  readonly outcomes: (pending: readonly PendingBar[]) => Promise<readonly BarOutcome[]>;
}

/** Opens the module of a configured version in a thread, to be asked again. Rejects with a reason. */
export type OpenWatched = (config: StrategyConfig, model: CarriedModel) => Promise<WatchedWorker>;

export interface ModelRunners {
  readonly open: OpenRunner;
  /** What was said since the last call; `undefined` where nothing was fed. */
  readonly takeAnswer: (strategyId: string) => LastAnswer | undefined;
}

/** Modules that answer as those that trade, and leave behind what their models said. */
export function modelRunners(openWatched: OpenWatched, modelOf: (version: string) => Promise<CarriedModel | undefined>): ModelRunners {
  const answers = new Map<string, LastAnswer>();
  return {
    open: async (config) => {
      const model = await modelOf(config.version);
      if (model === undefined)
        throw new ModuleMissing(`the model of ${config.name}, version ${config.version.slice(0, 12)}, is not in the database`);
      const worker = await openWatched(config, model);
      return {
        onBars: async (slice) => {
          const { wishes, predictions } = await worker.onBars(slice);
          answers.set(config.id, {
            config,
            model,
            barAt: instantFromMs(slice.atMs),
            predictions,
            isNoNumber: predictions.some(({ age, score }) => age >= worker.warmUp && !Number.isFinite(score)),
            outcomes: (pending) => worker.outcomes(model.label, pending),
          });
          return wishes;
        },
        close: () => worker.close(),
      };
    },
    takeAnswer: (strategyId) => {
      const answer = answers.get(strategyId);
      answers.delete(strategyId);
      return answer;
    },
  };
}
