import { openKernel, type BacktestRequest } from './kernel-run.ts';
import { readResult, type DataHashes } from './simulate.ts';
import { StrategyTrap } from './types.ts';
import { serveRequests } from './worker-thread.ts';

export interface BacktestJob {
  readonly request: BacktestRequest;
  readonly hashes: DataHashes;
}

/** Slices between two reports of progress: at least so many, and about a hundred reports in all. */
const SLICES_MIN = 20_000;

serveRequests(({ request, hashes }: BacktestJob, onProgress) => {
  const run = openKernel(request);
  const total = run.times.length;
  const step = Math.max(SLICES_MIN, Math.ceil(total / 100));
  for (let done = 0; done < total;) {
    const before = done;
    done = run.advance(step);
    // One that stands still would flood the other side with reports.
    if (!(done > before)) throw new StrategyTrap('The strategy failed in the backtest: it does not get on');
    onProgress(done / total);
  }
  return readResult(run, request, run.finish(), hashes);
});
