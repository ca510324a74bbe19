import { openStrategy, type StrategySetup } from './strategy.ts';
import type { Slice, StrategyInstance, StrategyModule } from './types.ts';
import { serveRequests } from './worker-thread.ts';

export type StrategyRequest =
  | { readonly kind: 'open'; readonly module: StrategyModule; readonly setup: StrategySetup }
  | { readonly kind: 'onBars'; readonly slice: Slice };

let instance: StrategyInstance | undefined;

serveRequests((request: StrategyRequest) => {
  if (request.kind === 'open') {
    instance = openStrategy(request.module, request.setup);
    return instance.warmUp;
  }
  if (instance === undefined) throw new Error('Invariant: a strategy is opened before its first bar');
  return instance.onBars(request.slice);
});
