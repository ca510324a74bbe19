import { momentFields } from '../return-moments.ts';
import { serveRequests } from '../worker-thread.ts';
import { overfittingOf } from './overfitting.ts';
import type { OverfittingJob } from './overfitting-worker.ts';
import { ReturnBlocks } from './return-blocks.ts';

serveRequests(({ bounds, moments }: OverfittingJob) => {
  const returns = new ReturnBlocks(bounds);
  // Which sets they are does not matter here: only how many.
  const sets = Array.from({ length: moments.length / momentFields(bounds) }, () => []);
  returns.add({ sets, moments });
  return overfittingOf(returns);
});
