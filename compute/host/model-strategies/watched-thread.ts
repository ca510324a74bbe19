import type { LabelSpec } from '../datasets/dataset-spec.ts';
import { openIndicators } from '../indicators.node.ts';
import type { StrategySetup } from '../strategy.ts';
import type { Slice, StrategyModule } from '../types.ts';
import { serveRequests } from '../worker-thread.ts';
import { openWatchedModule, type PendingBar, type WatchedModule } from './watched-module.ts';

export type WatchedRequest =
  | { readonly kind: 'open'; readonly module: StrategyModule; readonly setup: StrategySetup; readonly model: Uint8Array }
  | { readonly kind: 'onBars'; readonly slice: Slice }
  | { readonly kind: 'outcomes'; readonly label: LabelSpec; readonly pending: readonly PendingBar[] };

let watched: WatchedModule | undefined;

serveRequests(async (request: WatchedRequest) => {
  if (request.kind === 'open') {
    watched = openWatchedModule(request.module, request.setup, request.model, await openIndicators());
    return watched.warmUp;
  }
  if (watched === undefined) throw new Error('Invariant: a module is opened before its first bar');
  return request.kind === 'onBars' ? watched.onBars(request.slice) : watched.outcomes(request.label, request.pending);
});
