import type { StrategyConfig } from '../../strategies/strategy.ts';
import type { Feeding } from '../recorded-lives.ts';
import { fedModule, sameWishes } from './fed-module.ts';
import type { StrategyRunner } from './fed-module.ts';

/** How many recorded decisions a fresh module was asked for again, and in how many it differed. */
export interface Parity {
  readonly decisions: number;
  readonly differences: number;
}

/** Feeds a module all that another one of the same version was fed, and compares every answer. The runner is closed afterwards. */
export async function compareLife(config: StrategyConfig, runner: StrategyRunner, life: readonly Feeding[]): Promise<Parity> {
  const module = fedModule(config, runner);
  let [decisions, differences] = [0, 0];
  try {
    for (const feeding of life) {
      if (feeding.kind === 'past') {
        await module.feedPast(feeding.slices);
        continue;
      }
      const answer = await module.answer(feeding.ask);
      // A question whose answer was lost with a process was never acted on.
      if (feeding.decided === undefined) continue;
      decisions += 1;
      if (!sameWishes(answer, feeding.decided)) differences += 1;
    }
  } finally {
    await module.close();
  }
  return { decisions, differences };
}
